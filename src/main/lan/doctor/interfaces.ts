import type { LocalAddress } from '../localAddresses.ts'
import type { Check, Judgement } from './Check.ts'

/** Whether this computer is on any network, and on which first. */
export const interfaces: Check<'interfaces'> = {
  name: 'interfaces',
  skipped: '',
  probe: async ({ addresses }) => addresses,
  judge: judgeInterfaces,
}

export function judgeInterfaces(addresses: readonly LocalAddress[]): Judgement {
  const networks = (kind: LocalAddress['kind']) => [
    ...new Set(addresses.filter((address) => address.kind === kind).map(({ interfaceName }) => interfaceName)),
  ]
  const [lan, vpn, virtual] = [networks('lan'), networks('vpn'), networks('virtual')]
  const [first] = addresses.filter(({ kind }) => kind === 'lan')
  if (first) {
    const said = `This computer is on a network as ${first.address} (${first.interfaceName}).`
    const others = [...lan.slice(1), ...vpn, ...virtual]
    return { status: 'ok', detail: others.length === 0 ? said : `${said} It has others too: ${others.join(', ')}.` }
  }
  if (selfAssigned(addresses))
    return { status: 'failed', detail: 'Nobody on the network has given this computer an address: it has one of its own making.' }
  if (vpn.length > 0) return { status: 'warning', detail: `This computer has no network but a VPN (${vpn.join(', ')}).` }
  if (virtual.length > 0)
    return { status: 'warning', detail: `This computer has no network but those inside of it (${virtual.join(', ')}).` }
  return { status: 'failed', detail: 'This computer is on no network: no cable is in, and no Wi-Fi is joined.' }
}

/** Whether it has waited in vain for an address (RFC 3927). One of IPv6 that is good on the cable alone every interface has. */
export function selfAssigned(addresses: readonly LocalAddress[]): boolean {
  return !addresses.some(({ kind }) => kind === 'lan') && addresses.some(({ kind }) => kind === 'linkLocal')
}

/** Whether nothing but this computer itself can be reached. */
export function isAlone(addresses: readonly LocalAddress[]): boolean {
  return addresses.every(({ kind }) => kind === 'loopback')
}
