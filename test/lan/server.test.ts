/** A server as others on its network reach it. */
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { expect } from 'vitest'
import { parseFingerprint } from '../../src/shared/fingerprint.ts'
import type { Machine } from '../support/lan/Machine.ts'
import { onNetworks } from '../support/lan/networks.ts'
import { built } from '../support/serve.ts'
import { temporaryDirectory } from '../support/server.ts'

const programs = join(import.meta.dirname, 'programs')

/** Runs one of our programs to its end, and gives the line that it says. */
async function told<T>(machine: Machine, program: string, ...args: string[]): Promise<T> {
  const output = await machine.output(process.execPath, [join(programs, program), ...args])
  return JSON.parse(output) as T
}

interface Ready {
  urls: string[]
  fingerprint: string
  dataDir: string
}

/** The real server on every network of a machine, when it is ready. */
async function serveOn(machine: Machine, address = '0.0.0.0'): Promise<Ready> {
  const dataDir = await temporaryDirectory()
  const args = [built, 'serve', '--host', address, '--data-dir', dataDir, '--no-web', '--log-level', 'silent']
  const child = machine.run(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: child.stdout! })) return JSON.parse(line) as Ready
  throw new Error('the server has ended before it was ready')
}

/** Makes a room on the server of a machine, from its command line. */
async function makeRoom(machine: Machine, { dataDir }: Ready): Promise<{ joinCode: string; linkKey: string }> {
  const args = [built, 'room', 'create', 'Review', '--private', '--data-dir', dataDir, '--json']
  const { room } = JSON.parse(await machine.output(process.execPath, args)) as { room: { joinCode: string; linkKey: string } }
  return room
}

onNetworks('R10: while 50 addresses of the network guess, someone with a link joins', async ({ makeNetwork }) => {
  const network = await makeNetwork()
  const addresses = Array.from({ length: 50 }, (_, i) => `10.77.1.${i + 1}`)
  const host = await network.machine('A', { addresses: ['10.77.0.1/16'] })
  const attacker = await network.machine('B', { addresses: addresses.map((address) => `${address}/16`) })
  const guest = await network.machine('C', { addresses: ['10.77.0.3/16'] })
  const server = await serveOn(host)
  const room = await makeRoom(host, server)
  const [url = ''] = server.urls
  const { answers } = await told<{ answers: Record<string, number> }>(attacker, 'guess.ts', url, '4', ...addresses)
  expect(answers).toEqual({ roomNotFound: 48, rateLimited: 152 })

  const fingerprint = parseFingerprint(server.fingerprint)!
  const join = (ref: string) => told<{ answer: string }>(guest, 'ask.ts', 'join', url, fingerprint, ref)
  expect(await join(room.joinCode)).toEqual({ answer: 'rateLimited' })
  expect(await join(`${room.joinCode}.${room.linkKey}`)).toEqual({ answer: 'joined' })
})

onNetworks(
  'nobody on the network reaches it without encryption, nor takes another certificate for it',
  async ({ makeNetwork }) => {
    const network = await makeNetwork()
    const host = await network.machine('A', { addresses: ['10.77.0.1/24'] })
    const guest = await network.machine('B', { addresses: ['10.77.0.2/24'] })
    const server = await serveOn(host)
    expect(server.urls).toEqual(['https://10.77.0.1:4433'])
    const { statuses } = await told<{ statuses: string[] }>(guest, 'ask.ts', 'plain', server.urls[0]!)
    expect(statuses).toEqual([
      '308 https://10.77.0.1:4433/',
      '308 https://10.77.0.1:4433/api/v1/rooms',
      expect.stringMatching(/^(403|308)/),
    ])
    const room = await makeRoom(host, server)
    const join = (fingerprint: string) =>
      told<{ answer: string }>(guest, 'ask.ts', 'join', server.urls[0]!, fingerprint, room.joinCode)
    expect(await join(parseFingerprint(server.fingerprint)!)).toEqual({ answer: 'joined' })
    expect(await join('ab'.repeat(32))).toEqual({ answer: 'websocket error' })
  },
)

onNetworks('F66: it is reached over IPv4 and IPv6 at once', async ({ makeNetwork }) => {
  const network = await makeNetwork()
  const host = await network.machine('A', { addresses: ['10.77.0.1/24', 'fd77::1/64'] })
  const guest = await network.machine('B', { addresses: ['10.77.0.2/24', 'fd77::2/64'] })
  const server = await serveOn(host, '::')
  expect(server.urls).toEqual(['https://10.77.0.1:4433', 'https://[fd77::1]:4433'])
  const room = await makeRoom(host, server)
  for (const url of server.urls) {
    const answer = await told(guest, 'ask.ts', 'join', url, parseFingerprint(server.fingerprint)!, room.joinCode)
    expect(answer, url).toEqual({ answer: 'joined' })
  }
})

onNetworks('F25: /metrics is for the machine itself; others on the network show a key', async ({ makeNetwork }) => {
  const network = await makeNetwork()
  const host = await network.machine('A', { addresses: ['10.77.0.1/24'] })
  const guest = await network.machine('B', { addresses: ['10.77.0.2/24'] })
  const server = await serveOn(host)
  const statusFor = async (machine: Machine, url: string, key?: string) => {
    const headers = JSON.stringify(key === undefined ? {} : { Authorization: `Bearer ${key}` })
    const fetching = `fetch('${url}/metrics', { headers: ${headers} }).then(({ status }) => console.log(status))`
    const environment = ['env', 'NODE_TLS_REJECT_UNAUTHORIZED=0', 'NODE_NO_WARNINGS=1']
    return Number(await machine.output(environment[0]!, [...environment.slice(1), process.execPath, '-e', fetching]))
  }
  const make = ['key', 'create', '--data-dir', server.dataDir, '--json']
  const { key } = JSON.parse(await host.output(process.execPath, [built, ...make])) as { key: string }
  expect(await statusFor(host, 'http://127.0.0.1:4433')).toBe(200)
  expect(await statusFor(guest, server.urls[0]!)).toBe(401)
  expect(await statusFor(guest, server.urls[0]!, key)).toBe(200)
})
