import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { asking, makeKeys, startWithKeys } from '../support/api.ts'
import { Client, enter } from '../support/Client.ts'
import { lanyard } from '../support/serve.ts'
import { startServer, temporaryDirectory } from '../support/server.ts'

interface Report {
  rooms: { imported: number; unchanged: number }
  members: { imported: number; unchanged: number }
  messages: { imported: number; unchanged: number }
  skipped: { path: string; reason: string }[]
  notes: { path: string; reason: string }[]
}

async function fileOf(dump: unknown): Promise<string> {
  const file = join(await temporaryDirectory(), 'dump.json')
  await writeFile(file, typeof dump === 'string' ? dump : JSON.stringify(dump))
  return file
}

/** What the command says, and how it ends. */
async function importing(dataDir: string, dump: unknown, ...args: string[]): Promise<{ code: number | null; report: Report }> {
  const { code, stdout, stderr } = await lanyard('import', await fileOf(dump), '--data-dir', dataDir, '--json', ...args)
  if (stdout === '') throw new Error(stderr)
  return { code, report: JSON.parse(stdout) as Report }
}

const none = { imported: 0, unchanged: 0 }

/** The memory of a server that kept rooms by their join code, with who was in them and what they said. */
const byCode = {
  rooms: {
    ABC123: {
      id: 'room-uuid',
      name: 'Team Meeting',
      createdAt: '2026-01-22T10:30:00Z',
      host: 'client-1',
      maxParticipants: 10,
      participants: [{ id: 'client-1', username: 'Ada' }, { id: 'client-2', username: 'Grace', role: 'listener' }, 'client-3'],
      metadata: { description: 'Mondays', private: true, colour: 'green' },
      messages: [
        { from: 'client-1', payload: 'Hello everyone!', timestamp: 1769077860000 },
        { from: 'client-2', payload: 'Hello Ada', timestamp: 1769077861000 },
        { from: 'client-2', payload: 'Hello Ada', timestamp: 1769077861000 },
      ],
    },
  },
}

/** The tables of one that kept them beside each other, under other names. */
const byTable = {
  Rooms: undefined,
  rooms: [
    {
      id: 1,
      room_id: 'weekly-review',
      name: 'Weekly review',
      join_code: 'XYZ-789',
      max_participants: 0,
      created_at: '2025-10-21 18:21:27.123456+02',
    },
    { id: 2, name: 'Lobby', require_access_before_joining: true, inserted_at: '2025-10-21T18:21:27' },
  ],
  members: [
    { id: 10, room_id: 1, user_id: 7, username: 'alice', joined_at: '2025-10-21T18:22:00Z' },
    { id: 11, room_id: 'weekly-review', user_id: 8, username: 'bob', joined_at: '2025-10-21T18:23:00Z', role: 'admin' },
  ],
  messages: [
    { id: 1, room_id: 1, user_id: 7, username: 'alice', content: 'First', inserted_at: '2025-10-21T18:24:00' },
    { id: 2, room_id: 2, user_id: 8, username: 'bob', content: 'Elsewhere', inserted_at: '2025-10-21T18:25:00' },
  ],
}

test('F15: rooms by join code with members and messages come from an older server while this one runs, and are announced', async () => {
  const { url, ask, server } = await startWithKeys()
  const { code, report } = await importing(server.dataDir, byCode)
  expect(report).toEqual({
    rooms: { imported: 1, unchanged: 0 },
    members: { imported: 2, unchanged: 0 },
    messages: { imported: 3, unchanged: 0 },
    skipped: [],
    notes: [],
  })
  expect(code).toBe(0)
  const { body: room } = await ask('GET', '/rooms/ABC123')
  expect(room).toMatchObject({
    ...{
      name: 'Team Meeting',
      slug: 'room-uuid',
      joinCode: 'ABC123',
      description: 'Mondays',
      visibility: 'private',
      maxPeers: 10,
    },
    ...{ createdAt: '2026-01-22T10:30:00.000Z', emptyTtl: null, metadata: { colour: 'green' } },
    host: { userId: 'client-1', name: 'Ada' },
  })
  // Whoever has known the room by its old id finds it, and nobody can compute the one that it has now.
  expect((await ask('GET', '/rooms/room-uuid')).body.id).toBe(room.id)
  expect(room.id).toMatch(/^[\w-]{22}$/)
  expect((await ask('GET', `/rooms/${room.id}/members`)).body.members).toMatchObject([
    { userId: 'client-1', name: 'Ada', role: 'host' },
    { userId: 'client-2', name: 'Grace', role: 'listener' },
    { userId: 'client-3', name: '', role: 'speaker' },
  ])
  expect((await ask('GET', `/rooms/${room.id}/audit`)).body.entries).toContainEqual(
    expect.objectContaining({ act: 'roomImported', actor: { kind: 'owner', id: null, name: '' } }),
  )
  const { joined } = await enter(url, 'abc-123', 'Eve')
  expect(joined.messages).toMatchObject([
    { from: { userId: 'client-1', name: 'Ada' }, text: 'Hello everyone!', sentAt: '2026-01-22T10:31:00.000Z' },
    { from: { name: 'Grace' }, text: 'Hello Ada' },
    { from: { name: 'Grace' }, text: 'Hello Ada' },
  ])
  const watcher = await Client.connect(url)
  await watcher.request('listRooms', {})
  await importing(server.dataDir, byTable)
  await watcher.take('roomChanged', (news) => news.room.name === 'Weekly review')

  // A program that knows its people by their old ids lets them in by a token, and they have their place.
  const { body: token } = await ask('POST', '/tokens', { room_id: 'ABC123', user_name: 'Grace', user_id: 'client-2' })
  const grace = await Client.connect(url, { auth: { protocol: 1, token: token.token } })
  expect((await grace.join({ roomId: room.id, name: 'Grace' })).self).toMatchObject({ userId: 'client-2', role: 'listener' })
})

test('F15: the example of the document gives the report that stands there', async () => {
  const document = await readFile(join(import.meta.dirname, '../../docs/import.md'), 'utf8')
  const [dump = '', report = ''] = [...document.matchAll(/```json\n(.*?)```/gs)].map(([, json]) => json)
  expect((await importing(await temporaryDirectory(), JSON.parse(dump))).report).toEqual(JSON.parse(report))
})

test('F15: an import can be made again, where no server runs as well: what is here stays as it is, what is missing comes', async () => {
  const dataDir = await temporaryDirectory()
  const [key] = await makeKeys(dataDir, ['local'])
  expect((await importing(dataDir, byTable)).report).toMatchObject({
    rooms: { imported: 2, unchanged: 0 },
    members: { imported: 2, unchanged: 0 },
    messages: { imported: 2, unchanged: 0 },
  })
  const server = await startServer({ dataDir })
  const ask = asking(server.url, key!)
  const { body: first } = await ask('GET', '/rooms/weekly-review')
  expect(first).toMatchObject({ joinCode: 'XYZ789', maxPeers: 0, createdAt: '2025-10-21T16:21:27.123Z', visibility: 'public' })
  expect((await ask('GET', `/rooms/${first.id}/members`)).body.members).toMatchObject([
    { userId: '7', name: 'alice', role: 'speaker', since: '2025-10-21T18:22:00.000Z' },
    { userId: '8', name: 'bob', role: 'cohost' },
  ])
  const lobby = ((await ask('GET', '/rooms?query=Lobby')).body.rooms as { slug: string }[])[0]
  expect(lobby).toMatchObject({ admission: 'lobby', slug: '2', createdAt: '2025-10-21T18:21:27.000Z' })

  await ask('PATCH', '/rooms/weekly-review', { name: 'Retro' })
  await ask('PUT', `/rooms/${first.id}/members/7`, { role: 'listener' })
  const grown = {
    ...byTable,
    messages: [...byTable.messages, { id: 3, room_id: 1, user_id: 8, content: 'Later', inserted_at: 1761070000 }],
  }
  const before = (await ask('GET', '/rooms/weekly-review')).body
  const again = await importing(dataDir, grown)
  expect(again).toEqual({
    code: 0,
    report: {
      rooms: { imported: 0, unchanged: 2 },
      members: { imported: 0, unchanged: 2 },
      messages: { imported: 1, unchanged: 2 },
      ...{ skipped: [], notes: [] },
    },
  })
  expect((await ask('GET', '/rooms/weekly-review')).body).toEqual(before)
  expect((await ask('GET', `/rooms/${first.id}/members/7`)).body.role).toBe('listener')
  const { messages } = (await ask('GET', `/rooms/${first.id}/messages`)).body as { messages: { text: string; sentAt: string }[] }
  expect(messages).toMatchObject([{ text: 'First' }, { text: 'Later', sentAt: '2025-10-21T18:06:40.000Z' }])

  // The same ids of another server are other rooms, whose codes and slugs are taken.
  const other = await importing(dataDir, byTable, '--from', 'old-two')
  expect(other.report.rooms).toEqual({ imported: 2, unchanged: 0 })
  expect(other.report.notes).toEqual([
    { path: 'rooms.0', reason: 'another room is called weekly-review already: it has no slug' },
    { path: 'rooms.0', reason: expect.stringMatching(/^another room has the code XYZ789: it has [0-9A-Z]{6}$/) },
    { path: 'rooms.1', reason: 'another room is called 2 already: it has no slug' },
  ])
})

test('F15: every fault of a dump is named by its path in it; nothing of a faulty room comes, the others do', async () => {
  const dataDir = await temporaryDirectory()
  const good = { id: 'good', name: 'Good', join_code: 'ILO-U1!' }
  const { code, report } = await importing(dataDir, {
    rooms: {
      good,
      long: { Name: 'x'.repeat(200), Participants: ['ada'] },
      places: { max_participants: -1, created_at: 'yesterday' },
      text: { messages: [{ from: 'ada', payload: '' }, { from: 'ada' }, { from: 'ada', payload: 'good' }] },
      people: { members: [{ username: 'nobody' }, null, { user_id: 'ada', username: 'x'.repeat(100) }], chat: 'none' },
      number: 5,
      twin: { id: 'good' },
      meta: { metadata: { large: 'x'.repeat(5_000) } },
    },
    messages: [{ room_id: 'gone', from: 'ada', content: 'lost' }, { content: 'nowhere' }, { room_id: 'good', content: '' }],
    members: { places: ['ada'], elsewhere: ['ada'] },
  })
  expect(code).toBe(1)
  expect(report.skipped.map(({ path }) => path)).toEqual([
    'messages.2.content',
    'rooms.long.Name',
    'rooms.places.max_participants',
    'rooms.places.created_at',
    'rooms.text.messages.0.payload',
    'rooms.text.messages.1.text',
    'rooms.people.chat',
    'rooms.people.members.0.userId',
    'rooms.people.members.1.userId',
    'rooms.people.members.2.username',
    'rooms.number',
    'rooms.twin',
    'rooms.meta.metadata',
    'members.elsewhere.0',
    'messages.0',
    'messages.1',
  ])
  expect(report).toMatchObject({ rooms: none, members: none, messages: none })
  const repaired = await importing(dataDir, { rooms: [good] })
  expect(repaired).toMatchObject({ code: 0, report: { rooms: { imported: 1, unchanged: 0 } } })
  expect(repaired.report.notes).toEqual([
    { path: 'rooms.0', reason: 'the join code ILO-U1! cannot be one here: it gets another' },
  ])
})

test('F15: a role, an id or a key that every object has is a name like any other', async () => {
  const { ask, server } = await startWithKeys()
  const dump = `{"rooms": {
    "first": { "members": [{ "id": "ada", "role": "constructor" }, { "id": "lin", "role": "__proto__" }, { "id": "eve", "role": "viewer" }] },
    "__proto__": { "name": "Proto", "members": { "__proto__": { "role": "toString" }, "constructor": {} } },
    "constructor": { "name": "Long", "members": [{ "id": "ada", "username": "${'x'.repeat(100)}" }] },
    "last": {}
  }}`
  const { code, report } = await importing(server.dataDir, dump)
  expect(code).toBe(1)
  expect(report).toMatchObject({ rooms: { imported: 3 }, members: { imported: 5 } })
  expect(report.skipped.map(({ path }) => path)).toEqual(['rooms.constructor.members.0.username'])
  expect((await ask('GET', '/rooms/first/members')).body.members).toMatchObject([
    { userId: 'ada', role: 'speaker' },
    { userId: 'lin', role: 'speaker' },
    { userId: 'eve', role: 'listener' },
  ])
})

test('F15: a slug that no room may have here does not come along', async () => {
  const { ask, server } = await startWithKeys()
  const { code, report } = await importing(server.dataDir, {
    rooms: [
      { id: 'a', slug: 'join' },
      { id: 'join', slug: 'No Slug' },
      { id: 'b', slug: 'good' },
    ],
  })
  expect({ code, imported: report.rooms.imported }).toEqual({ code: 0, imported: 3 })
  expect(report.notes).toEqual([
    { path: 'rooms.0', reason: 'the slug join cannot be one here: it has none' },
    { path: 'rooms.1', reason: 'the slug No Slug cannot be one here: it has none' },
  ])
  expect((await ask('GET', '/rooms/join')).status).toBe(404)
  expect((await ask('GET', '/rooms/good')).status).toBe(200)
  await importing(server.dataDir, { rooms: { join: { name: 'By its id' } } }, '--from', 'other')
  expect((await ask('GET', '/rooms/join')).status).toBe(404)
})

test('F15: one dump that is imported several times at once comes once', async () => {
  const { ask, server } = await startWithKeys()
  const rooms = Array.from({ length: 6 }, (_, i) => ({
    ...{ id: `${i}`, slug: `the-room-${i}`, join_code: `AAA${100 + i}`, password: 'sesame', host: 'ada' },
    ...{ members: ['lin'], messages: [{ from: 'lin', text: 'Hello' }] },
  }))
  const all = await Promise.all(Array.from({ length: 3 }, () => importing(server.dataDir, { rooms })))
  for (const { code, report } of all)
    expect({ code, skipped: report.skipped, notes: report.notes }).toEqual({ code: 0, skipped: [], notes: [] })
  for (const what of ['rooms', 'members', 'messages'] as const) {
    expect(
      all.reduce((sum, { report }) => sum + report[what].imported, 0),
      what,
    ).toBe(6)
    expect(
      all.reduce((sum, { report }) => sum + report[what].unchanged, 0),
      what,
    ).toBe(12)
  }
  expect((await ask('GET', '/rooms?limit=200')).body.rooms).toHaveLength(6)
})

test('F15: a file that is no dump is named in one line', async () => {
  const dataDir = await temporaryDirectory()
  for (const [dump, said] of [
    ['{"rooms":', 'is no JSON'],
    [{ rooms: [], tenant: 'x' }, null],
  ] as const) {
    const { code, stdout, stderr } = await lanyard('import', await fileOf(dump), '--data-dir', dataDir)
    expect(code).toBe(said === null ? 0 : 1)
    if (said !== null)
      expect({ stdout, lines: stderr.split('\n').length, named: stderr.includes(said) }).toEqual({
        stdout: '',
        lines: 2,
        named: true,
      })
  }
  expect((await lanyard('import', join(dataDir, 'nowhere.json'), '--data-dir', dataDir)).stderr).toMatch(
    /^lanyard: .*nowhere\.json cannot be read \(ENOENT\)\n$/,
  )
  for (const dump of [5, [], {}, { rooms: 'none' }, { rooms: null }])
    expect((await importing(dataDir, dump)).report.skipped, JSON.stringify(dump)).toHaveLength(1)
  expect((await lanyard('import', await fileOf(byCode), '--data-dir', dataDir, '--tenant', 'acme')).stderr).toContain(
    'no tenant acme',
  )
})

test('F15: a dump of very many messages comes in while people talk, and none of them waits long', async () => {
  const many = inject('long') ? 100_000 : 20_000
  const server = await startServer()
  const owner = await Client.connect(server.url)
  const { room } = await owner.request('createRoom', { name: 'Talk' })
  await owner.join({ roomId: room.id, name: 'Ada' })
  const messages = Array.from({ length: many }, (_, i) => ({
    user_id: i % 50,
    content: `message ${i}`,
    timestamp: 1_700_000_000_000 + i,
  }))
  const file = await fileOf({ rooms: { large: { messages } } })
  let done = false
  const importing = lanyard('import', file, '--data-dir', server.dataDir, '--json').finally(() => (done = true))
  const waits: number[] = []
  while (!done) {
    const asked = performance.now()
    await owner.say(`meanwhile ${waits.length}`)
    waits.push(performance.now() - asked)
  }
  const { code, stdout } = await importing
  expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, messages: { imported: many, unchanged: 0 } })
  waits.sort((a, b) => a - b)
  expect(waits.length).toBeGreaterThan(20)
  expect(waits[Math.floor(waits.length * 0.95)]).toBeLessThan(500)
}, 120_000)
