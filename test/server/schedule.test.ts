import { DateTime } from 'luxon'
import { expect, test } from 'vitest'
import { Schedule } from '../../src/shared/model.ts'
import { checkSchedule, opensAt } from '../../src/main/server/schedule.ts'
import { Client, hostRoom, newDevice } from '../support/Client.ts'
import { startServer, temporaryDirectory } from '../support/server.ts'

const schedule = (more: Partial<Schedule>) => Schedule.parse({ start: '2026-03-02T09:00:00', durationMinutes: 60, ...more })
const opens = (more: Partial<Schedule>, now: string, timeZone = 'Europe/Berlin') =>
  opensAt({ schedule: schedule(more), timeZone }, new Date(now))

test('F11: a room is open from a little before its time until it is over, and then as any other', () => {
  const once = (now: string) => opens({}, now)
  expect(once('2026-03-02T07:49:59Z')).toBe('2026-03-02T07:50:00.000Z')
  expect(once('2026-03-02T07:50:00Z')).toBeNull()
  expect(once('2026-03-02T08:59:59Z')).toBeNull()
  expect(once('2026-03-02T10:00:00Z')).toBeNull()
})

test('F11: a weekly room opens at the same time by the clock, before and after the clocks are changed', () => {
  const weekly = (now: string) => opens({ repeat: 'FREQ=WEEKLY;BYDAY=MO', openMinutesEarly: 0 }, now)
  expect(weekly('2026-03-20T00:00:00Z')).toBe('2026-03-23T08:00:00.000Z')
  expect(weekly('2026-03-28T00:00:00Z')).toBe('2026-03-30T07:00:00.000Z')
  expect(weekly('2026-10-24T00:00:00Z')).toBe('2026-10-26T08:00:00.000Z')
  expect(weekly('2026-03-30T07:30:00Z')).toBeNull()
  expect(weekly('2026-03-30T08:00:00Z')).toBe('2026-04-06T07:00:00.000Z')
})

test('F11: repetitions end, skip, and come by the month as RFC 5545 says', () => {
  const next = (repeat: string, now: string, start = '2026-01-30T09:00:00') =>
    opens({ start, repeat, openMinutesEarly: 0 }, now, 'UTC')
  expect(next('FREQ=DAILY;COUNT=2', '2026-01-31T08:00:00Z')).toBe('2026-01-31T09:00:00.000Z')
  expect(next('FREQ=DAILY;COUNT=2', '2026-01-31T10:00:00Z')).toBeNull()
  // February has no 30th.
  expect(next('FREQ=MONTHLY;BYMONTHDAY=30', '2026-02-01T00:00:00Z')).toBe('2026-03-30T09:00:00.000Z')
  expect(next('FREQ=MONTHLY;BYDAY=-1FR', '2026-02-01T00:00:00Z')).toBe('2026-02-27T09:00:00.000Z')
  expect(next('FREQ=YEARLY', '2026-02-01T00:00:00Z', '2024-02-29T09:00:00')).toBe('2028-02-29T09:00:00.000Z')
})

test.each([
  '',
  'FREQ=SECONDLY',
  'FREQ=MINUTELY;INTERVAL=1',
  'BYDAY=MO',
  'FREQ=WEEKLY;BYDAY=XX',
  'FREQ=WEEKLY\nEXDATE:x',
  'nonsense',
  'FREQ=WEEKLY;BYHOUR=1',
])('F11: %j is no repetition by days', (repeat) => {
  expect(() => checkSchedule(schedule({ repeat }))).toThrow(/no repetition/)
})

test('F11: a rule that never comes true is answered at once', () => {
  expect(opens({ repeat: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' }, '2026-03-03T00:00:00Z')).toBeNull()
})

test('F11: before its time a room lets in only those who lead it, and says when it opens', async () => {
  const server = await startServer()
  const start = DateTime.now().setZone('Asia/Shanghai').plus({ days: 2 }).startOf('minute')
  const plan = { start: start.toFormat("yyyy-MM-dd'T'HH:mm:ss"), durationMinutes: 30 }
  const { host, room } = await hostRoom(server.url, { schedule: plan, timeZone: 'Asia/Shanghai' })
  const opening = start.minus({ minutes: 10 }).toUTC().toISO()
  expect(room).toMatchObject({ schedule: { ...plan, repeat: null, openMinutesEarly: 10 }, opensAt: opening })
  const grace = await Client.connect(server.url)
  expect(await grace.ask('joinRoom', { roomId: room.id, name: 'Grace' })).toMatchObject({
    error: { code: 'notOpenYet', details: { opensAt: opening } },
  })
  expect(await host.refusal('updateRoom', { changes: { schedule: { ...plan, repeat: 'FREQ=SECONDLY' } } })).toBe('badRequest')
  await host.request('updateRoom', { changes: { schedule: null } })
  await grace.join({ roomId: room.id, name: 'Grace' })
})

test('F11: the invitation is the same event each time, as its latest version, in the room’s time zone', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url, {
    description: 'Bring tea; and cake',
    timeZone: 'Europe/Berlin',
    schedule: { start: '2026-03-02T09:00:00', durationMinutes: 45, repeat: 'FREQ=WEEKLY;BYDAY=MO' },
  })
  const link = `https://meet.example/?room=${room.joinCode}`
  const fileOf = async () => (await host.request('roomInvitation', { link })).calendar.replaceAll('\r\n ', '').split('\r\n')
  const before = await fileOf()
  expect(before).toEqual(
    expect.arrayContaining([
      'BEGIN:VTIMEZONE',
      'TZID:Europe/Berlin',
      `UID:${room.id}@lanyard`,
      'SEQUENCE:1',
      'DTSTART;TZID=Europe/Berlin:20260302T090000',
      'DTEND;TZID=Europe/Berlin:20260302T094500',
      'RRULE:FREQ=WEEKLY;BYDAY=MO',
      'SUMMARY:Standup',
      `URL;VALUE=URI:${link}`,
    ]),
  )
  expect(before.find((line) => line.startsWith('DESCRIPTION'))).toContain('Bring tea\\; and cake')
  expect(before.find((line) => line.startsWith('DTSTAMP'))).toMatch(/Z$/)
  await host.request('updateRoom', { changes: { name: 'Retro' } })
  expect(await fileOf()).toEqual(expect.arrayContaining([`UID:${room.id}@lanyard`, 'SEQUENCE:2', 'SUMMARY:Retro']))
  await host.request('updateRoom', { changes: { schedule: null } })
  expect(await host.refusal('roomInvitation', {})).toBe('notScheduled')
})

test('F12: a room is made from settings that were kept; what is given besides comes first', async () => {
  const dataDir = await temporaryDirectory()
  const device = newDevice()
  const first = await startServer({ dataDir })
  const ada = await Client.connect(first.url, { device })
  const settings = { admission: 'lobby', maxPeers: 8, emptyTtl: 600, metadata: { kind: 'interview' } } as const
  await ada.request('saveTemplate', { name: 'Interview', settings: { maxPeers: 2 } })
  const { template } = await ada.request('saveTemplate', { name: 'Interview', settings })
  await first.close()
  const server = await startServer({ dataDir })
  const again = await Client.connect(server.url, { device })
  expect((await again.request('listTemplates', {})).templates).toMatchObject([{ name: 'Interview', settings }])
  const { templateId } = template
  const { room } = await again.request('createRoom', { name: 'Grace', templateId, maxPeers: 3 })
  expect(room).toMatchObject({ ...settings, name: 'Grace', maxPeers: 3 })
  const other = await Client.connect(server.url)
  expect(await other.refusal('createRoom', { name: 'Mine', templateId })).toBe('templateNotFound')
  expect(await other.refusal('deleteTemplate', { templateId })).toBe('templateNotFound')
  await again.request('deleteTemplate', { templateId })
  expect((await again.request('listTemplates', {})).templates).toEqual([])
})
