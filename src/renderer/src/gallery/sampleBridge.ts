import { calls, events, type Bridge, type CallName, type CallValue, type Hosting } from '../../../shared/bridge.ts'
import type { Capacity } from '../../../shared/capacity.ts'
import { sampleCheck } from './sampleCheck.ts'

const capacity = (inUse: number, more: Partial<Capacity> = {}): Capacity => ({
  ...{ people: 40, inUse, bottleneck: 'processor', knowsNetwork: true, measuredAt: '2026-01-05T09:30:00.000Z' },
  ...more,
})
const on = (people: number, more: Partial<Extract<Hosting, { status: 'on' }>> = {}): Hosting => ({
  ...{ status: 'on', url: 'http://127.0.0.1:4433', urls: ['https://192.168.1.20:4433'], people },
  ...{ fingerprint: 'a1'.repeat(32), words: ['merit', 'ladder', 'ocean', 'velvet', 'hammer', 'sunny'] },
  ...{ capacity: capacity(people), firewall: null, setAside: null, plainPort: null },
  ...more,
})

/** How the carried server fares, by the name of the scene. */
const hostings: Record<string, Hosting> = {
  hostingOff: { status: 'off', capacity: capacity(0) },
  hostingUnmeasured: on(0, { capacity: null }),
  hostingEmpty: on(0, { capacity: capacity(0, { knowsNetwork: false }) }),
  hostingOn: on(12),
  hostingPlain: on(12, { plainPort: 4434 }),
  hostingNearlyFull: on(36),
  hostingNearlyFullNetwork: on(9, { capacity: capacity(9, { people: 10, bottleneck: 'network' }) }),
  hostingFirewall: on(2, {
    firewall: {
      name: 'ufw',
      sentence: 'The firewall ufw is on. These commands let others in:',
      commands: ['sudo ufw allow 4433/tcp', 'sudo ufw allow 44400:44499/udp', 'sudo ufw allow 44400:44499/tcp'],
    },
  }),
  checkRunning: { status: 'off', capacity: null },
  checkWell: { status: 'off', capacity: null },
  checkCulprit: { status: 'off', capacity: null },
  hostingPortTaken: { status: 'failed', reason: 'portTaken', message: 'Port 4433 is in use by nginx' },
}

/** Main's side of the app's window in such a scene; null where the scene is not of the app. */
export function sampleBridge(scene: string): Bridge | null {
  const hosting = hostings[scene]
  if (!hosting) return null
  const answers: Partial<{ [N in CallName]: CallValue<N> }> = {
    getHosting: hosting,
    getSettings: {
      ...{ serverName: '', serverPort: 4433, plainGuests: false, launchAtLogin: false },
      ...{ microphoneKey: false, notifications: true, sounds: true },
    },
    getAbout: {
      ...{ version: '0.1.0', electron: '45.4.1', chromium: '150', node: '24.15', system: 'linux 6.1 x64' },
      ...{ dataDir: '/home/ada/.config/Lanyard/server', logsDir: '/home/ada/.config/Lanyard/logs' },
    },
    getKept: { kept: {} },
    getServers: { servers: [] },
    getKnownServers: { servers: [] },
    getWhereabouts: { server: null, room: null },
    takeLink: { link: null, meant: { server: null, others: [] } },
    getServerKeys: { device: '', hostKeys: {}, isOwn: true },
  }
  const call = (name: string) => [name, async () => ({ ok: true, value: answers[name as CallName] ?? {} })]
  const event = (name: string) => [`on${name.charAt(0).toUpperCase()}${name.slice(1)}`, () => () => {}]
  const sampled = scene.startsWith('check') ? sampleCheck(scene) : {}
  // By its names it has the shape of a bridge, which the compiler cannot see.
  return { ...Object.fromEntries([...Object.keys(calls).map(call), ...Object.keys(events).map(event)]), ...sampled } as Bridge
}
