import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import Database from 'better-sqlite3'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { startRoomServer } from '../../src/main/server/index.ts'
import { version } from '../../src/main/server/version.ts'
import { asking, makeKeys, startWithKeys } from '../support/api.ts'
import { Client, enter, hostRoom, newDevice } from '../support/Client.ts'
import { startProcess, startServer, temporaryDirectory } from '../support/server.ts'

/** The numbers of a server, by name and labels. */
async function metricsOf(url: string): Promise<Record<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]))
}

test('F25: /metrics has rooms, people, streams, the CPU of the workers, the delay of the event loop and of chat', async () => {
  const { url } = await startServer({ workerPulseMs: 100 })
  expect(await metricsOf(url)).toMatchObject({
    lanyard_connections: 0,
    lanyard_peers: 0,
    'lanyard_rooms{state="IN_CALL"}': 0,
    'lanyard_request_seconds_count{request="sendChat"}': 0,
  })
  const { host, room } = await hostRoom(url)
  const { client: guest } = await enter(url, room.joinCode, 'Grace')
  for (const one of [host, guest]) await one.request('updateMember', { microphone: true })
  await host.say('Hello')
  expect(await guest.refusal('sendChat', { text: '' })).toBe('badRequest')
  const numbers = await metricsOf(url)
  expect(numbers).toMatchObject({
    lanyard_connections: 2,
    lanyard_peers: 2,
    lanyard_waiting: 0,
    lanyard_producers: 0,
    lanyard_consumers: 0,
    lanyard_workers: 1,
    'lanyard_rooms{state="IN_CALL"}': 1,
    'lanyard_rooms{state="ACTIVE"}': 0,
    'lanyard_request_seconds_count{request="sendChat"}': 2,
    'lanyard_refusals_total{code="badRequest"}': 1,
  })
  expect(numbers['lanyard_request_seconds_sum{request="sendChat"}']).toBeGreaterThan(0)
  expect(numbers['lanyard_event_loop_delay_seconds{quantile="0.99"}']).toBeGreaterThanOrEqual(0)
  expect(numbers['process_resident_memory_bytes']).toBeGreaterThan(1e7)
  const workers = Object.entries(numbers).filter(([name]) => name.startsWith('lanyard_worker_cpu_seconds_total{'))
  expect(workers).toHaveLength(1)
  // What names or reveals anyone is not in it.
  const text = await (await fetch(`${url}/metrics`)).text()
  for (const secret of ['Ada', 'Grace', room.id, room.joinCode, room.name]) expect(text).not.toContain(secret)
})

test('F25: what a proxy on the machine hands on is not from this machine: /metrics asks for a key', async () => {
  const { url, keys } = await startWithKeys()
  for (const header of ['X-Forwarded-For', 'Forwarded', 'Via']) {
    const ask = (more: object = {}) => fetch(`${url}/metrics`, { headers: { [header]: 'for=127.0.0.1', ...more } })
    expect((await ask()).status, header).toBe(401)
    expect((await ask({ Authorization: `Bearer ${keys[0]!}` })).status, header).toBe(200)
    expect((await ask({ Authorization: `Bearer ${keys[1]!}` })).status, header).toBe(403)
  }
  expect((await fetch(`${url}/metrics`)).status).toBe(200)
})

test('F25: a signal answers what was asked, tells those inside, and ends it with 0: what is stored was acknowledged', async () => {
  const dataDir = await temporaryDirectory()
  const server = await startProcess(dataDir)
  const { host } = await hostRoom(server.ready.url)
  const acknowledged = new Set<string>()
  const ids = Array.from({ length: 200 }, () => randomUUID())
  const answers = ids.map((id) => host.say('Going down?', id).then(() => acknowledged.add(id)))
  await Promise.any(answers)
  process.kill(server.pid, 'SIGTERM')
  expect(await host.take('roomClosed')).toMatchObject({ reason: 'shutdown' })
  expect((await server.ended).code).toBe(0)
  const db = new Database(join(dataDir, 'lanyard.db'), { readonly: true })
  const stored = db.prepare('SELECT client_message_id FROM messages').pluck().all() as string[]
  db.close()
  expect(new Set(stored)).toEqual(acknowledged)
})

test('F25: the log has no secret, no name, and nothing that anyone says', async () => {
  const dataDir = await temporaryDirectory()
  const [key] = await makeKeys(dataDir, ['local'])
  let logged = ''
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      logged += chunk.toString()
      done()
    },
  })
  const server = await startRoomServer(
    { host: '127.0.0.1', port: 0, maxWorkers: 1, dataDir },
    { log: pino({ level: 'trace' }, stream) },
  )
  onTestFinished(() => server.close())
  const ask = asking(server.url, key!)
  const device = newDevice()
  const host = await Client.connect(server.url, { device })
  const password = 'correct horse battery'
  const { room, hostKey } = await host.request('createRoom', { name: 'Board of Secrets', password })
  await host.join({ roomId: room.id, name: 'Ada Lovelace' })
  await host.say('The vault opens at nine')
  const { body } = await ask('POST', '/tokens', { room_id: room.id, user_name: 'Grace Hopper' })
  const bearer = await Client.connect(server.url, { auth: { protocol: 1, token: body.token } })
  await bearer.join({ roomId: room.id })
  const guest = await Client.connect(server.url)
  expect(await guest.refusal('joinRoom', { roomId: room.id, name: 'Eve', password: 'wrong horse' })).toBe('passwordRequired')
  await expect(Client.connect(server.url, { auth: { protocol: 1, token: `${body.token}x` } })).rejects.toThrow()
  await ask('DELETE', `/tokens/${body.id}`)
  expect((await ask('GET', '/rooms', undefined, { Authorization: 'Bearer lk_wrong' })).status).toBe(401)
  await server.close()
  expect(logged).toContain('media worker started')
  const secrets = [
    device,
    password,
    'wrong horse',
    hostKey!,
    body.token as string,
    key!,
    'lk_wrong',
    host.welcome.resume,
    room.joinCode,
  ]
  for (const secret of [...secrets, 'Board of', 'Lovelace', 'Hopper', 'vault']) expect(logged).not.toContain(secret)
})

test('F24: the greeting says the connection, the protocol, the server and what it can do; a too old client is told to update', async () => {
  const { url } = await startServer({ name: 'Kitchen server', directCalls: true })
  const { welcome } = await Client.connect(url)
  expect(welcome).toMatchObject({
    connectionId: expect.stringMatching(/^[\w-]{22}$/) as string,
    protocol: 1,
    features: { chat: true, sfu: true, relay: true, tokens: true, directCalls: true, autoCreate: false },
    server: { name: 'Kitchen server', version },
  })
  expect((await Client.connect(url)).welcome.server.id).toBe(welcome.server.id)
  for (const protocol of [0, 2, '1', undefined]) {
    const refusal = await Client.connect(url, { auth: { protocol, device: newDevice() } }).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'upgradeRequired', details: { protocol: 1 } })
    expect((refusal as Error).message).toContain('update the older one')
  }
})
