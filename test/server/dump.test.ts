import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { readDump, type DumpedRoom } from '../../src/main/cli/dump.ts'
import { ImportedMember, ImportedMessage, ImportedRoom } from '../../src/main/server/index.ts'

const now = new Date(Date.UTC(2030, 0, 1))
const read = (dump: unknown) => readDump(dump, { from: '', now })

/** The one room of a dump. */
function roomOf(rooms: unknown, beside: object = {}) {
  const { rooms: found, faults, notes } = read({ rooms, ...beside })
  expect(faults).toEqual([])
  expect(found).toHaveLength(1)
  return { ...found[0]!, notes: notes.map(({ reason }) => reason) }
}

test('F15: a room is read under each of the names that servers have had for its fields', () => {
  const told = { name: 'Review', joinCode: 'ABC123', maxPeers: 5, visibility: 'private', createdAt: '2026-01-22T10:30:00.000Z' }
  for (const room of [
    { id: 'r', name: 'Review', joinCode: 'abc-123', maxParticipants: 5, private: true, createdAt: '2026-01-22T10:30:00Z' },
    {
      id: 'r',
      name: 'Review',
      join_code: 'ABC 123',
      max_participants: 5,
      is_private: true,
      created_at: '2026-01-22 11:30:00+01',
    },
    { ID: 'r', Name: 'Review', JoinCode: 'ABC123', MaxParticipants: 5, Visibility: 'private', CreatedAt: 1769077800 },
    { room_id: 'r', title: 'Review', code: 'ABC123', maxPeers: 5, metadata: { private: true }, inserted_at: 1769077800000 },
  ])
    expect(roomOf([room]).room, JSON.stringify(room)).toMatchObject({ sourceId: 'r', ...told })
})

test('F15: rooms are read from a list, by their id and by their code; members and messages inside of them and beside them', () => {
  const members = [{ userId: 'ada', name: 'Ada', role: 'speaker', since: now.toISOString() }]
  const person = { user_id: 'ada', username: 'Ada' }
  const message = { user_id: 'ada', content: 'Hello' }
  for (const [rooms, beside] of [
    [[{ id: 'r', members: [person], messages: [message] }], {}],
    [{ r: { participants: { ada: { username: 'Ada' } }, chat: { m1: message } } }, {}],
    [{ ABC123: { id: 'r', users: { socket: person }, history: [message] } }, {}],
    [[{ id: 'r' }], { members: [{ ...person, room_id: 'r' }], messages: [{ ...message, roomId: 'r' }] }],
    [{ r: {} }, { members: { r: [person] }, messages: { r: [message] } }],
  ] as const) {
    const room = roomOf(rooms, beside)
    expect(room).toMatchObject({ room: { sourceId: 'r' }, members })
    expect(room.messages).toMatchObject([{ userId: 'ada', name: 'Ada', text: 'Hello' }])
  }
  expect(roomOf({ ABC123: {} }).room).toMatchObject({ sourceId: 'ABC123', joinCode: 'ABC123' })
  // As a slug it could be taken for a code; as a code it was not meant.
  expect(roomOf({ people: {} }).room).toMatchObject({ joinCode: null, slug: null })
})

test('F15: messages come in the order of their times, and each is the same one each time', () => {
  const said = [
    { from: 'ada', text: 'later', timestamp: 1_700_000_002_000 },
    { from: 'ada', text: 'twice', timestamp: 1_700_000_001_000 },
    { from: 'ada', text: 'twice', timestamp: 1_700_000_001_000 },
    { id: 7, from: 'ada', text: 'first', timestamp: 1_700_000_000_000 },
  ]
  const { messages } = roomOf([{ id: 'r', messages: said }])
  expect(messages.map(({ text }) => text)).toEqual(['first', 'twice', 'twice', 'later'])
  expect(new Set(messages.map(({ clientMessageId }) => clientMessageId)).size).toBe(4)
  expect(roomOf([{ id: 'r', messages: said }]).messages).toEqual(messages)
  const elsewhere = roomOf([{ id: 'other', messages: said }]).messages
  expect(
    elsewhere.filter(({ clientMessageId }) => messages.some((message) => message.clientMessageId === clientMessageId)),
  ).toEqual([])
})

test('F15: a room that was shut does not come open', () => {
  expect(roomOf([{ id: 'r', password: 'sesame' }])).toMatchObject({ room: { password: 'sesame', admission: 'open' }, notes: [] })
  expect(roomOf([{ id: 'r', password_hash: '$2b$10$…' }])).toMatchObject({
    room: { password: null, admission: 'lobby' },
    notes: ['its password is stored as a hash, and cannot come along: it has a lobby instead'],
  })
  expect(roomOf([{ id: 'r', require_access_before_joining: true }]).room.admission).toBe('lobby')
})

test('F15: whatever JSON it is, a dump is read to its end, and each fault has a path', () => {
  const key = fc.constantFrom(
    'rooms',
    'members',
    'messages',
    'id',
    'room_id',
    'name',
    'text',
    'host',
    'metadata',
    'role',
    'slug',
    'createdAt',
    '__proto__',
  )
  const name = fc.constantFrom('constructor', '__proto__', 'toString', 'admin', 'join', 'r')
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue({ maxDepth: 1 }),
      name,
      fc.array(tie('tree')),
      fc.dictionary(key, tie('tree')),
    ),
  }))
  fc.assert(
    fc.property(fc.record({ rooms: tree, members: tree, messages: tree }), (dump) => {
      const { rooms, faults } = read(JSON.parse(JSON.stringify(dump)))
      for (const { path, reason } of faults) expect(path.length * reason.length).toBeGreaterThan(0)
      // The server takes all that is read, once it has gone there as JSON.
      for (const { room, members, messages } of JSON.parse(JSON.stringify(rooms)) as DumpedRoom[]) {
        ImportedRoom.parse(room)
        z.array(ImportedMember).parse(members)
        z.array(ImportedMessage).parse(messages)
      }
    }),
    {
      numRuns: 500,
      examples: [
        [{ rooms: [{ id: 'r', slug: 'join', users: [{ id: 'ada', role: 'constructor' }] }], members: [], messages: [] }],
      ],
    },
  )
})
