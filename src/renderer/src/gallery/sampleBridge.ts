import {
  calls,
  events,
  type Bridge,
  type CallName,
  type CallValue,
  type Hosting,
  type NearbyServer,
} from '../../../shared/bridge.ts'
import type { Capacity } from '../../../shared/capacity.ts'
import { sampleCheck } from './sampleCheck.ts'
import { sampleRoom } from './samples.ts'

type Answers = { [N in CallName]: CallValue<N> }

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
  nearby: { status: 'off', capacity: null },
  nearbyChanged: { status: 'off', capacity: null },
  linkKnown: { status: 'off', capacity: null },
  linkStranger: { status: 'off', capacity: null },
  hostingPortTaken: { status: 'failed', reason: 'portTaken', message: 'Port 4433 is in use by nginx' },
}

const unknown = (digit: string, name: string): NearbyServer => ({
  ...{ fingerprint: digit.repeat(64), serverId: null, name, address: '192.168.1.30:4433', rooms: null },
})
const ada = 'a1'.repeat(32)

/** The other servers, in scenes that are of them. */
const neighbours: Partial<Answers> = {
  getServers: {
    servers: [
      {
        ...{ fingerprint: ada, serverId: ada, name: 'Ada’s laptop', address: '192.168.1.20:4433' },
        rooms: [
          sampleRoom({ name: 'Kitchen' }),
          sampleRoom({ id: 'other', name: 'Board', present: 0, state: 'EMPTY', host: null }),
        ],
      },
      unknown('b', 'Meeting room on the second floor, by the window'),
      unknown('c', 'Office'),
      unknown('d', 'Office'),
    ],
  },
  getKnownServers: {
    servers: [
      { serverId: ada, name: 'Ada’s laptop', address: '192.168.1.20:4433', metAt: '2026-01-05T09:30:00.000Z' },
      { serverId: 'e'.repeat(64), name: 'Library', address: null, metAt: '2025-11-20T09:30:00.000Z' },
    ],
  },
  meetServer: {
    ...{ status: 'new', fingerprint: 'c'.repeat(64), name: 'Office', address: '192.168.1.30:4433', inPlaceOf: 'Ada’s laptop' },
    words: ['merit', 'ladder', 'ocean', 'velvet', 'hammer', 'sunny'],
  },
  lookUpCode: {
    servers: [
      { serverId: ada, name: 'Ada’s laptop' },
      { serverId: 'e'.repeat(64), name: 'Library' },
    ],
  },
}
const link = { room: 'K7QXPA', key: null, addresses: ['192.168.1.20:4433', '10.0.0.5:4433'], fingerprint: ada }

/** What is answered otherwise, by the name of the scene. */
const particular: Record<string, Partial<Answers>> = {
  nearby: neighbours,
  nearbyChanged: { ...neighbours, meetServer: { status: 'changed', name: 'Ada’s laptop', words: [] } },
  linkKnown: { takeLink: { link, meant: { server: 'Ada’s laptop', others: [] } } },
  linkStranger: { takeLink: { link, meant: { server: null, others: ['Ada’s laptop'] } } },
}

/** Main's side of the app's window in such a scene; null where the scene is not of the app. */
export function sampleBridge(scene: string): Bridge | null {
  const hosting = hostings[scene]
  if (!hosting) return null
  const answers: Partial<Answers> = {
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
    ...particular[scene],
  }
  const call = (name: string) => [name, async () => ({ ok: true, value: answers[name as CallName] ?? {} })]
  const event = (name: string) => [`on${name.charAt(0).toUpperCase()}${name.slice(1)}`, () => () => {}]
  const sampled = scene.startsWith('check') ? sampleCheck(scene) : {}
  // By its names it has the shape of a bridge, which the compiler cannot see.
  return { ...Object.fromEntries([...Object.keys(calls).map(call), ...Object.keys(events).map(event)]), ...sampled } as Bridge
}
