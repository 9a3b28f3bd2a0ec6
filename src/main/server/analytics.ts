import { DateTime } from 'luxon'
import { AppError } from '../../shared/errors.ts'
import type { RoomUsage } from '../../shared/model.ts'
import { usageOf, type UseOfPerson } from './store/history.ts'
import type { StoredRoom } from './store/rooms.ts'
import type { Store } from './store/Store.ts'

/** Days that are told where none are named. */
const DAYS = 30
const MOST_DAYS = 366

/**
 * How a room was used on each day of its time zone, from the first to the last named (both as `2026-03-29`). Throws `badRequest` for a
 * range that is none, or too long.
 */
export async function usageByDay(
  store: Store,
  room: StoredRoom,
  presentNow: number,
  { from, to }: { from?: string | undefined; to?: string | undefined },
): Promise<RoomUsage> {
  const zone = room.timeZone
  const last = to ?? dayOf(DateTime.now().setZone(zone))
  const first = from ?? addDays(last, 1 - DAYS)
  const days: string[] = []
  for (let day = first; day <= last && days.length <= MOST_DAYS; day = addDays(day, 1)) days.push(day)
  if (days.length === 0 || days.length > MOST_DAYS)
    throw new AppError('badRequest', `Ask for 1 to ${MOST_DAYS} days`, { details: { path: 'from' } })
  const range = (day: string) => ({
    roomId: room.id,
    from: startOfDay(zone, day).toISOString(),
    before: startOfDay(zone, addDays(day, 1)).toISOString(),
  })
  const usage = []
  const total = new Tally()
  // One after the other, so that others are answered in between; a year in one go would hold them up.
  for (const day of days) {
    const people = await usageOf(store, room.tenantId, range(day))
    total.add(people)
    usage.push({ day, ...new Tally(people).usage })
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { timeZone: zone, presentNow, days: usage, total: total.usage }
}

/** Adds up what people have done; someone who comes again is one person still. */
class Tally {
  readonly #people = new Set<string>()
  #sessions = 0
  #ended = 0
  #seconds = 0

  constructor(people: readonly UseOfPerson[] = []) {
    this.add(people)
  }

  add(people: readonly UseOfPerson[]): void {
    for (const { userId, sessions, ended, seconds } of people) {
      this.#people.add(userId)
      this.#sessions += sessions
      this.#ended += ended
      this.#seconds += seconds
    }
  }

  /** The mean is that of the sessions that have ended. */
  get usage(): RoomUsage['total'] {
    const meanSeconds = this.#ended === 0 ? null : Math.round(this.#seconds / this.#ended)
    return { people: this.#people.size, sessions: this.#sessions, meanSeconds }
  }
}

/** As `2026-03-29`. */
const dayOf = (at: DateTime) => at.toFormat('yyyy-MM-dd')
const addDays = (day: string, count: number) => dayOf(DateTime.fromISO(day, { zone: 'UTC' }).plus({ days: count }))
/** A zone that skips midnight begins its day later. */
const startOfDay = (zone: string, day: string) => DateTime.fromISO(day, { zone }).startOf('day').toJSDate()
