import { describe, expect, test } from 'vitest'
import type { ChatMessage } from '../../src/shared/model.ts'
import { chatRows } from '../../src/renderer/src/components/chat/rows.ts'
import { dayLabel, timeLabel } from '../../src/renderer/src/components/parts/days.ts'

const now = new Date(2026, 4, 20, 12, 0)
const self = { userId: 'ada', name: 'Ada' }

function said(by: string, minutesAgo: number, text = 'Hello'): { message: ChatMessage; delivery: 'sent' } {
  const message: ChatMessage = {
    id: `${by}-${minutesAgo}`,
    roomId: 'room',
    from: { userId: by.toLowerCase(), peerId: `${by}-seat`, name: by },
    text,
    clientMessageId: crypto.randomUUID(),
    sentAt: new Date(now.getTime() - minutesAgo * 60_000).toISOString(),
  }
  return { message, delivery: 'sent' }
}

describe('the list of messages', () => {
  test('says a name once for what is said in one go', () => {
    const rows = chatRows([said('Ada', 5), said('Ada', 4), said('Grace', 3), said('Ada', 2)], self, now)
    expect(rows.map(({ continues }) => continues)).toEqual([false, true, false, false])
  })

  test('says it again after a pause', () => {
    const rows = chatRows([said('Ada', 20), said('Ada', 4)], self, now)
    expect(rows.map(({ continues }) => continues)).toEqual([false, false])
  })

  test('has a line above the first message of each day', () => {
    const rows = chatRows([said('Ada', 60 * 30), said('Ada', 60 * 29), said('Ada', 5)], self, now)
    expect(rows.map(({ day }) => day)).toEqual(['Yesterday', null, 'Today'])
  })

  test('keeps the key of a message when it is stored', () => {
    const { message } = said('Ada', 0)
    const [sending] = chatRows([{ delivery: 'sending', text: 'Hello', clientMessageId: message.clientMessageId }], self, now)
    const [sent] = chatRows([{ delivery: 'sent', message }], self, now)
    expect(sending!.key).toBe(sent!.key)
  })

  test('keeps people of one name apart', () => {
    const twin = said('Ada', 4)
    twin.message.from = { ...twin.message.from, userId: 'another' }
    expect(chatRows([said('Ada', 5), twin], self, now)[1]!.continues).toBe(false)
  })

  test('keeps together what one says under a new name oneself, and not what others do', () => {
    const renamed = (by: string) => {
      const after = said(by, 4)
      after.message.from = { ...after.message.from, name: `${by} the second` }
      return chatRows([said(by, 5), after], self, now)[1]!
    }
    expect(renamed('Ada').continues).toBe(true)
    expect(renamed('Grace').continues).toBe(false)
  })
})

test('days are named as people name them', () => {
  expect(dayLabel(new Date(2026, 4, 20, 0, 1), now)).toBe('Today')
  expect(dayLabel(new Date(2026, 4, 19, 23, 59), now)).toBe('Yesterday')
  expect(dayLabel(new Date(2026, 4, 4), now)).toBe('Monday, May 4')
  expect(dayLabel(new Date(2025, 11, 31), now)).toBe('Wednesday, December 31, 2025')
})

test('times are written as a reader of the language writes them', () => {
  const afternoon = new Date(2026, 4, 20, 13, 1)
  expect(timeLabel(afternoon, 'en-US')).toMatch(/^1:01\sPM$/)
  expect(timeLabel(afternoon, 'de')).toBe('13:01')
})
