import { join } from 'node:path'
import { expect, test } from 'vitest'
import { silent } from '../../src/main/server/log.ts'
import { openStore } from '../../src/main/server/store/Store.ts'
import type { Room } from '../../src/shared/model.ts'
import { startWithKeys, type Ask } from '../support/api.ts'
import { Client } from '../support/Client.ts'
import { temporaryDirectory } from '../support/server.ts'
import { addRoom } from './store/samples.ts'

const COUNT = 1_000

/** A server with a thousand public rooms, the last one made the newest, some of them at the same moment; and fifty private ones. */
async function withManyRooms() {
  const dataDir = await temporaryDirectory()
  const store = await openStore({ file: join(dataDir, 'lanyard.db'), log: silent })
  const rooms = Array.from({ length: COUNT + 50 }, (_, i) => ({
    id: `room-${i}`,
    name: `Room ${String(i).padStart(4, '0')}`,
    visibility: i < COUNT ? ('public' as const) : ('private' as const),
    createdAt: new Date(Date.UTC(2030, 0, 1) + Math.floor(i / 3) * 1_000).toISOString(),
  }))
  await Promise.all(rooms.map((room) => addRoom(store, room)))
  await store.close()
  return startWithKeys({ dataDir })
}

interface Page {
  rooms: Room[]
  cursor: string | null
}
const overSockets =
  (client: Client, query?: string) =>
  (cursor: string | null): Promise<Page> =>
    client.request('listRooms', { cursor, query })
const overRest =
  (ask: Ask, query = '') =>
  async (cursor: string | null): Promise<Page> => {
    const wanted = new URLSearchParams({ limit: '50', query, ...(cursor !== null && { cursor }) })
    return (await ask('GET', `/rooms?${wanted}`)).body
  }

/** The ids of all pages, one after the other; something happens between each two. */
async function pagedThrough(
  page: (cursor: string | null) => Promise<Page>,
  between: (n: number) => Promise<unknown> = async () => {},
) {
  const seen: string[] = []
  let cursor: string | null = null
  for (let n = 0; ; n++) {
    const { rooms, cursor: next }: Page = await page(cursor)
    seen.push(...rooms.map(({ id }) => id))
    if (next === null) return seen
    cursor = next
    await between(n)
  }
}

test('F7: of a thousand rooms each is listed once, while others are made, renamed and deleted and people come and go', async () => {
  const { url, ask } = await withManyRooms()
  const pager = await Client.connect(url)
  const people = await Promise.all(Array.from({ length: 12 }, () => Client.connect(url)))
  // Those who are there first leave while the list is read; each of the others comes into a room that is not yet listed.
  const first = people.slice(0, 6)
  for (const [i, client] of first.entries()) await client.join({ roomId: `room-${i * 150}`, name: 'Early' })
  const touched = new Set<string>()
  const between = async (n: number) => {
    const deleted = `room-${n * 37 + 5}`
    touched.add(deleted)
    await ask('POST', '/rooms', { name: `New ${n}` })
    await ask('PATCH', `/rooms/room-${n * 41 + 7}`, { name: `Renamed ${n}` })
    await ask('DELETE', `/rooms/${deleted}`)
    const comes = people[6 + n]
    if (comes) await comes.join({ roomId: `room-${n * 20 + 3}`, name: 'Late' })
    const leaves = first[n]
    if (leaves) await leaves.request('leaveRoom', {})
  }
  const throughout = (seen: readonly string[], count: number) => {
    expect(new Set(seen).size).toBe(seen.length)
    const expected = Array.from({ length: count }, (_, i) => `room-${i}`).filter((id) => !touched.has(id))
    const there = new Set(seen)
    expect(expected.filter((id) => !there.has(id))).toEqual([])
  }
  const listed = await pagedThrough(overSockets(pager), between)
  expect(listed.slice(0, 6).toSorted()).toEqual(first.map((_, i) => `room-${i * 150}`).toSorted())
  throughout(listed, COUNT)
  expect(listed.filter((id) => Number(id.slice(5)) >= COUNT)).toEqual([])
  const all = await pagedThrough(overRest(ask), (n) => between(n + COUNT / 50))
  throughout(all, COUNT + 50)
})

test('F7: among a thousand rooms a part of the name finds the right ones, page by page', async () => {
  const { url, ask } = await withManyRooms()
  const client = await Client.connect(url)
  await client.join({ roomId: 'room-177', name: 'Ada' })
  const found = await pagedThrough(overSockets(client, 'oom 01'))
  expect(found[0]).toBe('room-177')
  expect(found.toSorted()).toEqual(Array.from({ length: 100 }, (_, i) => `room-${100 + i}`))
  expect((await overSockets(client, 'ROOM 0999')(null)).rooms.map(({ id }) => id)).toEqual(['room-999'])
  expect(await overSockets(client, 'room 1001')(null)).toEqual({ rooms: [], cursor: null })
  expect(await pagedThrough(overRest(ask, 'ROOM 10'))).toHaveLength(50)
})

test('F7: fifty who watch a thousand rooms hear of what changes in them, and of nothing else', async () => {
  const { url, ask } = await withManyRooms()
  const watchers = await Promise.all(Array.from({ length: 50 }, () => Client.connect(url)))
  await Promise.all(watchers.map((watcher) => watcher.request('listRooms', {})))
  for (let i = 0; i < 20; i++) {
    await ask('PATCH', `/rooms/room-${i}`, { name: 'First' })
    await ask('PATCH', `/rooms/room-${i}`, { name: 'Second' })
  }
  await ask('PATCH', '/rooms/room-20', { visibility: 'private' })
  await ask('DELETE', '/rooms/room-21')
  for (const watcher of watchers) {
    await watcher.take('roomGone', ({ roomId }) => roomId === 'room-20')
    await watcher.take('roomGone', ({ roomId }) => roomId === 'room-21')
    const news = watcher.heard.map(({ name, payload }) => ({ name, room: (payload as { room: Room }).room }))
    expect(new Set(news.map(({ name }) => name))).toEqual(new Set(['roomChanged']))
    const latest = new Map(news.map(({ room }) => [room.id, room.name]))
    expect(latest).toEqual(new Map(Array.from({ length: 20 }, (_, i) => [`room-${i}`, 'Second'])))
  }
})

test('F7: nobody who watches hears of a private room: not as it is made, used, changed or deleted', async () => {
  const { url, ask } = await startWithKeys()
  const watcher = await Client.connect(url)
  await watcher.request('listRooms', {})
  const { body: room } = await ask('POST', '/rooms', { name: 'Hidden', visibility: 'private' })
  const guest = await Client.connect(url)
  await guest.join({ roomId: room.id, name: 'Grace' })
  await guest.request('leaveRoom', {})
  await ask('PATCH', `/rooms/${room.id}`, { name: 'Still hidden' })
  await ask('DELETE', `/rooms/${room.id}`)
  const { body: last } = await ask('POST', '/rooms', { name: 'Seen' })
  await ask('DELETE', `/rooms/${last.id}`)
  await watcher.take('roomGone', ({ roomId }) => roomId === last.id)
  expect(JSON.stringify(watcher.heard)).not.toContain(room.id)
})
