import { describe, expect, test } from 'vitest'
import { auditSentence } from '../../src/renderer/src/components/records/auditSentence.ts'
import { spanLabel } from '../../src/renderer/src/components/records/spans.ts'
import { lastDays } from '../../src/renderer/src/components/records/lastDays.ts'
import { acts } from '../../src/main/server/store/audit.ts'
import type { AuditEntry } from '../../src/shared/model.ts'

const entry = (part: Partial<AuditEntry>): AuditEntry => ({
  at: '2026-03-30T09:00:00.000Z',
  act: 'roomCreated',
  actor: { kind: 'person', id: 'u0', name: 'Ada' },
  subject: { id: 'u1', name: 'Grace' },
  details: {},
  ...part,
})

describe('F14: what was done is told in sentences', () => {
  test.each<[Partial<AuditEntry>, string]>([
    [{ act: 'roomCreated', subject: null }, 'Ada made the room.'],
    [
      { act: 'roomChanged', details: { changed: ['name', 'locked', 'schedule'] } },
      'Ada changed the name, the lock, and the schedule.',
    ],
    [{ act: 'roomChanged', details: {} }, 'Ada changed the room.'],
    [{ act: 'stopped', details: { sources: ['microphone', 'camera'] } }, 'Ada stopped the microphone and camera of Grace.'],
    [{ act: 'roleChanged', details: { role: 'cohost' } }, 'Ada made Grace a co-host.'],
    [{ act: 'admitted', actor: { kind: 'key', id: 'k', name: 'Booking' } }, 'Booking (a program) let Grace in.'],
    [{ act: 'roomClosed', actor: { kind: 'owner', id: null, name: 'owner' } }, 'Whoever runs the server ended the meeting.'],
    [{ act: 'hostChanged', actor: { kind: 'server', id: null, name: 'server' } }, 'Grace stands in for the host.'],
    [{ act: 'somethingNew' }, 'Ada: somethingNew.'],
  ])('%j', (part, sentence) => {
    expect(auditSentence(entry(part))).toBe(sentence)
  })

  test('also of who had no name yet', () => {
    const made = entry({ actor: { kind: 'person', id: 'u0', name: '' }, subject: null })
    expect(auditSentence(made, new Map([['u0', 'Ada']]))).toBe('Ada made the room.')
    expect(auditSentence(made)).toBe('Someone made the room.')
  })

  test('of every act that a server notes', () => {
    for (const act of acts) expect(auditSentence(entry({ act }))).not.toContain(`: ${act}`)
  })
})

test.each([
  [20, 'under a minute'],
  [90, '2 min'],
  [3_570, '1 h'],
  [7_500, '2 h 5 min'],
])('%d seconds are %s', (seconds, label) => {
  expect(spanLabel(seconds)).toBe(label)
})

test('days are counted back from today, over the ends of months', () => {
  expect(lastDays(7, '2026-03-02 00:10')).toEqual({ from: '2026-02-24', to: '2026-03-02' })
  expect(lastDays(30, '2026-03-30 23:59')).toEqual({ from: '2026-03-01', to: '2026-03-30' })
})
