/** What the doctor makes of what was seen: of systems, too, that no test runs on. */
import { describe, expect, test } from 'vitest'
import type { Patient, Seen } from '../../src/main/lan/doctor/Check.ts'
import { judgeClock, skewOf } from '../../src/main/lan/doctor/clock.ts'
import { outcomeOf, type Connection } from '../../src/main/lan/doctor/connection.ts'
import { diagnose, gravest } from '../../src/main/lan/doctor/diagnosis.ts'
import { judgeInterfaces } from '../../src/main/lan/doctor/interfaces.ts'
import { remedyFor } from '../../src/main/lan/doctor/remedies.ts'
import { isAstray, routeBy } from '../../src/main/lan/doctor/route.ts'
import {
  linuxGateway,
  linuxInterface,
  linuxNeighbour,
  macGateway,
  macInterface,
  macNeighbour,
  windowsGateway,
  windowsNeighbour,
} from '../../src/main/lan/doctor/system.ts'
import type { LocalAddress } from '../../src/main/lan/localAddresses.ts'
import { Culprit } from '../../src/shared/checkup.ts'

const local = (interfaceName: string, cidr: string, kind: LocalAddress['kind'] = 'lan'): LocalAddress => ({
  ...{ interfaceName, family: 4, address: cidr.split('/')[0]!, cidr, mac: '', kind, scopeId: null },
})
const addresses = [local('en0', '10.77.0.2/24')]
const patient = (platform: NodeJS.Platform): Patient => ({
  ...{ platform, addresses, isGeneral: false, mayAskStrangers: true, now: Date.now },
  own: { isRunning: false, host: '0.0.0.0', port: 4433, rtcPorts: { min: 44_400, max: 44_499 } },
  target: { name: 'Office', addresses: ['10.77.0.1:4433'], fingerprint: null },
})
const failed = (code: string, tookMs = 5): Connection => ({
  ...{ host: '10.77.0.1', port: 4433, address: '10.77.0.1', outcome: outcomeOf(code), code, tookMs },
})
const route = routeBy('en0', '10.77.0.1', addresses)
const link = (peer: 'answers' | 'silent' | 'unknown') => ({ address: '10.77.0.1', peer, gateway: null })
const seen = (connection: Connection, peer: 'answers' | 'silent' | 'unknown'): Seen => ({
  ...{ interfaces: addresses, connection, route, link: link(peer) },
})

describe('the permission for the local network', () => {
  test('macOS refuses neighbours at once with EHOSTUNREACH: that is the permission, and the way to give it is said', () => {
    const diagnosis = diagnose(patient('darwin'), seen(failed('EHOSTUNREACH'), 'unknown'))
    expect(diagnosis).toEqual({ culprit: 'permission', sureness: 'likely' })
    const { steps } = remedyFor(diagnosis, patient('darwin'), {}, 'macos')
    expect(steps[0]).toContain('Privacy & Security → Local Network')
  })

  test('EPERM on the way to a neighbour is the permission on macOS, and a firewall elsewhere', () => {
    expect(diagnose(patient('darwin'), seen(failed('EPERM'), 'answers')).culprit).toBe('permission')
    expect(diagnose(patient('linux'), seen(failed('EPERM'), 'answers')).culprit).toBe('ownFirewall')
  })

  test('the same code after a search in vain is not: nobody is there', () => {
    expect(diagnose(patient('darwin'), seen(failed('EHOSTUNREACH', 3_000), 'silent')).culprit).toBe('isolation')
    expect(diagnose(patient('linux'), seen(failed('EHOSTUNREACH'), 'silent')).culprit).toBe('isolation')
  })

  test('a server on another network needs no permission', () => {
    const far: Seen = { interfaces: addresses, connection: { ...failed('EHOSTUNREACH'), address: '10.80.0.1' } }
    expect(diagnose(patient('darwin'), far).culprit).toBe('hostFirewall')
  })
})

test('a machine that answers its neighbours and refuses by ICMP has a firewall for certain; one that is silent, most likely', () => {
  expect(diagnose(patient('linux'), seen(failed('EHOSTUNREACH'), 'answers'))).toEqual({
    culprit: 'hostFirewall',
    sureness: 'certain',
  })
  expect(diagnose(patient('linux'), seen(failed('ETIMEDOUT'), 'answers'))).toEqual({
    culprit: 'hostFirewall',
    sureness: 'likely',
  })
  expect(diagnose(patient('win32'), seen(failed('ETIMEDOUT'), 'unknown'))).toEqual({
    culprit: 'hostFirewall',
    sureness: 'possible',
  })
})

test('clients that are kept apart are told from a machine that is off by who else is heard', () => {
  const silent = seen(failed('ETIMEDOUT'), 'silent')
  const multicast = { links: [], isPortTaken: false, errors: [], own: true, server: null }
  const router = { address: '10.77.0.254', state: 'answers' } as const
  const withRouter = { ...silent, link: { ...link('silent'), gateway: router } }
  expect(diagnose(patient('linux'), { ...withRouter, multicast: { ...multicast, others: ['10.77.0.254'] } })).toEqual({
    culprit: 'isolation',
    sureness: 'likely',
  })
  expect(diagnose(patient('linux'), { ...silent, multicast: { ...multicast, others: ['10.77.0.9'] } }).culprit).toBe('hostAbsent')
  expect(diagnose(patient('linux'), { ...silent, multicast: { ...multicast, others: ['10.77.0.1'] } }).culprit).toBe('isolation')
})

test('a route that leaves elsewhere is wrong only where this computer is on the network; a detour that works is not to blame', () => {
  const own = [local('eth0', '10.77.0.2/24'), local('tun0', '10.99.0.2/24', 'vpn')]
  expect(isAstray(routeBy('tun0', '10.77.0.1', own))).toBe(true)
  expect(isAstray(routeBy('eth0', '10.77.0.1', own))).toBe(false)
  expect(isAstray(routeBy('tun0', '10.80.0.1', own))).toBe(false)
  expect(isAstray(routeBy('lo', '10.77.0.2', [...own, local('lo', '127.0.0.1/8', 'loopback')]))).toBe(false)
  const reached = { ...failed(''), outcome: 'reached' } as const
  const detour = { interfaces: own, connection: reached, route: routeBy('tun0', '10.77.0.1', own) }
  const way = { tried: [], heard: true, answered: 'a' }
  const media = { mediaUdp: { ...way, protocol: 'udp' }, mediaTcp: { ...way, protocol: 'tcp' } } as const
  expect(diagnose(patient('linux'), { ...detour, ...media }).culprit).toBeNull()
  const lost = { ...media, mediaUdp: { ...media.mediaUdp, answered: null } }
  expect(diagnose(patient('linux'), { ...detour, ...lost }).culprit).toBe('wrongRoute')
})

test('clocks: minutes are a hint, days break certificates, and a slow answer is no proof', () => {
  const server = { now: 1_000_000_000_000 }
  const asked = (aheadMs: number, tookMs: number) =>
    judgeClock(skewOf({ ...server, askedAt: server.now + aheadMs - tookMs / 2, answeredAt: server.now + aheadMs + tookMs / 2 }))
  expect(asked(1_000, 10).status).toBe('ok')
  expect(asked(-6 * 60_000, 10)).toMatchObject({ status: 'warning', detail: expect.stringContaining('6 minutes behind') })
  expect(asked(3 * 86_400_000, 10)).toMatchObject({ status: 'failed', detail: expect.stringContaining('3 days ahead') })
  expect(asked(5 * 60_000 + 1_000, 4_000).status).toBe('ok')
})

test('networks: none, an address of one’s own making, a VPN alone', () => {
  const loopback = local('lo', '127.0.0.1/8', 'loopback')
  expect(judgeInterfaces([loopback]).status).toBe('failed')
  expect(judgeInterfaces([local('eth0', '169.254.1.1/16', 'linkLocal'), loopback])).toMatchObject({ status: 'failed' })
  expect(judgeInterfaces([local('tun0', '10.8.0.2/24', 'vpn'), loopback]).detail).toContain('VPN (tun0)')
  expect(judgeInterfaces([local('eth0', '10.0.0.2/24'), local('tun0', '10.8.0.2/24', 'vpn')]).detail).toContain('tun0')
})

test('of several servers the gravest fault is named', () => {
  const [one, other] = [
    { culprit: 'multicastIn', sureness: 'likely' },
    { culprit: 'wrongCertificate', sureness: 'certain' },
  ] as const
  const well = { culprit: null, sureness: 'certain' } as const
  expect(gravest([well, one, other])).toBe(other)
  expect(gravest([{ ...well, sureness: 'possible' }, well])).toBe(well)
})

test('every culprit has a sentence and something to do, on every system', () => {
  for (const platform of ['linux', 'darwin', 'win32'] as const)
    for (const culprit of Culprit.options) {
      const { summary, steps } = remedyFor(
        { culprit, sureness: 'likely' },
        patient(platform),
        seen(failed('ETIMEDOUT'), 'silent'),
      )
      expect(summary).toMatch(/^Most likely: \S.*[.]$/)
      expect(summary + steps.join()).not.toMatch(/undefined|null/)
      expect(steps.length).toBeGreaterThan(0)
    }
})

describe('what systems say of their networks', () => {
  test('Linux, in JSON', () => {
    expect(linuxInterface('[{"dst":"10.77.0.1","dev":"tun0","prefsrc":"10.99.0.2","flags":[],"uid":0,"cache":[]}]')).toBe('tun0')
    expect(linuxInterface('RTNETLINK answers: Network is unreachable')).toBeNull()
    expect(linuxGateway('[{"dst":"default","gateway":"192.168.1.1","dev":"wlp2s0","protocol":"dhcp","flags":[]}]')).toBe(
      '192.168.1.1',
    )
    expect(linuxGateway('[]')).toBeNull()
    const state = (name: string) =>
      linuxNeighbour(`[{"dst":"10.77.0.1","dev":"eth0","lladdr":"02:00:00:00:00:01","state":["${name}"]}]`)
    expect(['REACHABLE', 'PERMANENT', 'STALE', 'PROBE', 'FAILED', 'INCOMPLETE'].map(state)).toEqual([
      ...['answers', 'answers', 'unknown', 'unknown', 'silent', 'silent'],
    ])
    expect(linuxNeighbour('')).toBe('unknown')
  })

  test('macOS', () => {
    const get =
      '   route to: 192.168.1.20\ndestination: 192.168.1.20\n    gateway: 192.168.1.1\n  interface: en0\n      flags: <UP,HOST>\n'
    expect(macInterface(get)).toBe('en0')
    expect(macGateway(get)).toBe('192.168.1.1')
    expect(macNeighbour('? (192.168.1.20) at (incomplete) on en0 ifscope [ethernet]')).toBe('silent')
    expect(macNeighbour('? (192.168.1.20) at 3c:22:fb:1:a2:9 on en0 ifscope [ethernet]')).toBe('answers')
    expect(macNeighbour('192.168.1.20 (192.168.1.20) -- no entry')).toBe('unknown')
  })

  test('Windows, in any language', () => {
    const routes =
      'Aktive Routen:\n     Netzwerkziel    Netzwerkmaske          Gateway    Schnittstelle Metrik\n          0.0.0.0          0.0.0.0      192.168.1.1     192.168.1.20     25\n'
    expect(windowsGateway(routes)).toBe('192.168.1.1')
    const table =
      'Schnittstelle: 192.168.1.20 --- 0x5\n  Internetadresse       Physische Adresse     Typ\n  192.168.1.7           3c-22-fb-01-a2-09     dynamisch\n'
    expect(windowsNeighbour(table, '192.168.1.7')).toBe('answers')
    expect(windowsNeighbour('Keine ARP-Einträge gefunden.', '192.168.1.7')).toBe('silent')
  })
})
