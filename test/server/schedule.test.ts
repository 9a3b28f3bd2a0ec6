import Database from 'better-sqlite3'
import { DateTime } from 'luxon'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { AppError } from '../../src/shared/errors.ts'
import { Schedule } from '../../src/shared/model.ts'
import { checkSchedule, invitation, opensAt } from '../../src/main/server/schedule.ts'
import type { StoredRoom } from '../../src/main/server/store/rooms.ts'
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

const noRules = [
  '',
  'nonsense',
  'BYDAY=MO',
  'FREQ',
  'FREQ=',
  'freq=daily',
  'FREQ=DAILY;',
  'FREQ=DAILY;FREQ=WEEKLY',
  'FREQ=DAILY=WEEKLY',
  'FREQ=SECONDLY',
  'FREQ=MINUTELY;INTERVAL=1',
  'FREQ=WEEKLY;BYHOUR=1',
  'FREQ=YEARLY;BYWEEKNO=1',
  'FREQ=WEEKLY\nEXDATE:x',
  'FREQ=DAILY;INTERVAL=1\r\nATTENDEE:mailto:x@y',
  ...['-1', '0', '0.001', '1e9', 'abc', '1000', '99999999999', ''].map((interval) => `FREQ=DAILY;INTERVAL=${interval}`),
  ...['WEEKLY', 'MONTHLY', 'YEARLY'].map((freq) => `FREQ=${freq};INTERVAL=-1`),
  ...['0', '-5', '1000', 'many'].map((count) => `FREQ=DAILY;COUNT=${count}`),
  ...['garbage', '20270230', '20271301T000000Z', '20270101T250000Z', '2027-01-01'].map((until) => `FREQ=DAILY;UNTIL=${until}`),
  'FREQ=DAILY;COUNT=2;UNTIL=20300101',
  'FREQ=WEEKLY;BYDAY=XX',
  'FREQ=WEEKLY;BYDAY=MO,',
  'FREQ=WEEKLY;BYDAY=2MO',
  'FREQ=DAILY;BYDAY=1MO',
  'FREQ=MONTHLY;BYDAY=0MO',
  'FREQ=MONTHLY;BYDAY=6MO',
  'FREQ=YEARLY;BYDAY=99MO',
  'FREQ=WEEKLY;BYMONTHDAY=1',
  'FREQ=MONTHLY;BYMONTHDAY=0',
  'FREQ=MONTHLY;BYMONTHDAY=32',
  'FREQ=DAILY;BYMONTH=13',
  'FREQ=DAILY;BYMONTH=-1',
  'FREQ=WEEKLY;WKST=XX',
  'FREQ=MONTHLY;BYSETPOS=1',
  'FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0',
  'FREQ=MONTHLY;BYDAY=MO;BYSETPOS=32',
  'FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=5',
]
const hardlyEver = [
  'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30',
  'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
  'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=SU',
  'FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6',
  'FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=8',
  'FREQ=YEARLY;INTERVAL=13',
  'FREQ=YEARLY;INTERVAL=999;COUNT=2',
  'FREQ=MONTHLY;INTERVAL=999',
  'FREQ=WEEKLY;INTERVAL=999',
  'FREQ=DAILY;UNTIL=20250101T000000Z',
]

test.each(noRules)('F11: %j is no repetition by days', (repeat) => {
  expect(() => checkSchedule(schedule({ repeat }), 'UTC')).toThrow(/no repetition/)
})

test.each(hardlyEver)('F11: %s never comes, or hardly ever', (repeat) => {
  expect(() => checkSchedule(schedule({ repeat }), 'UTC')).toThrow(/not once in twelve years/)
})

test.each([
  'FREQ=DAILY;INTERVAL=999',
  'FREQ=YEARLY;INTERVAL=999;COUNT=1',
  'FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1;BYDAY=MO',
  'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
  'BYMONTHDAY=01,-1;WKST=SU;FREQ=MONTHLY',
  'FREQ=YEARLY;UNTIL=20260303',
])('F11: %s is a repetition', (repeat) => {
  expect(() => checkSchedule(schedule({ repeat }), 'UTC')).not.toThrow()
})

test.each([
  ['2026-02-31T09:00:00', 'UTC'],
  ['2026-04-31T09:00:00', 'UTC'],
  ['2027-02-29T09:00:00', 'UTC'],
  ['2026-03-29T02:30:00', 'Europe/Berlin'],
])('F11: clocks never show %s in %s', (start, timeZone) => {
  expect(() => checkSchedule(schedule({ start }), timeZone)).toThrow(
    expect.objectContaining({ code: 'badRequest', details: { path: 'schedule.start' } }),
  )
})

test('F11: a rule that is no longer accepted, as an older database may have it, is no repetition', () => {
  for (const repeat of [...noRules, ...hardlyEver]) {
    expect(opens({ repeat }, '2026-03-01T00:00:00Z')).toBe('2026-03-02T07:50:00.000Z')
    expect(opens({ repeat }, '2026-03-03T00:00:00Z')).toBeNull()
  }
  expect(opens({ start: '2026-02-31T09:00:00' }, '2026-01-01T00:00:00Z')).toBeNull()
})

test('F11: an end by date is the last time in UTC, the last one by the clocks there, or the last day', () => {
  const after = (until: string, now: string) => opens({ repeat: `FREQ=DAILY;UNTIL=${until}`, openMinutesEarly: 0 }, now)
  const third = '2026-03-04T08:00:00.000Z'
  expect(after('20260304T080000Z', '2026-03-03T12:00:00Z')).toBe(third)
  expect(after('20260304T075959Z', '2026-03-03T12:00:00Z')).toBeNull()
  expect(after('20260304T090000', '2026-03-03T12:00:00Z')).toBe(third)
  expect(after('20260304T085959', '2026-03-03T12:00:00Z')).toBeNull()
  expect(after('20260304', '2026-03-03T12:00:00Z')).toBe(third)
  expect(after('20260303', '2026-03-03T12:00:00Z')).toBeNull()
})

test('F11: what is told of a schedule stays right when its time comes, when it is over, and when the clock is put back', () => {
  const daily = (now: string) => opens({ repeat: 'FREQ=DAILY' }, now)
  for (let round = 0; round < 2; round++) {
    expect(daily('2026-03-03T07:49:59.999Z')).toBe('2026-03-03T07:50:00.000Z')
    expect(daily('2026-03-03T07:50:00Z')).toBeNull()
    expect(daily('2026-03-03T08:59:59.999Z')).toBeNull()
    expect(daily('2026-03-03T09:00:00Z')).toBe('2026-03-04T07:50:00.000Z')
  }
})

test('F11: rules that would never be counted through are refused at every door, and others are answered meanwhile', async () => {
  const server = await startServer()
  const { host } = await hostRoom(server.url)
  const [attacker, other] = [await Client.connect(server.url), await Client.connect(server.url)]
  const plan = { start: '2026-11-22T09:00:00', durationMinutes: 60 }
  const schedules = [...noRules, ...hardlyEver].map((repeat): { start: string; durationMinutes: number; repeat?: string } => ({
    ...plan,
    repeat,
  }))
  const older = async (wanted: object) => {
    const response = await fetch(`${server.url}/api/rooms/create`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: 'Mine', schedule: wanted }),
    })
    return { status: response.status, error: (await response.json()) as object }
  }
  for (const wanted of [...schedules, { ...plan, start: '2026-02-31T09:00:00' }]) {
    const path = wanted.repeat === undefined ? 'schedule.start' : 'schedule.repeat'
    const refused = { code: 'badRequest', details: { path } }
    const [made, changed, posted, listed] = await Promise.all([
      attacker.ask('createRoom', { name: 'Mine', schedule: wanted }),
      host.ask('updateRoom', { changes: { schedule: wanted } }),
      older(wanted),
      other.request('listRooms', {}),
    ])
    expect(made, wanted.repeat).toMatchObject({ error: refused })
    expect(changed, wanted.repeat).toMatchObject({ error: refused })
    expect(posted, wanted.repeat).toMatchObject({ status: 400, error: { code: 'badRequest' } })
    expect(listed.rooms).toMatchObject([{ name: 'Standup', schedule: null }])
  }
})

test('F11: a schedule of an older database that would be refused now does not stop the server', async () => {
  const dataDir = await temporaryDirectory()
  const first = await startServer({ dataDir })
  const device = newDevice()
  const ada = await Client.connect(first.url, { device })
  const stored: Partial<Schedule>[] = [
    { repeat: 'FREQ=DAILY;INTERVAL=-1' },
    { repeat: 'FREQ=MONTHLY;INTERVAL=0.001' },
    { repeat: 'FREQ=DAILY;BYMONTH=13' },
    { start: '2099-02-31T09:00:00' },
  ]
  const ids: string[] = []
  for (const index of stored.keys()) ids.push((await ada.request('createRoom', { name: `Room ${index}` })).room.id)
  await first.close()
  const db = new Database(join(dataDir, 'lanyard.db'))
  for (const [index, more] of stored.entries())
    db.prepare('UPDATE rooms SET schedule = ? WHERE id = ?').run(
      JSON.stringify(schedule({ start: '2099-01-01T09:00:00', ...more })),
      ids[index],
    )
  db.close()
  const server = await startServer({ dataDir })
  const again = await Client.connect(server.url, { device })
  const opening = '2099-01-01T08:50:00.000Z'
  const { rooms } = await again.request('listRooms', {})
  expect(rooms.map(({ opensAt }) => opensAt).reverse()).toEqual([opening, opening, opening, null])
  const outcomes: string[] = []
  for (const roomId of ids) {
    await again.join({ roomId, name: 'Ada' })
    const { calendar } = await again
      .request('roomInvitation', {})
      .catch((error: unknown) => ({ calendar: (error as AppError).code }))
    outcomes.push(/^(notScheduled|DTSTART:.*Z)$/m.exec(calendar)?.[1] ?? calendar)
    await again.request('leaveRoom', {})
  }
  expect(outcomes).toEqual([...Array<string>(3).fill('DTSTART:20990101T090000Z'), 'notScheduled'])
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

/** The lines of an invitation's event, and the time zones that it tells the rules of. */
function fileOf(more: Partial<Schedule>, timeZone: string) {
  const room = { id: 'a', name: 'Standup', description: '', version: 1, joinCode: 'ABC234', schedule: schedule(more), timeZone }
  const lines = invitation(room as StoredRoom, null)
    .replaceAll('\r\n ', '')
    .split('\r\n')
  const event = lines.slice(lines.indexOf('BEGIN:VEVENT'))
  const valueOf = (name: string) => event.find((line) => new RegExp(`^${name}[;:]`).test(line))
  return { valueOf, zones: lines.filter((line) => line.startsWith('TZID')) }
}

test.each(['UTC', 'Etc/UTC', 'GMT'])('F11: the invitation to a room in %s has its times in UTC', (timeZone) => {
  const { valueOf, zones } = fileOf({ start: '2026-12-02T09:00:00' }, timeZone)
  expect(valueOf('DTSTART')).toBe('DTSTART:20261202T090000Z')
  expect(valueOf('DTEND')).toBe('DTEND:20261202T100000Z')
  expect(zones).toEqual([])
})

test.each([
  ['Europe/Berlin', 'Europe/Berlin'],
  // Newer names than the collection of rules has, and older ones.
  ['Europe/Kyiv', 'Europe/Kiev'],
  ['Asia/Calcutta', 'Asia/Kolkata'],
  ['US/Eastern', 'America/New_York'],
])('F11: the invitation to a room in %s has its times in a zone whose rules it tells', (timeZone, zone) => {
  const { valueOf, zones } = fileOf({ start: '2026-12-02T09:00:00' }, timeZone)
  expect(valueOf('DTSTART')).toBe(`DTSTART;TZID=${zone}:20261202T090000`)
  expect(zones).toEqual([`TZID:${zone}`])
})

test('F11: where nobody knows a time zone’s rules, the invitation has its times in UTC', () => {
  const { valueOf, zones } = fileOf({ start: '2026-12-02T09:00:00' }, 'Asia/Saigon')
  expect(valueOf('DTSTART')).toBe('DTSTART:20261202T020000Z')
  expect(zones).toEqual([])
})

test.each(['UTC', 'Europe/Berlin', 'Asia/Shanghai', 'America/New_York'])(
  'F11: an invitation from %s is stamped with the time in UTC at which it was made',
  (timeZone) => {
    const before = DateTime.utc().startOf('second')
    const stamp = /^DTSTAMP:(\d{8}T\d{6}Z)$/.exec(fileOf({}, timeZone).valueOf('DTSTAMP') ?? '')?.[1] ?? ''
    const stamped = DateTime.fromISO(stamp)
    expect(stamped >= before && stamped <= DateTime.utc()).toBe(true)
  },
)

test('F11: the invitation has the end of a repetition in UTC, and no repetition that would be refused now', () => {
  const ruleOf = (repeat: string) => fileOf({ repeat }, 'Europe/Berlin').valueOf('RRULE')
  expect(ruleOf('FREQ=DAILY;UNTIL=20260401T090000')).toBe('RRULE:FREQ=DAILY;UNTIL=20260401T070000Z')
  expect(ruleOf('UNTIL=20260401;FREQ=DAILY')).toBe('RRULE:UNTIL=20260401T215959Z;FREQ=DAILY')
  expect(ruleOf('FREQ=DAILY;UNTIL=20260401T090000Z')).toBe('RRULE:FREQ=DAILY;UNTIL=20260401T090000Z')
  expect(ruleOf('FREQ=DAILY;INTERVAL=-1')).toBeUndefined()
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
