import { expect, test } from 'vitest'
import { addMember, roleOf } from '../../../src/main/server/store/members.ts'
import { changeRoom, insertRoom, listRooms, roomById, roomByJoinCode, roomBySlug } from '../../../src/main/server/store/rooms.ts'
import { addRoom, aRoom, at } from './samples.ts'
import { commitsIn, connect, open } from './support.ts'

test('a room is found by its id, its slug and its code, and is what was stored', async () => {
  const { store } = await open()
  const room = aRoom({ slug: 'stand-up', description: 'Every day', emptyTtl: 60, visibility: 'private' })
  const stored = await insertRoom(store, room, () => 'ABC123')
  expect(stored).toEqual({ ...room, joinCode: 'ABC123', version: 1 })
  expect(await roomById(store, 'local', 'room')).toEqual(stored)
  expect(await roomBySlug(store, 'local', 'stand-up')).toEqual(stored)
  expect(await roomByJoinCode(store, 'local', 'ABC123')).toEqual(stored)
})

test('there is no room where there is none, nor one of another tenant', async () => {
  const { store } = await open()
  await addRoom(store, { slug: 'mine' })
  expect(await roomById(store, 'local', 'other')).toBeNull()
  expect(await roomBySlug(store, 'elsewhere', 'mine')).toBeNull()
  expect(await roomByJoinCode(store, 'local', 'ZZZZZZ')).toBeNull()
})

test('whoever makes a room is its host; a room may be nobody’s', async () => {
  const { store, file } = await open()
  await addRoom(store)
  expect(commitsIn(file)).toBe(1)
  await addRoom(store, { id: 'nobodys', hostUserId: null, hostName: null })
  expect(await roleOf(store, 'room', 'ada')).toBe('host')
  expect(await roleOf(store, 'room', 'bob')).toBeNull()
  expect(connect(file).prepare('SELECT count(*) FROM room_members').pluck().get()).toBe(1)
})

test('a member can be given another role', async () => {
  const { store } = await open()
  await addRoom(store)
  for (const role of ['listener', 'cohost'] as const) await addMember(store, { roomId: 'room', userId: 'bob', role, at: at(1) })
  expect(await roleOf(store, 'room', 'bob')).toBe('cohost')
})

test('a code that is taken is drawn again', async () => {
  const { store } = await open()
  const codes = ['AAAAAA', 'AAAAAA', 'BBBBBB']
  const draw = () => codes.shift() ?? 'none left'
  await insertRoom(store, aRoom({ id: 'first' }), draw)
  expect((await insertRoom(store, aRoom({ id: 'second' }), draw)).joinCode).toBe('BBBBBB')
})

test('codes that are always taken end in an error, not in a loop', async () => {
  const { store } = await open()
  await insertRoom(store, aRoom({ id: 'first' }), () => 'AAAAAA')
  await expect(insertRoom(store, aRoom({ id: 'second' }), () => 'AAAAAA')).rejects.toMatchObject({
    kind: 'unique',
    columns: ['rooms.join_code'],
  })
})

test('a slug that is taken says so, and leaves neither room nor host', async () => {
  const { store, file } = await open()
  await addRoom(store, { slug: 'stand-up' })
  await expect(addRoom(store, { id: 'second', slug: 'stand-up' })).rejects.toMatchObject({ code: 'slugTaken' })
  await addRoom(store, { id: 'elsewhere', tenantId: 'other', slug: 'stand-up' })
  const db = connect(file)
  expect(db.prepare('SELECT id FROM rooms ORDER BY id').pluck().all()).toEqual(['elsewhere', 'room'])
  expect(db.prepare('SELECT room_id FROM room_members ORDER BY room_id').pluck().all()).toEqual(['elsewhere', 'room'])
})

test('public rooms are listed newest first, page by page, each once, though some are equally old', async () => {
  const { store } = await open()
  const rooms = Array.from({ length: 11 }, (_, i) => ({ id: `room-${i}`, createdAt: at(Math.floor(i / 4)) }))
  for (const room of rooms) await addRoom(store, room)
  const listed: string[] = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof listRooms>> = await listRooms(store, { tenantId: 'local', cursor, limit: 3 })
    expect(page.rooms.length).toBe(page.cursor === null ? 2 : 3)
    listed.push(...page.rooms.map(({ id }) => id))
    cursor = page.cursor
  } while (cursor !== null)
  const newestFirst = rooms.toSorted((a, b) =>
    a.createdAt === b.createdAt ? (a.id < b.id ? 1 : -1) : a.createdAt < b.createdAt ? 1 : -1,
  )
  expect(listed).toEqual(newestFirst.map(({ id }) => id))
})

test('the last page says that it is the last, also when it is full', async () => {
  const { store } = await open()
  await addRoom(store)
  expect((await listRooms(store, { tenantId: 'local', limit: 1 })).cursor).toBeNull()
})

test('private and closed rooms are not listed; one that is opened again is', async () => {
  const { store } = await open()
  await addRoom(store, { id: 'private', visibility: 'private' })
  await addRoom(store)
  await changeRoom(store, 'local', 'room', { closedAt: at(5), updatedAt: at(5) })
  expect(await listRooms(store, { tenantId: 'local', limit: 10 })).toEqual({ rooms: [], cursor: null })
  expect(await roomById(store, 'local', 'room')).toMatchObject({ closedAt: at(5), updatedAt: at(5) })

  await changeRoom(store, 'local', 'room', { closedAt: null })
  const { rooms } = await listRooms(store, { tenantId: 'local', limit: 10 })
  expect(rooms).toMatchObject([{ id: 'room', closedAt: null }])
  expect(rooms[0]?.updatedAt).not.toBe(at(5))
})

test('rooms are searched by a part of their name, in any case of any script, wildcards being plain characters', async () => {
  const { store } = await open()
  for (const name of ['Öffnung', 'ΑΘΗΝΑ', '100 %', 'a_b']) await addRoom(store, { id: encodeURIComponent(name), name })
  const search = async (query: string) =>
    (await listRooms(store, { tenantId: 'local', query, limit: 10 })).rooms.map(({ name }) => name)
  expect(await search('öFF')).toEqual(['Öffnung'])
  expect(await search('αθηνα')).toEqual(['ΑΘΗΝΑ'])
  expect(await search('%')).toEqual(['100 %'])
  expect(await search('_')).toEqual(['a_b'])
  expect(await search('absent')).toEqual([])
})

test.each(['nonsense', '~', `${at(0)}~a'b`, ''])('a cursor that was never given out (%s) is a bad request', async (cursor) => {
  const { store } = await open()
  await expect(listRooms(store, { tenantId: 'local', cursor, limit: 10 })).rejects.toMatchObject({
    code: 'badRequest',
    details: { path: 'cursor' },
  })
})
