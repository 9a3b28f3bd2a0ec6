import { expect, test } from 'vitest'
import { Client } from '../support/Client.ts'
import { startServer } from '../support/server.ts'

test('where rooms are not made by joining them, an unknown name is no room, and nobody stands in for a missing one', async () => {
  const { url } = await startServer()
  const ada = await Client.connect(url)
  expect(await ada.refusal('joinRoom', { roomId: 'kitchen', name: 'Ada' })).toBe('roomNotFound')
  expect(await ada.refusal('joinRoom', { name: 'Ada' })).toBe('badRequest')
  expect(await ada.refusal('joinRoom', { roomId: 'kitchen' })).toBe('badRequest')
  expect((await ada.request('listRooms', {})).rooms).toEqual([])
})

test('F6: where rooms are made by joining them, of ten who join a name at once all are in one room, which goes with the last', async () => {
  const { url } = await startServer({ autoCreate: true })
  const people = await Promise.all(Array.from({ length: 10 }, () => Client.connect(url)))
  const joined = await Promise.all(people.map((one, i) => one.join({ roomId: 'kitchen', name: `Cook ${i}` })))
  expect(new Set(joined.map(({ room }) => room.id)).size).toBe(1)
  expect(joined[0]!.room).toMatchObject({ name: 'kitchen', slug: 'kitchen', emptyTtl: 0 })
  expect(joined.filter(({ self }) => self.role === 'host')).toHaveLength(1)

  const watcher = await Client.connect(url)
  await watcher.request('listRooms', {})
  for (const one of people) await one.request('leaveRoom', {})
  await watcher.take('roomGone')
})

test('F22: where rooms are made by joining them, `default` and `User` stand in for a room and a name that nobody gives', async () => {
  const { url } = await startServer({ autoCreate: true })
  const guest = await Client.connect(url)
  const { room, self } = await guest.join({})
  expect({ slug: room.slug, name: self.name }).toEqual({ slug: 'default', name: 'User' })
  const other = await Client.connect(url)
  expect((await other.join({ name: 'Ada' })).room.id).toBe(room.id)
  // What cannot be the name of a room is none, and a code is never made.
  const third = await Client.connect(url)
  expect(await third.refusal('joinRoom', { roomId: 'not a slug', name: 'Lin' })).toBe('roomNotFound')
  expect(await third.refusal('joinRoom', { joinCode: 'ABC123', name: 'Lin' })).toBe('roomNotFound')
  expect(await third.refusal('joinRoom', { roomId: 'ABC123', name: 'Lin' })).toBe('roomNotFound')
})

test('where rooms are made with a key only, joining makes none', async () => {
  const { url } = await startServer({ autoCreate: true, whoCreates: 'key' })
  const ada = await Client.connect(url)
  expect(await ada.refusal('joinRoom', { roomId: 'kitchen', name: 'Ada' })).toBe('unauthorized')
})
