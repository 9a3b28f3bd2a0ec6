import type { NetworkInterfaceInfo } from 'node:os'
import { expect, test } from 'vitest'
import { Interfaces } from '../../src/main/lan/Interfaces.ts'
import {
  isLinkLocal,
  isOnNetworkOf,
  localAddresses,
  type Device,
  type InterfaceTable,
  type LocalAddress,
} from '../../src/main/lan/localAddresses.ts'

/** An interface with these addresses, as Node tells of it. */
function having(...cidrs: string[]): NetworkInterfaceInfo[] {
  return cidrs.map((cidr) => {
    const address = cidr.split('/')[0]!
    const rest = { address, cidr, netmask: '', mac: '02:00:00:00:00:01', internal: address === '127.0.0.1' || address === '::1' }
    return address.includes(':')
      ? { ...rest, family: 'IPv6', scopeid: address.startsWith('fe80') ? 3 : 0 }
      : { ...rest, family: 'IPv4' }
  })
}

/** `kind interface address`, the best first. */
function ranked(platform: NodeJS.Platform, table: InterfaceTable, devices: Record<string, Device> = {}): string[] {
  const found = localAddresses(table, platform, (name) => devices[name] ?? 'unknown')
  return found.map(({ kind, interfaceName, address }) => `${kind} ${interfaceName} ${address}`)
}

test('on Linux cables and Wi-Fi come first, then what is good on one cable, VPNs, and virtual networks', () => {
  const table = {
    lo: having('127.0.0.1/8', '::1/128'),
    docker0: having('172.17.0.1/16'),
    'br-0123456789ab': having('172.18.0.1/16'),
    veth12ab34c: having('fe80::1/64'),
    virbr0: having('192.168.122.1/24'),
    tailscale0: having('100.101.102.103/32'),
    wg0: having('10.8.0.2/24'),
    tun0: having('10.9.0.2/24'),
    usb0: having('192.168.42.5/24'),
    wlp2s0: having('192.168.1.7/24', 'fe80::7/64'),
    enp3s0: having('fd12::5/64', '192.168.1.5/24', 'fe80::5/64'),
  }
  expect(ranked('linux', table)).toEqual([
    'lan wlp2s0 192.168.1.7',
    'lan enp3s0 192.168.1.5',
    'lan enp3s0 fd12::5',
    'lan usb0 192.168.42.5',
    'linkLocal wlp2s0 fe80::7',
    'linkLocal enp3s0 fe80::5',
    'vpn tailscale0 100.101.102.103',
    'vpn wg0 10.8.0.2',
    'vpn tun0 10.9.0.2',
    'virtual docker0 172.17.0.1',
    'virtual br-0123456789ab 172.18.0.1',
    'virtual virbr0 192.168.122.1',
    'virtual veth12ab34c fe80::1',
    'loopback lo 127.0.0.1',
    'loopback lo ::1',
  ])
})

test('what Linux knows of an interface goes before its name', () => {
  const table = {
    office: having('10.1.0.5/16'),
    'br-lan': having('192.168.1.1/24'),
    br0: having('192.168.2.1/24'),
    tap3: having('192.168.3.1/24'),
  }
  expect(ranked('linux', table, { office: 'vpn', 'br-lan': 'physical', br0: 'virtual', tap3: 'physical' })).toEqual([
    'lan br-lan 192.168.1.1',
    'lan tap3 192.168.3.1',
    'vpn office 10.1.0.5',
    'virtual br0 192.168.2.1',
  ])
})

test('on macOS the tunnels and bridges of the system itself come last', () => {
  const table = {
    lo0: having('127.0.0.1/8', '::1/128', 'fe80::1/64').map((info) => ({ ...info, internal: true })),
    anpi0: having('fe80::a/64'),
    awdl0: having('fe80::b/64'),
    llw0: having('fe80::c/64'),
    utun3: having('fe80::d/64', '10.5.0.2/32'),
    feth4823: having('172.25.1.2/16'),
    bridge100: having('192.168.64.1/24'),
    vmenet0: having('192.168.65.1/24'),
    en0: having('fe80::2/64', '192.168.1.20/24'),
    en5: having('169.254.10.1/16'),
  }
  expect(ranked('darwin', table).slice(0, 5)).toEqual([
    'lan en0 192.168.1.20',
    'linkLocal en5 169.254.10.1',
    'linkLocal en0 fe80::2',
    'vpn utun3 10.5.0.2',
    'vpn feth4823 172.25.1.2',
  ])
  expect(ranked('darwin', table).filter((line) => line.startsWith('virtual'))).toHaveLength(5)
})

test('on Windows the names that people see tell, in other languages too', () => {
  const table = {
    'vEthernet (WSL (Hyper-V firewall))': having('172.28.0.1/20'),
    'VMware Network Adapter VMnet8': having('192.168.150.1/24'),
    'VirtualBox Host-Only Network': having('192.168.56.1/24'),
    'OpenVPN Wintun': having('10.8.0.6/24'),
    'ZeroTier One [0123456789abcdef]': having('10.147.17.5/24'),
    Tailscale: having('100.90.1.2/32'),
    NordLynx: having('10.5.0.3/16'),
    'Loopback Pseudo-Interface 1': having('127.0.0.1/8'),
    'Bluetooth-Netzwerkverbindung': having('169.254.1.1/16'),
    'LAN-Verbindung': having('192.168.1.30/24'),
    'Wi-Fi 2': having('fd00::9/64', '192.168.1.31/24'),
    Réseau: having('192.168.9.9/24'),
  }
  expect(ranked('win32', table).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
    'lan LAN-Verbindung',
    'lan Wi-Fi',
    'lan Wi-Fi',
    'lan Réseau',
    'linkLocal Bluetooth-Netzwerkverbindung',
    'vpn OpenVPN',
    'vpn ZeroTier',
    'vpn Tailscale',
    'vpn NordLynx',
    'virtual vEthernet',
    'virtual VMware',
    'virtual VirtualBox',
    'loopback Loopback',
  ])
})

test('the number of an interface is kept with the addresses that need it', () => {
  const found = localAddresses({ eth0: having('10.0.0.1/8', 'fe80::1/64', 'fd00::1/64') }, 'linux', () => 'unknown')
  expect(found.map(({ family, scopeId }) => [family, scopeId])).toEqual([
    [4, null],
    [6, null],
    [6, 3],
  ])
})

test('link-local addresses, and who is on one network with us', () => {
  expect(['169.254.0.1', 'fe80::1', 'FEBF::1%eth0'].filter(isLinkLocal)).toHaveLength(3)
  expect(['169.25.4.1', 'fec0::1', 'fd00::1', '10.169.254.1'].filter(isLinkLocal)).toEqual([])
  const [own] = localAddresses({ eth0: having('192.168.4.5/22') }, 'linux', () => 'unknown')
  expect(isOnNetworkOf('192.168.7.255', own!)).toBe(true)
  expect(isOnNetworkOf('192.168.8.0', own!)).toBe(false)
  expect(isOnNetworkOf('fe80::1%eth0', own!)).toBe(false)
})

const home: LocalAddress[] = localAddresses({ eth0: having('192.168.1.5/24') }, 'linux', () => 'physical')
const elsewhere: LocalAddress[] = localAddresses({ eth0: having('10.0.0.5/24') }, 'linux', () => 'physical')

/** Interfaces whose addresses and clock a test holds in its hand. */
function held() {
  let [addresses, now] = [home, 0]
  let stopped = false
  const interfaces = new Interfaces({
    read: () => addresses,
    now: () => now,
    every: () => () => (stopped = true),
  })
  const events: string[] = []
  interfaces.on('changed', () => events.push('changed'))
  interfaces.on('woke', () => events.push('woke'))
  return {
    interfaces,
    events,
    isStopped: () => stopped,
    /** Looks after so many ms. */
    look: (after: number, found = addresses) => {
      addresses = found
      now += after
      interfaces.look()
      return events.splice(0)
    },
  }
}

test('a change of addresses is announced once, and what stays the same is not', () => {
  const { interfaces, look, isStopped } = held()
  expect(interfaces.addresses).toEqual(home)
  expect(look(2_000)).toEqual([])
  expect(look(2_000, elsewhere)).toEqual(['changed'])
  expect(interfaces.addresses).toEqual(elsewhere)
  expect(look(2_000, [])).toEqual(['changed'])
  expect(look(2_000, [])).toEqual([])
  interfaces.close()
  expect(isStopped()).toBe(true)
})

test('a clock that has jumped ahead says that the machine has slept', () => {
  const { look } = held()
  expect(look(9_000)).toEqual([])
  expect(look(60_000)).toEqual(['woke'])
  expect(look(60_000, elsewhere)).toEqual(['changed', 'woke'])
  expect(look(-60_000)).toEqual([])
})
