import type { Room, Schedule } from '../../../shared/model.ts'

/** How often a meeting comes again; `other` is a rule that the form has no words for, and keeps. */
export const repeats = ['once', 'daily', 'weekly', 'fortnightly', 'monthlyByDate', 'monthlyByWeekday', 'yearly', 'other'] as const
export type Repeat = (typeof repeats)[number]

/** As RFC 5545 names them, from Monday on. */
export const weekdays = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const
export type Weekday = (typeof weekdays)[number]

/** What a form about a schedule holds while someone writes in it. Flat, so that each part is followed by itself. */
export interface ScheduleDraft {
  isScheduled: boolean
  /** Of the first time, by the clocks of the time zone: `2026-03-30` and `09:00`. */
  date: string
  time: string
  minutes: string
  repeat: Repeat
  /** Beside the one on which it begins, with commas. */
  days: string
  /** Empty for no end. */
  times: string
  /** The rule of `other`. */
  rule: string
  minutesEarly: string
  timeZone: string
}

export type ScheduleErrors = Partial<Record<'start' | 'minutes' | 'times', string>>

const MOST_MINUTES = 7 * 1_440
const MOST_TIMES = 999
const DAY_MS = 86_400_000

export const newScheduleDraft = (timeZone: string): ScheduleDraft => ({
  isScheduled: false,
  date: '',
  time: '',
  minutes: '60',
  repeat: 'once',
  days: '',
  times: '',
  rule: '',
  minutesEarly: '10',
  timeZone,
})

/** The schedule that a draft begins with where one is wished: at the next full hour. */
export function beginSchedule(draft: ScheduleDraft, now = new Date()): void {
  if (draft.date !== '') return
  const next = clockIn(draft.timeZone, new Date(now.getTime() + 3_600_000))
  draft.date = next.slice(0, 10)
  draft.time = `${next.slice(11, 13)}:00`
}

export function scheduleDraftOf({ schedule, timeZone }: Pick<Room, 'schedule' | 'timeZone'>): ScheduleDraft {
  const draft = newScheduleDraft(timeZone)
  if (!schedule) return draft
  const [date = '', time = ''] = schedule.start.split('T')
  const plain = {
    ...draft,
    isScheduled: true,
    date,
    time: time.slice(0, 5),
    minutes: `${schedule.durationMinutes}`,
    minutesEarly: `${schedule.openMinutesEarly}`,
  }
  return schedule.repeat === null ? plain : { ...plain, ...repeatIn(schedule.repeat, plain) }
}

/** Null where the room is open always. To be asked of drafts without errors. */
export function scheduleOf(draft: ScheduleDraft): Schedule | null {
  if (!draft.isScheduled) return null
  return {
    start: `${draft.date}T${draft.time}:00`,
    durationMinutes: Number(draft.minutes),
    repeat: ruleOf(draft),
    openMinutesEarly: Number(draft.minutesEarly),
  }
}

export function scheduleErrorsIn(draft: ScheduleDraft): ScheduleErrors {
  if (!draft.isScheduled) return {}
  const errors: ScheduleErrors = {}
  if (!/^20\d\d-\d\d-\d\d$/.test(draft.date) || !/^\d\d:\d\d$/.test(draft.time)) errors.start = 'Choose a day and a time.'
  if (!isWhole(draft.minutes, MOST_MINUTES)) errors.minutes = `From 1 to ${MOST_MINUTES.toLocaleString('en')}.`
  if (canEnd(draft) && draft.times.trim() !== '' && !isWhole(draft.times, MOST_TIMES)) errors.times = `From 1 to ${MOST_TIMES}.`
  return errors
}

/** Whether it comes again, and may so be told after how many times not any more. */
export const canEnd = ({ repeat }: ScheduleDraft) => repeat !== 'once' && repeat !== 'other'

/** Whether its only time is over by now: then the room is open as any other. */
export function isOver(draft: ScheduleDraft, now = new Date()): boolean {
  if (!draft.isScheduled || draft.repeat !== 'once' || Object.keys(scheduleErrorsIn(draft)).length > 0) return false
  const end = asUtc(draft.date, draft.time) + Number(draft.minutes) * 60_000
  return end <= Date.parse(`${clockIn(draft.timeZone, now).replace(' ', 'T')}Z`)
}

/** The same time of day and day of the week, from today on: for a schedule that is taken from an earlier room. */
export function moveUp(draft: ScheduleDraft, now = new Date()): ScheduleDraft {
  const today = clockIn(draft.timeZone, now).slice(0, 10)
  if (!draft.isScheduled || draft.date >= today) return draft
  const weeks = Math.ceil((asUtc(today) - asUtc(draft.date)) / (7 * DAY_MS))
  return { ...draft, date: new Date(asUtc(draft.date) + weeks * 7 * DAY_MS).toISOString().slice(0, 10) }
}

/** The day of the week of `2026-03-30`; null where there is no such day. */
export function weekdayOf(date: string): Weekday | null {
  const at = asUtc(date)
  return Number.isNaN(at) ? null : weekdays[(new Date(at).getUTCDay() + 6) % 7]!
}

/** Which of its weekday's days in the month: 1 to 4, or -1 for the last one. */
export function weekInMonth(date: string): number {
  const week = Math.ceil(Number(date.slice(8)) / 7)
  return week === 5 ? -1 : week
}

/** What a clock shows there: `2026-03-30 09:00`. */
export const clockIn = (timeZone: string, at: Date) =>
  // Sweden writes dates as ISO 8601 does.
  at.toLocaleString('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })

function ruleOf(draft: ScheduleDraft): string | null {
  const { repeat, date, rule, times } = draft
  if (repeat === 'once') return null
  if (repeat === 'other') return rule
  const start = weekdayOf(date)
  // A rule that leaves its own beginning out is read in two ways.
  const days = weekdays.filter((day) => day === start || draft.days.split(',').includes(day)).join(',')
  const rules = {
    daily: 'FREQ=DAILY',
    weekly: `FREQ=WEEKLY;BYDAY=${days}`,
    fortnightly: `FREQ=WEEKLY;INTERVAL=2;BYDAY=${days}`,
    monthlyByDate: `FREQ=MONTHLY;BYMONTHDAY=${Number(date.slice(8))}`,
    monthlyByWeekday: `FREQ=MONTHLY;BYDAY=${weekInMonth(date)}${start ?? ''}`,
    yearly: 'FREQ=YEARLY',
  }
  return times.trim() === '' ? rules[repeat] : `${rules[repeat]};COUNT=${Number(times)}`
}

/** What the form says of a rule. */
function repeatIn(rule: string, plain: ScheduleDraft): Partial<ScheduleDraft> {
  const parts = rule.split(';')
  const valueOf = (name: string) => parts.find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) ?? ''
  const start = weekdayOf(plain.date)
  const days = valueOf('BYDAY')
    .split(',')
    .filter((day) => day !== start)
  const found = { days: /\d/.test(days.join()) ? '' : days.join(','), times: valueOf('COUNT') }
  const isSame = (repeat: Repeat) => {
    const written = ruleOf({ ...plain, ...found, repeat })?.split(';') ?? []
    return written.length === parts.length && written.every((part) => parts.includes(part))
  }
  const repeat = repeats.find((one) => one !== 'once' && one !== 'other' && isSame(one))
  return repeat ? { ...found, repeat } : { repeat: 'other', rule }
}

const asUtc = (date: string, time = '00:00') => Date.parse(`${date}T${time}:00Z`)
const isWhole = (text: string, most: number) => /^\s*[1-9]\d*\s*$/.test(text) && Number(text) <= most
