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
