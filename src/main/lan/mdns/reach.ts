/** By which addresses a server that was heard of would be reached best. */
import { BlockList, isIPv4 } from 'node:net'
import { isLinkLocal, isOnNetworkOf, type LocalAddress } from '../localAddresses.ts'
import type { Claim } from './service.ts'
import type { Link } from './wire.ts'

/** What is tried of one server. */
const mostAddresses = 16

/** RFC 1918, RFC 6598 and RFC 4193: addresses that no network hands on to the internet. */
const privateNetworks = new BlockList()
privateNetworks.addSubnet('10.0.0.0', 8)
privateNetworks.addSubnet('172.16.0.0', 12)
privateNetworks.addSubnet('192.168.0.0', 16)
privateNetworks.addSubnet('100.64.0.0', 10)
privateNetworks.addSubnet('fc00::', 7, 'ipv6')

interface Candidate {
  address: string
  port: number
  rank: number
  /** The place of the interface among ours. */
  place: number
}

/**
 * HOST:PORT, the best first: where it spoke from, then what it says on networks of ours, then other private networks; what is good on one
 * cable only comes last, with its zone. What lies elsewhere is left out, so that nobody's word sends us to strangers.
 */
export function reachAt(paths: { claim: Claim; source: string; link: Link }[], own: readonly LocalAddress[]): string[] {
  const candidates = paths.flatMap(({ claim, source, link }) => {
    const place = own.findIndex(({ interfaceName }) => interfaceName === link.addresses[0]?.interfaceName)
    const zone = source.split('%')[1]
    const told = claim.addresses.flatMap((address) => {
      if (!isLinkLocal(address) || isIPv4(address)) return [address]
      return zone === undefined ? [] : [`${address}%${zone}`]
    })
    return [
      { address: source, port: claim.port, rank: isLinkLocal(source) ? 3 : 0, place },
      ...told.map((address) => ({ address, port: claim.port, rank: rankOf(address, own), place })),
    ]
  })
  const usable = candidates.filter(({ rank }) => rank !== Infinity).sort(byRank)
  const texts = usable.map(({ address, port }) => (isIPv4(address) ? `${address}:${port}` : `[${address}]:${port}`))
  return [...new Set(texts)].slice(0, mostAddresses)
}

function rankOf(address: string, own: readonly LocalAddress[]): number {
  if (isLinkLocal(address)) return 3
  if (own.some((local) => local.kind !== 'loopback' && isOnNetworkOf(address, local))) return 1
  return privateNetworks.check(address, isIPv4(address) ? 'ipv4' : 'ipv6') ? 2 : Infinity
}

function byRank(a: Candidate, b: Candidate): number {
  return a.rank - b.rank || a.place - b.place || Number(isIPv4(b.address)) - Number(isIPv4(a.address))
}
