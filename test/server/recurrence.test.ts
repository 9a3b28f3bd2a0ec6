import fc from 'fast-check'
import rrule from 'rrule'
import { expect, test } from 'vitest'
import { dayOf, daysOf, parseRecurrence } from '../../src/main/server/recurrence.ts'

const DAY_MS = 86_400_000
const textOf = (day: number) => new Date(day * DAY_MS).toISOString().slice(0, 10)

const weekdays = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']
const some = <T>(of: fc.Arbitrary<T>) => fc.uniqueArray(of, { minLength: 1, maxLength: 4 })
const signed = (most: number) => fc.integer({ min: -most, max: most }).filter((number) => number !== 0)
const ascending = (max: number) => some(fc.integer({ min: 1, max })).map((numbers) => numbers.sort((a, b) => a - b))
const weekday = fc.constantFrom(...weekdays)
const mostChosen = { DAILY: 1, WEEKLY: 7, MONTHLY: 31, YEARLY: 366 }
const none = fc.constant(undefined)

/**
 * Rules that rrule and RFC 5545 read in the same way: rrule wants days with and without a number at once, where both are named,
 * counts from the end no further than to the first one, finds a day twice that is meant from both ends, and sorts none.
 */
const rules = fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY').chain((freq) => {
  const hasOrdinals = freq === 'MONTHLY' || freq === 'YEARLY'
  const ordinal = fc.tuple(signed(5), weekday).map(([nth, day]) => `${nth}${day}`)
  return fc
    .record({
      FREQ: fc.constant(freq),
      INTERVAL: fc.option(fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 999 })), { nil: undefined }),
      COUNT: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
      BYMONTH: fc.oneof(none, some(fc.integer({ min: 1, max: 12 }))),
      BYMONTHDAY: freq === 'WEEKLY' ? none : fc.oneof(none, some(signed(31))),
      BYDAY: fc.oneof(none, some(weekday), ...(hasOrdinals ? [some(ordinal)] : [])),
      BYSETPOS: fc.oneof(none, fc.constant([-1]), ascending(mostChosen[freq])),
      WKST: fc.oneof(none, weekday),
    })
    .filter(({ BYSETPOS, BYMONTH, BYMONTHDAY, BYDAY }) => !BYSETPOS || Boolean(BYMONTH ?? BYMONTHDAY ?? BYDAY))
})

test('F11: the days of a rule are those that another reader of RFC 5545 finds', () => {
  let found = 0
  const anyDay = fc.integer({ min: dayOf(2000, 0, 1), max: dayOf(2040, 0, 1) })
  fc.assert(
    fc.property(rules, anyDay, fc.integer({ min: 0, max: 4_000 }), (parts, day, later) => {
      // rrule chooses from the days since the beginning, RFC 5545 from the whole first week: where it begins there, both are one.
      const start = parts.FREQ === 'WEEKLY' && parts.BYSETPOS ? day - ((day + 3 - weekdays.indexOf(parts.WKST ?? 'MO')) % 7) : day
      const written = Object.entries(parts).filter(([, value]) => value !== undefined)
      const text = written.map(([name, value]) => `${name}=${String(value)}`).join(';')
      const [from, to] = [start + later, start + later + 1_500]
      const rule = parseRecurrence(text)
      if (!rule) throw new Error(`${text} is a rule`)
      // rrule goes on to the year 9999 where nothing comes after the end.
      const [next] = daysOf({ ...rule, count: null }, start, { from: to + 1, to: to + 4_000 })
      fc.pre(next !== undefined)
      const ours = [...daysOf(rule, start, { from, to })].map(textOf)
      const end = `UNTIL=${textOf(to).replaceAll('-', '')}T000000Z`
      const options = rrule.RRule.parseString(`${text};${end}`)
      const theirs = new rrule.RRule({ ...options, dtstart: new Date(start * DAY_MS) })
        .all()
        .map((date) => date.toISOString().slice(0, 10))
        .filter((date) => date >= textOf(from))
      expect(ours, `${text} from ${textOf(start)}`).toEqual(theirs)
      found += ours.length
    }),
    { numRuns: 500 },
  )
  expect(found).toBeGreaterThan(5_000)
})

test('F11: what is chosen from a month is counted from its end, and days with and without a number are both meant', () => {
  const datesOf = (text: string) => {
    const days = daysOf(parseRecurrence(text)!, dayOf(2026, 2, 1), { from: dayOf(2026, 2, 1), to: dayOf(2026, 2, 31) })
    return [...days].map((day) => new Date(day * DAY_MS).getUTCDate())
  }
  expect(datesOf('FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2')).toEqual([30])
  expect(datesOf('FREQ=MONTHLY;BYDAY=TU;BYSETPOS=-5')).toEqual([3])
  expect(datesOf('FREQ=MONTHLY;BYDAY=TU;BYSETPOS=-6')).toEqual([])
  expect(datesOf('FREQ=MONTHLY;BYDAY=SU,1MO')).toEqual([1, 2, 8, 15, 22, 29])
})
