import { describe, expect, test } from 'vitest'
import { sampleRoom } from '../../src/renderer/src/gallery/samples.ts'
import { changesIn, draftFrom, draftOf, newRoomDraft, settingsOf, templateOf } from '../../src/renderer/src/state/roomDraft.ts'
import {
  beginSchedule,
  isOver,
  newScheduleDraft,
  scheduleDraftOf,
  scheduleErrorsIn,
  scheduleOf,
  type ScheduleDraft,
} from '../../src/renderer/src/state/scheduleDraft.ts'

const timeZone = 'Europe/Berlin'
/** A Monday, the last one of its month. */
const draft = (more: Partial<ScheduleDraft> = {}): ScheduleDraft => ({
  ...newScheduleDraft(timeZone),
  isScheduled: true,
  date: '2026-03-30',
  time: '09:00',
  ...more,
})

test.each([
  [{ repeat: 'once' }, null],
  [{ repeat: 'daily' }, 'FREQ=DAILY'],
  [{ repeat: 'weekly' }, 'FREQ=WEEKLY;BYDAY=MO'],
  [{ repeat: 'weekly', days: 'FR,WE' }, 'FREQ=WEEKLY;BYDAY=MO,WE,FR'],
  [{ repeat: 'fortnightly', times: '6' }, 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;COUNT=6'],
  [{ repeat: 'monthlyByDate' }, 'FREQ=MONTHLY;BYMONTHDAY=30'],
  [{ repeat: 'monthlyByWeekday' }, 'FREQ=MONTHLY;BYDAY=-1MO'],
  [{ repeat: 'monthlyByWeekday', date: '2026-03-09' }, 'FREQ=MONTHLY;BYDAY=2MO'],
  [{ repeat: 'yearly', times: '3' }, 'FREQ=YEARLY;COUNT=3'],
] as const)('F11: %j is repeated as %s, and is read so again', (more, repeat) => {
  const written = draft(more)
  expect(scheduleErrorsIn(written)).toEqual({})
  const schedule = scheduleOf(written)
  expect(schedule).toEqual({ start: `${written.date}T09:00:00`, durationMinutes: 60, repeat, openMinutesEarly: 10 })
  const read = scheduleDraftOf({ schedule, timeZone })
  expect(read).toMatchObject({ repeat: written.repeat, date: written.date, time: '09:00', times: written.times })
  expect(scheduleOf(read)).toEqual(schedule)
})

test.each([
  'FREQ=WEEKLY;BYDAY=TU',
  'FREQ=WEEKLY;INTERVAL=3',
  'FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-1',
  'FREQ=DAILY;UNTIL=20270101T000000Z',
])('F11: a repetition that the form has no words for stays as it is: %s', (repeat) => {
  const schedule = { start: '2026-03-30T09:00:00', durationMinutes: 45, repeat, openMinutesEarly: 20 }
  const room = sampleRoom({ schedule, timeZone })
  expect(draftOf(room)).toMatchObject({ repeat: 'other', rule: repeat })
  expect(changesIn(draftOf(room), room)).toEqual({})
  expect(changesIn({ ...draftOf(room), time: '10:00' }, room)).toEqual({
    schedule: { ...schedule, start: '2026-03-30T10:00:00' },
  })
})

test.each([
  [{ date: '' }, 'start'],
  [{ time: '' }, 'start'],
  [{ minutes: '0' }, 'minutes'],
  [{ minutes: '10081' }, 'minutes'],
  [{ repeat: 'weekly', times: 'often' }, 'times'],
] as const)('%j is said to be wrong at its field', (wrong, field) => {
  expect(Object.keys(scheduleErrorsIn(draft(wrong)))).toEqual([field])
  expect(scheduleErrorsIn({ ...draft(wrong), isScheduled: false })).toEqual({})
})

test('a schedule begins at the next full hour there, and what was chosen stays', () => {
  const begun = newScheduleDraft('Asia/Shanghai')
  beginSchedule(begun, new Date('2026-03-30T15:20:00Z'))
  expect(begun).toMatchObject({ date: '2026-03-31', time: '00:00' })
  beginSchedule(begun, new Date('2026-05-01T15:20:00Z'))
  expect(begun.date).toBe('2026-03-31')
})

test('a single time is over when it has ended by the clocks there; one that comes again is not', () => {
  expect(isOver(draft(), new Date('2026-03-30T07:59:00Z'))).toBe(false)
  expect(isOver(draft(), new Date('2026-03-30T08:00:00Z'))).toBe(true)
  expect(isOver(draft({ repeat: 'weekly' }), new Date('2027-03-30T08:00:00Z'))).toBe(false)
})

describe('F12: settings that were kept', () => {
  const kept = templateOf({
    ...newRoomDraft(),
    ...draft({ repeat: 'weekly', days: 'TH' }),
    name: 'Interview',
    password: 'sesame',
    hasLobby: true,
    places: '8',
    keptUnit: 'hours',
    keptCount: '2',
  })

  test('hold neither the name nor the password', () => {
    expect(kept).not.toHaveProperty('name')
    expect(kept).not.toHaveProperty('password')
    expect(kept).toMatchObject({ admission: 'lobby', maxPeers: 8, emptyTtl: 7_200, timeZone })
  })

  test('make the same settings again, on that day of the week from now on', () => {
    const begun = draftFrom(kept, { ...newRoomDraft(), name: 'Grace' })
    expect(begun).toMatchObject({ name: 'Grace', password: '', hasLobby: true, repeat: 'weekly', days: 'TH', time: '09:00' })
    expect(new Date(begun.date).getUTCDay()).toBe(1)
    expect(Date.parse(begun.date)).toBeGreaterThan(Date.now() - 86_400_000)
    const { schedule, ...others } = templateOf(begun)
    expect({ ...others, schedule: { ...schedule, start: '2026-03-30T09:00:00' } }).toEqual(kept)
  })

  test('leave what they do not name as it is, and take a schedule away that they do not have', () => {
    const begun = draftFrom({ maxPeers: 0 }, { ...newRoomDraft(), ...draft(), name: 'Grace', hasLobby: true })
    expect(settingsOf(begun)).toMatchObject({ admission: 'lobby', maxPeers: 0, schedule: null })
  })

  test('keep what the form does not show', () => {
    const before = { metadata: { kind: 'interview' }, topology: 'mesh' } as const
    expect(templateOf(newRoomDraft(), before)).toMatchObject(before)
  })
})
