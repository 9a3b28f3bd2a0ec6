/** What only the system knows of its networks, asked with its own programs and without special rights. Nothing here rejects. */
import { execFile } from 'node:child_process'
import { isIPv6 } from 'node:net'
import { promisify } from 'node:util'

const run = promisify(execFile)
/** How long a program of the system may take, in ms. */
const PATIENCE_MS = 2_000

/** What is known of someone on the same network: whether it answers when it is looked for by its address (ARP, NDP). */
export type Neighbour = 'answers' | 'silent' | 'unknown'

/** The interface by which the system sends to an address; null where it does not say. */
export async function interfaceTo(address: string, platform: NodeJS.Platform): Promise<string | null> {
  switch (platform) {
    case 'linux':
      return linuxInterface(await said('ip', ['-j', 'route', 'get', address]))
    case 'darwin':
      return macInterface(await said('route', ['-n', 'get', ...(isIPv6(address) ? ['-inet6'] : []), address]))
    default:
      return null
  }
}

/** The gateway by which this computer leaves its network; null where it has none, or the system does not say. IPv4. */
export async function gateway(platform: NodeJS.Platform): Promise<string | null> {
  switch (platform) {
    case 'linux':
      return linuxGateway(await said('ip', ['-j', '-4', 'route', 'show', 'default']))
    case 'darwin':
      return macGateway(await said('route', ['-n', 'get', 'default']))
    case 'win32':
      return windowsGateway(await said('route', ['print', '-4', '0.0.0.0']))
    default:
      return null
  }
}

/** Whether someone has answered of late. Ask for it after something was sent there. */
export async function neighbour(address: string, platform: NodeJS.Platform): Promise<Neighbour> {
  switch (platform) {
    case 'linux':
      return linuxNeighbour(await said('ip', ['-j', 'neighbour', 'show', 'to', address]))
    case 'darwin':
      return macNeighbour(await said(isIPv6(address) ? 'ndp' : 'arp', ['-n', address]))
    case 'win32':
      return isIPv6(address) ? 'unknown' : windowsNeighbour(await said('arp', ['-a', address]), address)
    default:
      return 'unknown'
  }
}

export function linuxInterface(text: string): string | null {
  return stringAt(text, 'dev')
}

export function linuxGateway(text: string): string | null {
  return stringAt(text, 'gateway')
}

/** The states of ip-neighbour(8). What is stale or just being asked again was there once, and need not be any more. */
export function linuxNeighbour(text: string): Neighbour {
  const [first] = readJson(text)
  const states = Array.isArray(first?.['state']) ? first['state'] : []
  if (states.includes('REACHABLE') || states.includes('PERMANENT') || states.includes('NOARP')) return 'answers'
  return states.includes('FAILED') || states.includes('INCOMPLETE') ? 'silent' : 'unknown'
}

export function macInterface(text: string): string | null {
  return /^\s*interface: (\S+)/m.exec(text)?.[1] ?? null
}

export function macGateway(text: string): string | null {
  return /^\s*gateway: (\d[\d.]+)/m.exec(text)?.[1] ?? null
}

export function macNeighbour(text: string): Neighbour {
  if (text.includes('(incomplete)')) return 'silent'
  return /(?:[0-9a-f]{1,2}:){5}[0-9a-f]{1,2}/i.test(text) ? 'answers' : 'unknown'
}

/** Its words are of the system's language, its columns are not: network, mask, gateway. */
export function windowsGateway(text: string): string | null {
  return /^\s*0\.0\.0\.0\s+0\.0\.0\.0\s+(\d[\d.]+)/m.exec(text)?.[1] ?? null
}

/** One that has not answered is not listed. */
export function windowsNeighbour(text: string, address: string): Neighbour {
  const line = text.split('\n').find((one) => one.trim().split(/\s+/)[0] === address)
  return line && /(?:[0-9a-f]{2}-){5}[0-9a-f]{2}/i.test(line) ? 'answers' : 'silent'
}

/** What a program prints, where it says that something is wrong too; nothing where it is not there. */
async function said(program: string, args: readonly string[]): Promise<string> {
  try {
    return (await run(program, args, { timeout: PATIENCE_MS })).stdout
  } catch (error) {
    return (error as { stdout?: string }).stdout ?? ''
  }
}

function stringAt(text: string, key: string): string | null {
  const value = readJson(text)[0]?.[key]
  return typeof value === 'string' ? value : null
}

/** As `ip -j` prints it: a list of objects. */
function readJson(text: string): Record<string, unknown>[] {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? (value as Record<string, unknown>[]) : []
  } catch {
    return []
  }
}
