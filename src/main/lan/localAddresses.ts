/** The addresses of this machine: what kind of network each is on, and by which one others would reach it best. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { BlockList, isIPv4 } from 'node:net'
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os'

export type AddressKind = 'lan' | 'linkLocal' | 'vpn' | 'virtual' | 'loopback'

export interface LocalAddress {
  interfaceName: string
  family: 4 | 6
  address: string
  /** The address with the length of its network's prefix. */
  cidr: string
  mac: string
  kind: AddressKind
  /** The interface's number, which a link-local address of IPv6 needs on Windows; null with other addresses. */
  scopeId: number | null
}

/** As `os.networkInterfaces()` gives it: interfaces by name. */
export type InterfaceTable = NodeJS.Dict<NetworkInterfaceInfo[]>

/** What the system knows of an interface besides its name. */
export type Device = 'physical' | 'vpn' | 'virtual' | 'unknown'

/** The best first: the order in which someone else should try them. */
const kinds: readonly AddressKind[] = ['lan', 'linkLocal', 'vpn', 'virtual', 'loopback']

/**
 * Interfaces of VPNs: those of the kernels (tun, tap, utun, ppp, ipsec, wg, gre, sit, gif, …) and the names that makers give theirs
 * (WireGuard, NordLynx, Proton, Mullvad, Tailscale, ZeroTier: zt, on macOS feth; NetBird: wt0; Cisco, GlobalProtect, Cloudflare).
 */
const vpnNames =
  /^(tun|tap|utun|ppp|pptp|l2tp|ipsec|xfrm|vti|gre|sit|ip6tnl|gif|stf|wg|nordlynx|nordtun|proton|pvpn|mullvad|tailscale|ts\d|zt|feth|wt\d|nebula|cscotun|gpd|cloudflarewarp|ham\d|vpn)/i
const windowsVpnNames =
  /vpn|wintun|tap-windows|tunnel|wireguard|nordlynx|tailscale|zerotier|netbird|hamachi|anyconnect|globalprotect|forti|mullvad|cloudflare|teredo|isatap|6to4/i

/**
 * Interfaces that lead to containers and virtual machines on this computer, or serve the system alone: Docker (docker0, br- and twelve
 * digits, veth), libvirt (virbr, vnet), VMware, VirtualBox, Parallels (vnic), LXC, Podman, Kubernetes; macOS' sharing (bridge100 and up),
 * AirDrop (awdl, llw) and the like.
 */
const virtualNames =
  /^(docker|br-[0-9a-f]{12}$|veth|virbr|vnet|vmnet|vmenet|vboxnet|vnic|lxcbr|lxdbr|incusbr|podman|cni|flannel|cali|cilium|kube|weave|waydroid|dummy|ifb|bridge1\d\d|awdl|llw|anpi|ap\d)/i
const windowsVirtualNames = /^vEthernet|hyper-v|virtualbox|vmware|docker|\bwsl\b|npcap/i

/** Cables and Wi-Fi as systems name them: en0, enp3s0, eth0, wlan0, wlp2s0; Ethernet 2, Wi-Fi, WLAN, Local Area Connection. */
const commonNames = /^(en|eth|wl|wi-?fi|lan|local area connection)/i

/** The addresses that this machine has now, the best first. */
export function readLocalAddresses(): LocalAddress[] {
  return localAddresses(networkInterfaces(), process.platform, process.platform === 'linux' ? readDevice : () => 'unknown')
}

/** Names the kind of each, and puts the best first: real networks before the rest, cables and Wi-Fi first among these, IPv4 before IPv6. */
export function localAddresses(
  table: InterfaceTable,
  platform: NodeJS.Platform,
  deviceOf: (interfaceName: string) => Device,
): LocalAddress[] {
  const found = Object.entries(table).flatMap(([interfaceName, infos = []]) => {
    const device = deviceOf(interfaceName)
    const isCommon = device === 'physical' || commonNames.test(interfaceName)
    return infos.map((info) => ({ isCommon, local: localAddress(interfaceName, info, platform, device) }))
  })
  return found
    .sort(
      (a, b) =>
        kinds.indexOf(a.local.kind) - kinds.indexOf(b.local.kind) ||
        Number(b.isCommon) - Number(a.isCommon) ||
        a.local.family - b.local.family,
    )
    .map(({ local }) => local)
}

function localAddress(
  interfaceName: string,
  { address, cidr, mac, internal, ...info }: NetworkInterfaceInfo,
  platform: NodeJS.Platform,
  device: Device,
): LocalAddress {
  const family = info.family === 'IPv4' ? 4 : 6
  const kind = internal ? 'loopback' : kindOf(interfaceName, address, platform, device)
  const scopeId = info.family === 'IPv6' && info.scopeid > 0 ? info.scopeid : null
  return { interfaceName, family, address, cidr: cidr ?? `${address}/${family === 4 ? 32 : 128}`, mac, kind, scopeId }
}

function kindOf(interfaceName: string, address: string, platform: NodeJS.Platform, device: Device): AddressKind {
  const [vpn, virtual] = platform === 'win32' ? [windowsVpnNames, windowsVirtualNames] : [vpnNames, virtualNames]
  // What the system knows goes before what a name suggests.
  if (device === 'vpn' || (device === 'unknown' && vpn.test(interfaceName))) return 'vpn'
  if (device === 'virtual' || (device === 'unknown' && virtual.test(interfaceName))) return 'virtual'
  return isLinkLocal(address) ? 'linkLocal' : 'lan'
}

/**
 * What Linux tells in /sys/class/net (Documentation/ABI/testing/sysfs-class-net): `device` leads to hardware, `tun_flags` is of tun and
 * tap, `brport` is of what is plugged into a bridge, `brif` lists that. A bridge with a real interface in it is on that one's network.
 */
function readDevice(interfaceName: string): Device {
  const folder = `/sys/class/net/${interfaceName}`
  if (existsSync(`${folder}/device`)) return 'physical'
  if (existsSync(`${folder}/brport`)) return 'virtual'
  if (existsSync(`${folder}/tun_flags`)) return 'vpn'
  if (existsSync(`${folder}/brif`)) {
    const plugged = readdirSync(`${folder}/brif`)
    return plugged.some((name) => existsSync(`/sys/class/net/${name}/device`)) ? 'physical' : 'virtual'
  }
  return /^DEVTYPE=(wireguard|ppp)$/m.test(readText(`${folder}/uevent`)) ? 'vpn' : 'unknown'
}

/** Interfaces come and go while they are looked at. */
function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** RFC 3927 and RFC 4291: good on one cable only. */
export function isLinkLocal(address: string): boolean {
  return isIPv4(address) ? address.startsWith('169.254.') : /^fe[89ab]/i.test(address)
}

/** Whether an address is of the network that one of ours is on. A zone (`%eth0`) is not looked at. */
export function isOnNetworkOf(address: string, local: LocalAddress): boolean {
  const { family } = local
  if (isIPv4(address) !== (family === 4)) return false
  return networkOf(local).check(address.replace(/%.*/, ''), family === 4 ? 'ipv4' : 'ipv6')
}

/** Each is asked for with every packet that comes. */
const networks = new WeakMap<LocalAddress, BlockList>()

function networkOf(local: LocalAddress): BlockList {
  const known = networks.get(local)
  if (known) return known
  const { cidr, family } = local
  const [network = '', prefix] = cidr.split('/')
  const list = new BlockList()
  list.addSubnet(network, Number(prefix), family === 4 ? 'ipv4' : 'ipv6')
  networks.set(local, list)
  return list
}
