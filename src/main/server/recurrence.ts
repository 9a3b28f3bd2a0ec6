/** Recurrence rules of RFC 5545 (3.3.10) by days: read by a grammar of our own, and counted over days, so that the work is bounded. */

/** Days since 1970-01-01, wherever that is: time zones are none of a rule's business. */
type Day = number

export interface Recurrence {
  freq: keyof typeof PERIODS
  interval: number
  /** Null for no end by number. */
  count: number | null
  /** As it is written: a day, or a time, which with a Z is one of UTC. Null for no end by date. */
  until: string | null
  byMonth: readonly number[]
  byMonthDay: readonly number[]
  byDay: readonly ByDay[]
  bySetPos: readonly number[]
  weekStart: number
}

/** Monday is 0. The how manieth of its month or year, from the end where it is negative; null for every one. */
interface ByDay {
  weekday: number
  nth: number | null
}

interface Span {
  first: Day
  last: Day
}

interface Month extends Span {
  /** From 1 on. */
  number: number
}

const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']
const DAY_MS = 86_400_000

export const dayOf = (year: number, monthIndex: number, date: number): Day => Date.UTC(year, monthIndex, date) / DAY_MS
const dateOf = (day: Day) => new Date(day * DAY_MS)
/** 1970-01-01 was a Thursday. */
const weekdayOf = (day: Day) => (day + 3) % 7

/** Which period a day is in, on which day a period begins, and how many days it has at most. */
const PERIODS = {
  DAILY: { indexOf: (day: Day) => day, begin: (index: number) => index, most: 1 },
  WEEKLY: {
    indexOf: (day: Day, weekStart: number) => Math.floor((day + 3 - weekStart) / 7),
    begin: (index: number, weekStart: number) => index * 7 - 3 + weekStart,
    most: 7,
  },
  MONTHLY: {
    indexOf: (day: Day) => (dateOf(day).getUTCFullYear() - 1970) * 12 + dateOf(day).getUTCMonth(),
    begin: (index: number) => dayOf(1970, index, 1),
    most: 31,
  },
  YEARLY: {
    indexOf: (day: Day) => dateOf(day).getUTCFullYear() - 1970,
    begin: (index: number) => dayOf(1970 + index, 0, 1),
    most: 366,
  },
}

const list = (item: string) => new RegExp(`^${item}(,${item})*$`)
const GRAMMAR = new Map([
  ['FREQ', /^(DAILY|WEEKLY|MONTHLY|YEARLY)$/],
  ['INTERVAL', /^[1-9]\d{0,2}$/],
  ['COUNT', /^[1-9]\d{0,2}$/],
  ['UNTIL', /^\d{8}(T([01]\d|2[0-3])[0-5]\d[0-5]\dZ?)?$/],
  ['BYMONTH', list('(0?[1-9]|1[0-2])')],
  ['BYMONTHDAY', list('[+-]?(0?[1-9]|[12]\\d|3[01])')],
  ['BYDAY', list(`([+-]?0?[1-5])?(${WEEKDAYS.join('|')})`)],
  ['BYSETPOS', list('[+-]?[1-9]\\d{0,2}')],
  ['WKST', new RegExp(`^(${WEEKDAYS.join('|')})$`)],
])

/** Null for what is no rule, or says more than days. */
export function parseRecurrence(text: string): Recurrence | null {
  const parts = new Map<string, string>()
  for (const part of text.split(';')) {
    const [name = '', value = '', ...rest] = part.split('=')
    if (rest.length > 0 || parts.has(name) || !GRAMMAR.get(name)?.test(value)) return null
    parts.set(name, value)
  }
  const numbers = (name: string) => parts.get(name)?.split(',').map(Number) ?? []
  const freq = parts.get('FREQ') as Recurrence['freq'] | undefined
  if (!freq) return null
  const rule: Recurrence = {
    freq,
    interval: Number(parts.get('INTERVAL') ?? 1),
    count: parts.has('COUNT') ? Number(parts.get('COUNT')) : null,
    until: parts.get('UNTIL') ?? null,
    byMonth: numbers('BYMONTH'),
    byMonthDay: numbers('BYMONTHDAY'),
    byDay: parts.get('BYDAY')?.split(',').map(byDayOf) ?? [],
    bySetPos: numbers('BYSETPOS'),
    weekStart: WEEKDAYS.indexOf(parts.get('WKST') ?? 'MO'),
  }
  return isConsistent(rule) ? rule : null
}

/** What RFC 5545 forbids of parts together, and an end on a day that there is not. */
function isConsistent({ freq, count, until, byMonth, byMonthDay, byDay, bySetPos }: Recurrence): boolean {
  if (until !== null && (count !== null || !isDate(until.slice(0, 8)))) return false
  if (freq === 'WEEKLY' && byMonthDay.length > 0) return false
  if ((freq === 'DAILY' || freq === 'WEEKLY') && byDay.some(({ nth }) => nth !== null)) return false
  if (bySetPos.length === 0) return true
  const chosenFrom = byMonth.length + byMonthDay.length + byDay.length
  return chosenFrom > 0 && bySetPos.every((position) => Math.abs(position) <= PERIODS[freq].most)
}

function isDate(text: string): boolean {
  const day = dayOf(Number(text.slice(0, 4)), Number(text.slice(4, 6)) - 1, Number(text.slice(6)))
  return dateOf(day)
    .toISOString()
    .startsWith(text.replace(/(....)(..)(..)/, '$1-$2-$3'))
}

function byDayOf(text: string): ByDay {
  return { weekday: WEEKDAYS.indexOf(text.slice(-2)), nth: text.length > 2 ? Number(text.slice(0, -2)) : null }
}

/**
 * The days of a rule that begins on a day, those from `from` to `to`, in order; the rule's UNTIL is for whoever knows the time zone.
 * Each day is examined once at most: of a rule with COUNT all from its beginning, of others those from the period of `from`, and none
 * after that of `to`.
 */
export function* daysOf(written: Recurrence, start: Day, { from, to }: { from: Day; to: Day }): Generator<Day> {
  const rule = completed(written, start)
  const { indexOf, begin } = PERIODS[rule.freq]
  const first = indexOf(start, rule.weekStart)
  const ahead = rule.count === null ? Math.max(0, indexOf(from, rule.weekStart) - first) : 0
  const monthOf = months()
  let left = rule.count ?? Infinity
  for (let index = first + Math.floor(ahead / rule.interval) * rule.interval; ; index += rule.interval) {
    const period = { first: begin(index, rule.weekStart), last: begin(index + 1, rule.weekStart) - 1 }
    if (period.first > to) return
    for (const day of daysIn(rule, period, monthOf)) {
      if (day < start) continue
      if (day > to || left-- <= 0) return
      if (day >= from) yield day
    }
  }
}

/** With the day, and in years the month, of its beginning, where it says none. */
function completed(rule: Recurrence, start: Day): Recurrence {
  if (rule.freq === 'DAILY' || rule.byDay.length + rule.byMonthDay.length > 0) return rule
  if (rule.freq === 'WEEKLY') return { ...rule, byDay: [{ weekday: weekdayOf(start), nth: null }] }
  const date = dateOf(start)
  const byMonth = rule.freq === 'YEARLY' && rule.byMonth.length === 0 ? [date.getUTCMonth() + 1] : rule.byMonth
  return { ...rule, byMonth, byMonthDay: [date.getUTCDate()] }
}

function daysIn(rule: Recurrence, period: Span, monthOf: (day: Day) => Month): Day[] {
  const { byMonth, bySetPos } = rule
  const found: Day[] = []
  for (let day = period.first; day <= period.last; day++) {
    const month = monthOf(day)
    if (byMonth.length > 0 && !byMonth.includes(month.number)) continue
    // RFC 5545 counts weekdays within the year only where no month is named.
    const span = rule.freq === 'YEARLY' && byMonth.length === 0 ? period : month
    if (isOnDate(rule, day, month) && isOnWeekday(rule, day, span)) found.push(day)
  }
  if (bySetPos.length === 0) return found
  return found.filter((_, at) => bySetPos.includes(at + 1) || bySetPos.includes(at - found.length))
}

/** Finds the month of a day; the last one is kept, because the next day is mostly in it. */
function months(): (day: Day) => Month {
  let month: Month = { number: 0, first: 0, last: -1 }
  return (day) => {
    if (day >= month.first && day <= month.last) return month
    const date = dateOf(day)
    const [year, index] = [date.getUTCFullYear(), date.getUTCMonth()]
    month = { number: index + 1, first: dayOf(year, index, 1), last: dayOf(year, index + 1, 0) }
    return month
  }
}

const isOnDate = ({ byMonthDay }: Recurrence, day: Day, month: Span) =>
  byMonthDay.length === 0 || byMonthDay.includes(day - month.first + 1) || byMonthDay.includes(day - month.last - 1)

const isOnWeekday = ({ byDay }: Recurrence, day: Day, { first, last }: Span) =>
  byDay.length === 0 ||
  byDay.some(({ weekday, nth }) => {
    if (weekday !== weekdayOf(day)) return false
    return nth === null || nth === Math.floor((day - first) / 7) + 1 || nth === -Math.floor((last - day) / 7) - 1
  })
