import { expect, test } from 'vitest'
import type { Room } from '../../src/shared/model.ts'
import { RoomList } from '../../src/client/RoomList.ts'
import type { Signaling } from '../../src/client/Signaling.ts'

const room = (id: string, name = id) => ({ id, name, visibility: 'public', closed: false, present: 0 }) as Room

test('F7: what changes while a long list comes in is shown as it is by then', async () => {
  // The order in which things are heard is what matters here, and a real server leaves it to chance.
  const pages = [
    { rooms: [room('kept'), room('renamed'), room('deleted')], cursor: 'next' },
    { rooms: [room('old')], cursor: null },
  ]
  const request = () => {
    const page = pages.shift()
    if (pages.length === 0) {
      list.put(room('renamed', 'Renamed'))
      list.remove('deleted')
      list.put(room('new'))
    }
    return Promise.resolve(page)
  }
  const list = new RoomList({ request } as unknown as Signaling)
  await list.watch()
  expect(list.rooms.map(({ name }) => name).sort()).toEqual(['Renamed', 'kept', 'new', 'old'])
})

test('however many rooms a server tells of, three hundred are kept: those with people first, then the newest', async () => {
  const endless = Array.from({ length: 5_000 }, (_, i) => room(`listed ${i}`))
  const list = new RoomList({ request: () => Promise.resolve({ rooms: endless, cursor: 'more' }) } as unknown as Signaling)
  await list.watch()
  expect(list.rooms).toHaveLength(300)
  expect(list.rooms[0]?.id).toBe('listed 0')
  for (let i = 0; i < 3_000; i += 1) list.put(room(`told ${i}`))
  expect(list.rooms).toHaveLength(300)
  expect(list.rooms[0]?.id).toBe('told 2999')
  list.put({ ...room('with people'), present: 2 })
  for (let i = 0; i < 3_000; i += 1) list.put(room(`told later ${i}`))
  expect(list.rooms[0]?.id).toBe('with people')
  expect(list.rooms).toHaveLength(300)
  expect(list.news('told 0')).toBeUndefined()
  expect(list.news('told later 2999')).toBeDefined()
})

test('nor is more kept of what is told while the list does not come in', async () => {
  const answer = Promise.withResolvers<{ rooms: Room[]; cursor: null }>()
  const list = new RoomList({ request: () => answer.promise } as unknown as Signaling)
  const watching = list.watch()
  for (let i = 0; i < 5_000; i += 1) list.put(room(`told ${i}`))
  for (let i = 0; i < 5_000; i += 1) list.remove(`gone ${i}`)
  answer.resolve({ rooms: [room('listed')], cursor: null })
  await watching
  expect(list.rooms.length).toBeLessThanOrEqual(300)
  expect(list.news('listed')).toBeDefined()
})
