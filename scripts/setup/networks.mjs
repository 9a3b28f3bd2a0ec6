import { existsSync } from 'node:fs'
import { aptInstall, isDebian } from './apt.mjs'

/** What tests make networks of their own with, and give a browser an authority, and the package that has each. */
const tools = {
  '/usr/sbin/ip': 'iproute2',
  '/usr/sbin/nft': 'nftables',
  '/usr/bin/tcpdump': 'tcpdump',
  '/usr/bin/certutil': 'libnss3-tools',
}

/** Brings what the tests need for networks and authorities of their own, where they could have any: as root, and here on Debian alone. */
export async function bringNetworkTools() {
  if (process.getuid?.() !== 0 || !isDebian()) return
  const missing = Object.entries(tools).flatMap(([program, name]) => (existsSync(program) ? [] : [name]))
  if (missing.length > 0) await aptInstall('what tests make networks and authorities with', missing)
}
