/**
 * A rogue twin: a real room server, with the name of another one and a certificate of its own, that tells what it is told. It shows
 * itself as that one would, and besides claims the other's label, and its fingerprint. `rogue.ts '{"name":…}'`; it ends with its input.
 */
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { createServer, type TLSSocket } from 'node:tls'
import { Interfaces } from '../../../src/main/lan/Interfaces.ts'
import { silent } from '../../../src/main/lan/log.ts'
import { Multicast } from '../../../src/main/lan/mdns/Multicast.ts'
import { Responder } from '../../../src/main/lan/mdns/Responder.ts'
import { labelOf, recordsOf, type Announced } from '../../../src/main/lan/mdns/service.ts'
import { wordsOf } from '../../../src/main/lan/words.ts'
import { startRoomServer } from '../../../src/main/server/index.ts'
import { keptIdentity } from '../../../src/main/server/tls/Identity.ts'

export interface RogueOptions {
  name: string
  /** Those of the one that it would be taken for. */
  port: number
  fingerprint: string
  dataDir: string
  /** Addresses that it has, or may take. */
  hosts: string[]
  /** Whom it keeps telling by ARP that its address is its own. */
  victim: string
}

export interface RogueLine {
  words?: string[]
  fingerprint?: string
  reached?: number
  told?: string
}

const say = (line: RogueLine) => process.stdout.write(`${JSON.stringify(line)}\n`)
const { name, port, fingerprint, dataDir, hosts, victim } = JSON.parse(process.argv[2]!) as RogueOptions

const server = await startRoomServer({
  name,
  dataDir,
  host: '127.0.0.1',
  port: 0,
  tls: 'off',
  allowedHosts: hosts,
  maxWorkers: 1,
})
await fetch(`${server.url}/api/rooms/create`, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ name: 'Kitchen' }),
})

const identity = await keptIdentity(join(dataDir, 'keys'), name)
let reached = 0
// Of TLS 1.2 the records say what they are: application data is a type of its own, from its first byte.
const front = createServer({ ...identity.credentials, maxVersion: 'TLSv1.2' })
front.on('connection', (socket: Socket) => {
  if (socket.remoteAddress?.endsWith(victim)) say({ reached: ++reached })
})
front.on('tlsClientError', (_, socket) => socket.destroy())
front.on('secureConnection', (socket: TLSSocket) => {
  const behind = connect(server.port, '127.0.0.1')
  socket.on('error', () => behind.destroy())
  behind.on('error', () => socket.destroy())
  socket.on('data', (data: Buffer) => say({ told: data.toString('latin1') }))
  socket.pipe(behind).pipe(socket)
})
front.listen(port, '0.0.0.0')

const interfaces = new Interfaces()
const wire = new Multicast(interfaces, silent)
const twin: Announced = { name, instanceId: 'twin', protocol: 1, fingerprint: identity.fingerprint, revision: 1, port }
const responder = new Responder(twin, wire)
const label = labelOf({ name, fingerprint }, 1)
const lies: Announced[] = [
  { ...twin, instanceId: 'label' },
  { ...twin, instanceId: 'impostor', fingerprint },
]
const timer = setInterval(() => {
  // Whoever hears from an address takes it for the sender's.
  connect({ host: victim, port: 9 }).on('error', () => null)
  for (const link of wire.links) {
    const own = link.addresses.map(({ address }) => address)
    for (const lie of lies) {
      const records = recordsOf(lie, label, 'lanyard-rogue.local', own)
      void wire.send({ id: 0, isResponse: true, questions: [], records }, link)
    }
  }
}, 250)
say({ words: await wordsOf(identity.fingerprint), fingerprint: identity.fingerprint })

process.stdin.resume().on('end', () => {
  clearInterval(timer)
  front.close()
  void responder.close().then(() => wire.close())
  interfaces.close()
  void server.close().then(() => process.exit())
})
