/** When a scheduled room is open, and the invitation to it. */
import timeZones from '@touch4it/ical-timezones'
import ical from 'ical-generator'
import { DateTime } from 'luxon'
import rrule from 'rrule'
import { AppError } from '../../shared/errors.ts'
import type { Schedule } from '../../shared/model.ts'
import type { StoredRoom } from './store/rooms.ts'

/** Years ahead in which the next time is looked for: February has a 29th at least every eight. */
const HORIZON_YEARS = 9
/** Parts of a rule that are understood: those of RFC 5545 (3.3.10) that say on which days. */
const PARTS = new Set(['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'BYDAY', 'BYMONTHDAY', 'BYMONTH', 'BYSETPOS', 'WKST'])
const FREQUENCIES = new Set(['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'])

/** Throws `badRequest` for a repetition that is none, or is not by days. */
export function checkSchedule({ start, repeat }: Schedule): void {
  if (repeat === null) return
  const parts = new Map(repeat.split(';').map((part): [string, string] => [part.split('=')[0] ?? '', part.split('=')[1] ?? '']))
  const isKnown = [...parts.keys()].every((part) => PARTS.has(part)) && FREQUENCIES.has(parts.get('FREQ') ?? '')
  try {
    if (isKnown) rrule.RRule.fromString(textOf(start, repeat))
  } catch (cause) {
    throw wrongRepeat(cause)
  }
  if (!isKnown) throw wrongRepeat()
}

/** When the doors open next, as ISO 8601; null where they are open now, or for good because the last time is over. */
export function opensAt({ schedule, timeZone }: Pick<StoredRoom, 'schedule' | 'timeZone'>, now = new Date()): string | null {
  if (!schedule) return null
  const { durationMinutes, openMinutesEarly } = schedule
  const clock = DateTime.fromJSDate(now, { zone: timeZone })
  // The longest time that a meeting which goes on can have begun before now.
  const since = clock.minus({ minutes: durationMinutes })
  for (const start of startsBetween(schedule, timeZone, since, clock.plus({ years: HORIZON_YEARS }))) {
    if (start.plus({ minutes: durationMinutes }) <= clock) continue
    const opening = start.minus({ minutes: openMinutesEarly })
    return opening <= clock ? null : opening.toUTC().toISO()
  }
  return null
}

/** The iCalendar file (RFC 5545) of a scheduled room: the same event each time, as its latest version. Throws `notScheduled`. */
export function invitation(room: StoredRoom, link: string | null): string {
  const { schedule, timeZone, id, name, description, version, joinCode } = room
  if (!schedule) throw new AppError('notScheduled', 'This room has no schedule to invite to')
  const start = DateTime.fromISO(schedule.start, { zone: timeZone })
  const calendar = ical({
    prodId: { company: 'Lanyard', product: 'Lanyard' },
    timezone: { name: timeZone, generator: (zone) => timeZones.getVtimezoneComponent(zone) ?? null },
  })
  calendar.createEvent({
    id: `${id}@lanyard`,
    sequence: version,
    stamp: DateTime.utc(),
    timezone: timeZone,
    start,
    end: start.plus({ minutes: schedule.durationMinutes }),
    summary: name,
    description: [description, link, `Code: ${joinCode.slice(0, 3)}-${joinCode.slice(3)}`].filter(Boolean).join('\n'),
    ...(link !== null && { url: link }),
    ...(schedule.repeat !== null && { repeating: `RRULE:${schedule.repeat}` }),
  })
  // The library leaves the mark of UTC out where events have a zone (RFC 5545, 3.8.7.2, wants it).
  return calendar.toString().replace(/^(DTSTAMP:\d{8}T\d{6})\r$/m, '$1Z\r')
}

/** Beginnings within a time, in order. The rule knows local days only; a zone makes times of them. */
function* startsBetween({ start, repeat }: Schedule, zone: string, from: DateTime, to: DateTime): Generator<DateTime> {
  if (repeat === null) {
    yield DateTime.fromISO(start, { zone })
    return
  }
  const rule = rrule.RRule.fromString(textOf(start, repeat))
  const floating = (at: DateTime) => new Date(`${at.toFormat("yyyy-MM-dd'T'HH:mm:ss")}Z`)
  // Only a few are needed; with an end to look for, a rule that matches never ends as well.
  const found = rule.between(floating(from.minus({ days: 1 })), floating(to), true, (_, count) => count < 50)
  for (const local of found) yield DateTime.fromISO(local.toISOString().slice(0, 19), { zone })
}

/** With the beginning as if it were UTC, which rrule counts days in. */
const textOf = (start: string, repeat: string) => `DTSTART:${start.replaceAll(/[-:]/g, '')}Z\nRRULE:${repeat}`

const wrongRepeat = (cause?: unknown) =>
  new AppError('badRequest', 'That is no repetition by days, weeks, months or years, as FREQ=WEEKLY;BYDAY=MO', {
    details: { path: 'schedule.repeat' },
    cause,
  })
