/** When a scheduled room is open, and the invitation to it. */
import timeZones from '@touch4it/ical-timezones'
import ical from 'ical-generator'
import { DateTime } from 'luxon'
import { AppError } from '../../shared/errors.ts'
import type { Schedule } from '../../shared/model.ts'
import { isTimeZone } from '../../shared/timeZone.ts'
import { dayOf, daysOf, parseRecurrence, type Recurrence } from './recurrence.ts'
import type { StoredRoom } from './store/rooms.ts'

type Scheduled = Pick<StoredRoom, 'schedule' | 'timeZone'>

/**
 * Days in which the next time is looked for: twelve years. A date falls on the same weekday after eleven at most, or twelve around
 * 2100, and February has a 29th at least every eight.
 */
const HORIZON_DAYS = 4_383
/** Schedules whose next time is kept; about 200 bytes each. */
const KEPT_OPENINGS = 2_000

/** An answer of `opensAt`, and from when until before when it is right, in ms since 1970. */
interface Opening {
  opensAt: string | null
  from: number
  until: number
}

/** By all that a schedule says, because each look at a stored room makes an object of its own. Oldest first. */
const openings = new Map<string, Opening>()

/** Throws `badRequest` for a beginning that the clocks there never show, and for a repetition that is none, or hardly ever comes. */
export function checkSchedule({ start, repeat }: Schedule, timeZone: string): void {
  const begin = DateTime.fromISO(start, { zone: timeZone })
  if (clockTextOf(begin) !== start) throw wrong('start', 'There is no such day, or clocks there are put forward over that time')
  if (repeat === null) return
  if (!parseRecurrence(repeat)) throw wrong('repeat', NO_REPETITION)
  if (!recurrenceOf(repeat, begin)) throw wrong('repeat', 'That repetition never comes, or not once in twelve years')
}

/** When the doors open next, as ISO 8601; null where they are open now, or for good because the last time is over. */
export function opensAt({ schedule, timeZone }: Scheduled, now = new Date()): string | null {
  if (!schedule) return null
  const { start, repeat, durationMinutes, openMinutesEarly } = schedule
  const key = [timeZone, start, durationMinutes, openMinutesEarly, repeat].join(' ')
  const at = now.getTime()
  const kept = openings.get(key)
  if (kept && kept.from <= at && at < kept.until) return kept.opensAt
  const opening = openingOf(schedule, timeZone, at)
  openings.delete(key)
  openings.set(key, opening)
  for (const oldest of openings.keys()) {
    if (openings.size <= KEPT_OPENINGS) break
    openings.delete(oldest)
  }
  return opening.opensAt
}

/** The iCalendar file (RFC 5545) of a scheduled room: the same event each time, as its latest version. Throws `notScheduled`. */
export function invitation(room: StoredRoom, link: string | null): string {
  const { schedule, timeZone, id, name, description, version, joinCode } = room
  if (!schedule) throw new AppError('notScheduled', 'This room has no schedule to invite to')
  const start = DateTime.fromISO(schedule.start, { zone: timeZone })
  if (!start.isValid) throw new AppError('notScheduled', 'This room’s schedule begins on a day that there is not')
  const rule = recurrenceOf(schedule.repeat, start)
  const zone = zoneInFiles(timeZone)
  // A zone of the whole calendar would be that of the stamp as well, which is one of UTC (RFC 5545, 3.8.7.2).
  const calendar = ical({
    prodId: { company: 'Lanyard', product: 'Lanyard' },
    timezone: { name: null, generator: () => zone?.component ?? null },
  })
  calendar.createEvent({
    id: `${id}@lanyard`,
    sequence: version,
    stamp: DateTime.utc(),
    timezone: zone?.id ?? null,
    start,
    end: start.plus({ minutes: schedule.durationMinutes }),
    summary: name,
    description: [description, link, `Code: ${joinCode.slice(0, 3)}-${joinCode.slice(3)}`].filter(Boolean).join('\n'),
    ...(link !== null && { url: link }),
    ...(rule && { repeating: `RRULE:${inUtc(schedule.repeat ?? '', rule, timeZone)}` }),
  })
  return calendar.toString()
}

function openingOf(schedule: Schedule, zone: string, at: number): Opening {
  const { durationMinutes, openMinutesEarly } = schedule
  // The longest time that a meeting which goes on can have begun before now.
  const since = DateTime.fromMillis(at, { zone }).minus({ minutes: durationMinutes })
  const begin = DateTime.fromISO(schedule.start, { zone })
  for (const start of startsFrom(since, begin, recurrenceOf(schedule.repeat, begin))) {
    const end = start.plus({ minutes: durationMinutes }).toMillis()
    if (end <= at) continue
    const opening = start.minus({ minutes: openMinutesEarly })
    if (opening.toMillis() <= at) return { opensAt: null, from: at, until: end }
    return { opensAt: opening.toUTC().toISO(), from: at, until: opening.toMillis() }
  }
  return { opensAt: null, from: at, until: Infinity }
}

/**
 * Null where a schedule does not come again. So is a rule taken that would be refused now: it is in a database that has it from an
 * earlier version.
 */
function recurrenceOf(repeat: string | null, begin: DateTime): Recurrence | null {
  const rule = repeat === null || !begin.isValid ? null : parseRecurrence(repeat)
  if (!rule) return null
  const [first, second] = startsFrom(begin, begin, rule)
  if (!first) return null
  if (second || rule.count === 1) return rule
  const end = untilOf(rule, begin.zoneName ?? 'UTC')
  return end && end < begin.plus({ days: HORIZON_DAYS }) ? rule : null
}

/** Beginnings within the horizon, in order: of the day before a time, and later. The rule knows days only; a zone makes times of them. */
function* startsFrom(from: DateTime, begin: DateTime, rule: Recurrence | null): Generator<DateTime> {
  if (!begin.isValid) return
  if (!rule) {
    yield begin
    return
  }
  const { zone, hour, minute } = begin
  const start = dayIn(begin)
  const first = Math.max(start, dayIn(from) - 1)
  const end = untilOf(rule, begin.zoneName ?? 'UTC')
  for (const day of daysOf(rule, start, { from: first, to: first + HORIZON_DAYS })) {
    const local = DateTime.fromMillis(day * 86_400_000, { zone: 'utc' }).set({ hour, minute })
    const time = local.setZone(zone, { keepLocalTime: true })
    if (end && time > end) return
    yield time
  }
}

/** The last time at which a rule can come: a day is meant with its evening. Null where it does not say. */
function untilOf({ until }: Recurrence, zone: string): DateTime | null {
  if (until === null) return null
  const time = DateTime.fromISO(until, { zone })
  return until.includes('T') ? time : time.endOf('day')
}

/** With its end in UTC, as RFC 5545 (3.3.10) has it beside a beginning in a time zone. */
function inUtc(repeat: string, rule: Recurrence, zone: string): string {
  const end = untilOf(rule, zone)?.toUTC()
  return end ? repeat.replace(/UNTIL=[^;]*/, `UNTIL=${end.toFormat("yyyyMMdd'T'HHmmss'Z'")}`) : repeat
}

/**
 * The name and the rules under which a calendar file knows a time zone. Null for UTC, which is for zones without rules, too. The
 * collection has some under the name of a place with other clocks: these are none.
 */
function zoneInFiles(timeZone: string): { id: string; component: string } | null {
  const canonical = canonicalOf(timeZone)
  if (canonical === 'UTC') return null
  for (const name of [timeZone, canonical]) {
    const component = timeZones.getVtimezoneComponent(name) ?? ''
    const id = /^TZID:(\S+)/m.exec(component)?.[1] ?? ''
    if (isTimeZone(id) && canonicalOf(id) === canonical) return { id, component }
  }
  return null
}

const canonicalOf = (timeZone: string) => new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone
const clockTextOf = (time: DateTime) => time.toFormat("yyyy-MM-dd'T'HH:mm:ss")
const dayIn = ({ year, month, day }: DateTime) => dayOf(year, month - 1, day)

const NO_REPETITION = 'That is no repetition by days, weeks, months or years, as FREQ=WEEKLY;BYDAY=MO'
const wrong = (part: keyof Schedule, sentence: string) =>
  new AppError('badRequest', sentence, { details: { path: `schedule.${part}` } })
