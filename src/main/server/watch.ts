import type { Capacity } from '../../shared/capacity.ts'
import type { HostedRoom, StartStep } from '../../shared/hosted.ts'
import type { Headroom } from './capacity/Headroom.ts'
import type { Logger } from './log.ts'
import { Paced } from '../lan/Paced.ts'
import type { RoomServer } from './RoomServer.ts'
import type { Clock } from './Stay.ts'

/** How often whoever watches is told which rooms there are, at most, in ms. */
const ROOMS_EVERY_MS = 500

/** Whoever watches a server. */
export interface Watch {
  log?: Logger
  /** It begins with this part of its start. */
  step?: (step: StartStep) => void
  /** So many people are in its rooms now. */
  people?: (count: number) => void
  /** These are the rooms that someone is in now. */
  rooms?: (rooms: HostedRoom[]) => void
  /** This machine can hold so many, as far as is known. */
  capacity?: (capacity: Capacity) => void
  /** Others reach it at these addresses now. */
  addresses?: (urls: string[]) => void
  /** The machine's, where nothing is said. */
  clock?: Clock
}

/** Tells whoever watches who is in which rooms, and how many more could be. */
export function watchRooms(rooms: RoomServer, headroom: Headroom, watch: Watch): Paced {
  const { people = () => {}, rooms: tell = () => {}, capacity = () => {} } = watch
  const news = new Paced(ROOMS_EVERY_MS, () => {
    headroom.look()
    const inUse = [...rooms.living].filter(({ empty }) => !empty)
    tell(inUse.map(({ roster, stored: { id, name, joinCode } }) => ({ id, name, joinCode, people: roster.size })))
  })
  rooms.people.on('changed', people)
  rooms.living.on('changed', () => news.due())
  headroom.on('changed', capacity)
  if (headroom.capacity) capacity(headroom.capacity)
  return news
}
