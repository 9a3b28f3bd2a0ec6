import { expect, test } from 'vitest'
import { addDays, clockIn, dayIn, isTimeZone, startOfDay, zonedTime } from '../../src/shared/zonedTime.ts'

test('a time belongs to the day that clocks show where the room is', () => {
  const at = new Date('2026-03-28T23:30:00Z')
  expect(dayIn('UTC', at)).toBe('2026-03-28')
  expect(dayIn('Europe/Berlin', at)).toBe('2026-03-29')
  expect(dayIn('America/New_York', at)).toBe('2026-03-28')
  expect(dayIn('Asia/Kolkata', at)).toBe('2026-03-29')
})

test('days are as long as their clocks say: 23 hours in spring, 25 in autumn', () => {
  const hours = (day: string) =>
    (startOfDay('Europe/Berlin', addDays(day, 1)).getTime() - startOfDay('Europe/Berlin', day).getTime()) / 3_600_000
  expect([hours('2026-03-28'), hours('2026-03-29'), hours('2026-10-25'), hours('2026-12-31')]).toEqual([24, 23, 25, 24])
})

test('a local time is the same time by its clock, also where it comes twice or never', () => {
  expect(zonedTime('Europe/Berlin', '2026-07-01T09:00:00').toISOString()).toBe('2026-07-01T07:00:00.000Z')
  expect(zonedTime('Europe/Berlin', '2026-10-25T02:30:00').toISOString()).toBe('2026-10-25T00:30:00.000Z')
  // RFC 5545: as if the clocks had not been changed yet.
  expect(zonedTime('America/New_York', '2007-03-11T02:30:00').toISOString()).toBe('2007-03-11T07:30:00.000Z')
  for (const zone of ['UTC', 'Asia/Kolkata', 'Australia/Lord_Howe', 'America/Sao_Paulo', 'Pacific/Apia'])
    for (let day = '2026-01-01'; day < '2026-12-31'; day = addDays(day, 17))
      expect(clockIn(zone, zonedTime(zone, `${day}T12:34:56`)), `${zone} ${day}`).toBe(`${day}T12:34:56`)
})

test('a zone that skips midnight begins its day later', () => {
  // Until 2019 Brazil changed its clocks at midnight.
  expect(startOfDay('America/Sao_Paulo', '2018-11-04').toISOString()).toBe('2018-11-04T03:00:00.000Z')
})

test('days are counted over the ends of months and years', () => {
  expect([addDays('2026-02-28', 1), addDays('2024-02-28', 1), addDays('2026-12-31', 1), addDays('2026-01-01', -1)]).toEqual([
    '2026-03-01',
    '2024-02-29',
    '2027-01-01',
    '2025-12-31',
  ])
})

test('zones are known by their names', () => {
  expect(['UTC', 'Europe/Berlin', 'Asia/Shanghai'].every(isTimeZone)).toBe(true)
  expect(['', 'Mars/Olympus', 'Europe/Berlin; DROP', '+99:99'].some(isTimeZone)).toBe(false)
})
