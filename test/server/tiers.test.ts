import { once, type EventEmitter } from 'node:events'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { startRoomServer, type ServerConfigInput } from '../../src/main/server/index.ts'
import { silent, type Logger } from '../../src/main/server/log.ts'
import { openStore } from '../../src/main/server/store/Store.ts'
import { changeTenant } from '../../src/main/server/store/tenants.ts'
import { asking, makeKeys, type Ask } from '../support/api.ts'
import { Client } from '../support/Client.ts'
import { lanyard } from '../support/serve.ts'
import { startServer, temporaryDirectory } from '../support/server.ts'

/** The real server, whose tenant `acme` has the tier `small`; before it starts, `prepare` sees its database. */
async function startTiers(
  tiers: ServerConfigInput['tiers'],
  prepare: (db: Database.Database) => void = () => {},
): Promise<{ url: string; ask: Ask }> {
  const dataDir = await temporaryDirectory()
  const [key] = await makeKeys(dataDir, ['acme'])
  const store = await openStore({ file: join(dataDir, 'lanyard.db'), log: silent })
  await changeTenant(store, 'acme', { tier: 'small' })
  await store.close()
  const db = new Database(join(dataDir, 'lanyard.db'))
  prepare(db)
  db.close()
  const { url } = await startServer({ dataDir, tiers })
  return { url, ask: asking(url, key!) }
}

async function bearer(url: string, ask: Ask, roomId: string, name: string): Promise<Client> {
  const { body } = await ask('POST', '/tokens', { room_id: roomId, user_name: name })
  return Client.connect(url, { auth: { protocol: 1, token: body.token } })
}

test('F16: a tier limits rooms: of ten that are made at once as many are as may be, and a deleted one makes place', async () => {
  const { ask } = await startTiers({ small: { rooms: 4 } })
  const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => ask('POST', '/rooms', { name: `Room ${i}` })))
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(4)
  const refused = answers.filter(({ status }) => status !== 201)
  for (const { status, body } of refused)
    expect({ status, ...body }).toMatchObject({ status: 403, code: 'limitReached', details: { limit: 'rooms', most: 4 } })
  const made = answers.find(({ status }) => status === 201)!
  await ask('DELETE', `/rooms/${made.body.id}`)
  expect((await ask('POST', '/rooms', { name: 'One more' })).status).toBe(201)
  expect((await ask('GET', '/tenant')).body.limits).toMatchObject({
    rooms: { used: 4, most: 4 },
    people: { used: 0, most: null },
  })
})

test('F16: a tier limits people over all rooms: who would wait comes in when someone leaves another room', async () => {
  const { url, ask } = await startTiers({ small: { people: 2 } })
  const [red, blue] = await Promise.all(['Red', 'Blue'].map(async (name) => (await ask('POST', '/rooms', { name })).body))
  const ada = await bearer(url, ask, red.id, 'Ada')
  await ada.join({ roomId: red.id })
  const grace = await bearer(url, ask, blue.id, 'Grace')
  await grace.join({ roomId: blue.id })
  const lin = await bearer(url, ask, blue.id, 'Lin')
  expect(await lin.refusal('joinRoom', { roomId: blue.id })).toBe('limitReached')
  expect(await lin.request('joinRoom', { roomId: blue.id, queue: true })).toMatchObject({ status: 'waiting', reason: 'full' })
  await ada.request('leaveRoom', {})
  expect((await lin.take('admitted')).members.map(({ name }) => name).sort()).toEqual(['Grace', 'Lin'])
  expect((await ask('GET', '/tenant')).body.limits.people).toEqual({ used: 2, most: 2 })
  // The local tenant has limits of its own.
  const guest = await Client.connect(url)
  const { room } = await guest.request('createRoom', { name: 'Local' })
  await guest.join({ roomId: room.id, name: 'Guest' })
})

test('F16: a tier limits minutes: those of all its people in a month, and not those of an earlier one', async () => {
  const now = new Date()
  const month = (offset: number) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset)).getTime()
  const attend = (db: Database.Database, id: string, from: number, minutes: number) =>
    db
      .prepare(
        `INSERT INTO sessions (id, tenant_id, room_id, peer_id, user_id, user_name, connected_at, disconnected_at)
         VALUES (?, 'acme', 'gone', ?, 'ada', 'Ada', ?, ?)`,
      )
      .run(id, id, new Date(from).toISOString(), new Date(from + minutes * 60_000).toISOString())
  const used = (minutes: number) => (db: Database.Database) => {
    attend(db, 'lastMonth', month(-1), 10_000)
    attend(db, 'thisMonth', month(0), minutes)
  }
  const full = await startTiers({ small: { minutes: 60 } }, used(60))
  const { body: room } = await full.ask('POST', '/rooms', { name: 'Talk' })
  const ada = await bearer(full.url, full.ask, room.id, 'Ada')
  expect(await ada.refusal('joinRoom', { roomId: room.id })).toBe('limitReached')
  expect((await full.ask('GET', '/tenant')).body.limits.minutes).toEqual({ used: 60, most: 60 })

  const begun = await startTiers({ small: { minutes: 60 } }, used(17.327116664250692))
  expect((await begun.ask('GET', '/tenant')).body.limits.minutes).toEqual({ used: 17, most: 60 })

  const free = await startTiers({ small: { minutes: 60 } }, used(59))
  const { body: open } = await free.ask('POST', '/rooms', { name: 'Talk' })
  await (await bearer(free.url, free.ask, open.id, 'Ada')).join({ roomId: open.id })
})

test('F16: a tenant is given a tier, and switched off, while the server runs: its people are out, its keys and tokens good no more', async () => {
  const dataDir = await temporaryDirectory()
  const [key, ownKey] = await makeKeys(dataDir, ['acme', 'local'])
  const { url } = await startServer({ dataDir, tiers: { small: { people: 1 } } })
  const ask = asking(url, key!)
  const tenant = (...args: string[]) => lanyard('tenant', ...args, '--data-dir', dataDir, '--json')
  const { body: room } = await ask('POST', '/rooms', { name: 'Talk' })
  const ada = await bearer(url, ask, room.id, 'Ada')
  await ada.join({ roomId: room.id })
  const lin = await bearer(url, ask, room.id, 'Lin')

  expect(await tenant('set', 'acme', '--tier', 'huge')).toMatchObject({ code: 2, stdout: '' })
  expect(await tenant('set', 'nobody', '--active', 'no')).toMatchObject({ code: 1, stdout: '' })
  expect(JSON.parse((await tenant('set', 'acme', '--tier', 'small')).stdout)).toMatchObject({ id: 'acme', tier: 'small' })
  expect(await lin.request('joinRoom', { queue: true })).toMatchObject({ status: 'waiting', reason: 'full' })
  await tenant('set', 'acme', '--tier', 'standard')
  await lin.take('admitted')

  await tenant('set', 'acme', '--active', 'no')
  for (const one of [ada, lin]) expect(await one.take('roomClosed')).toMatchObject({ roomId: room.id, reason: 'suspended' })
  expect((await ask('GET', '/rooms')).body).toMatchObject({ status: 403, code: 'forbidden' })
  expect((await asking(url, ownKey!)('GET', '/rooms')).status).toBe(200)
  await tenant('set', 'acme', '--active', 'yes')
  await (await bearer(url, ask, room.id, 'Ada')).join({})
  expect((await tenant('list')).stdout).toContain('"acme"')

  // The local one, which guests are in, can be switched off as well.
  const guest = await Client.connect(url)
  const cutOff = once(guest.socket as unknown as EventEmitter, 'disconnect')
  await tenant('set', 'local', '--active', 'no')
  await cutOff
  await expect(Client.connect(url)).rejects.toMatchObject({ code: 'forbidden' })
})

test('F16: a tier that is given where no server runs may be none: that is said, and when the server starts, it has the limits of standard', async () => {
  const dataDir = await temporaryDirectory()
  const [key] = await makeKeys(dataDir, ['acme'])
  const tenant = (...args: string[]) => lanyard('tenant', 'set', 'acme', ...args, '--data-dir', dataDir)
  expect(await tenant('--name', 'Acme')).toMatchObject({ code: 0, stderr: '' })
  for (const tier of ['gold', 'constructor', '__proto__']) {
    const { code, stderr } = await tenant('--tier', tier)
    expect({ code, stderr }, tier).toEqual({
      code: 0,
      stderr: `lanyard: No server runs here, so nobody knows whether there is a tier ${tier}; without one, acme has the limits of standard\n`,
    })
    const warned: object[] = []
    const log = { ...silent, warn: (about: object) => warned.push(about) } as unknown as Logger
    const server = await startRoomServer({ port: 0, maxWorkers: 1, dataDir, tiers: { standard: { rooms: 1 } } }, { log })
    onTestFinished(() => server.close())
    expect(warned).toEqual([{ tenant: 'acme', tier }])
    expect((await asking(server.url, key!)('GET', '/tenant')).body.limits.rooms, tier).toEqual({ used: 0, most: 1 })
    await server.close()
  }
  await startServer({ dataDir })
  expect(await tenant('--tier', 'standard')).toMatchObject({ code: 0, stderr: '' })
})
