import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { isOnNetworkOf, type AddressKind, type LocalAddress } from '../localAddresses.ts'
import type { Check, Judgement } from './Check.ts'
import { interfaceTo } from './system.ts'

/** By which way this computer sends to a server. */
export interface Route {
  address: string
  /** The interface that it leaves by, and of what kind that is; null where there is no way, or the system does not say. */
  by: { interfaceName: string; kind: AddressKind } | null
  /** The interfaces that are on the server's network, where it would be expected to leave. */
  expected: string[]
}

/** Whether what is sent to the server takes the way that it should. */
export const route: Check<'route'> = {
  name: 'route',
  skipped: 'There is no address to find a way to.',
  async probe({ addresses, platform }, { connection }) {
    const address = connection?.address
    if (!address) return null
    const name = (await interfaceTo(address, platform)) ?? interfaceWith(await sourceFor(address), addresses)
    return routeBy(name, address, addresses)
  },
  judge: judgeRoute,
}

export function judgeRoute(route: Route): Judgement {
  const { by, expected, address } = route
  if (!by) return { status: 'warning', detail: `No network of this computer is known to lead to ${address}.` }
  if (isAstray(route))
    return {
      status: 'failed',
      detail: `What is sent to ${address} leaves by ${named(by)}, although ${expected.join(' and ')} is on the same network.`,
    }
  if (by.kind === 'vpn' || by.kind === 'virtual')
    return { status: 'warning', detail: `What is sent to ${address} leaves by ${named(by)}.` }
  const how = expected.length > 0 ? 'straight on the same network' : 'over a router'
  return { status: 'ok', detail: `${address} is reached by ${by.interfaceName}, ${how}.` }
}

/** Whether it leaves elsewhere than by an interface that is on the server's own network. */
export function isAstray({ by, expected }: Route): boolean {
  return by !== null && by.kind !== 'loopback' && expected.length > 0 && !expected.includes(by.interfaceName)
}

export function named({ interfaceName, kind }: { interfaceName: string; kind: AddressKind }): string {
  if (kind === 'vpn') return `the VPN ${interfaceName}`
  return kind === 'virtual' ? `the virtual network ${interfaceName}` : interfaceName
}

/** An interface is of the kind of its best address. One without any leads nowhere, unless it takes what is meant for another. */
export function routeBy(name: string | null, address: string, addresses: readonly LocalAddress[]): Route {
  const expected = addresses.filter((one) => one.kind !== 'loopback' && isOnNetworkOf(address, one))
  const kind = addresses.find(({ interfaceName }) => interfaceName === name)?.kind ?? (expected.length > 0 ? 'virtual' : null)
  return {
    address,
    by: name === null || kind === null ? null : { interfaceName: name, kind },
    // Where a VPN and a cable share a network, the cable is meant.
    expected: [...new Set(expected.filter((one) => one.kind === expected[0]?.kind).map(({ interfaceName }) => interfaceName))],
  }
}

/** The address of ours that the system would send from: that of a socket which is connected, and sends nothing. */
function sourceFor(address: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
    const end = (source: string | null) => {
      socket.close()
      resolve(source)
    }
    socket.once('error', () => end(null))
    // Any port will do.
    socket.connect(9, address, () => end(socket.address().address))
  })
}

const interfaceWith = (source: string | null, addresses: readonly LocalAddress[]) =>
  addresses.find(({ address }) => address === source?.replace(/%.*/, ''))?.interfaceName ?? null
