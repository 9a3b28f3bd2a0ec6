import { existsSync } from 'node:fs'
import { aptInstall, isDebian } from './apt.mjs'

/** What tests make networks of their own with, and the package that has each. */
const tools = { '/usr/sbin/ip': 'iproute2', '/usr/sbin/nft': 'nftables', '/usr/bin/tcpdump': 'tcpdump' }

/** Brings what the tests need for networks of their own, where they could make any: as root, and here on Debian alone. */
export async function bringNetworkTools() {
  if (process.getuid?.() !== 0 || !isDebian()) return
  const missing = Object.entries(tools).flatMap(([program, name]) => (existsSync(program) ? [] : [name]))
  if (missing.length > 0) await aptInstall('what tests make networks with', missing)
}
