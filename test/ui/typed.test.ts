import { describe, expect, test } from 'vitest'
import { NO_CODE, readTyped } from '../../src/renderer/src/state/typed.ts'

const key = 'AbCdEfGhIjKlMn_-'

describe('what is typed or pasted to get into a room', () => {
  test.each(['ABC123', 'abc-123', ' ab c1 23 ', 'ABC–123'])('%j is the code, however it is written', (text) => {
    expect(readTyped(text)).toEqual({ kind: 'code', ref: 'ABC123' })
  })

  test('letters that are easily mistaken are read as digits', () => {
    expect(readTyped('OIL-123')).toEqual({ kind: 'code', ref: '011123' })
  })

  test.each([
    ['http://127.0.0.1:4433/?room=ABC123', 'ABC123', ['127.0.0.1:4433']],
    ['127.0.0.1:4433/?room=ABC123', 'ABC123', ['127.0.0.1:4433']],
    ['meet.example/?room=abc-123', 'ABC123', ['meet.example:443']],
    ['meet.example:4433/j/abc-123', 'ABC123', ['meet.example:4433']],
    ['Join us: https://meet.example/?room=design-sync today', 'design-sync', ['meet.example:443']],
    ['lanyard://join/ABC123?at=127.0.0.1:4433', 'ABC123', ['127.0.0.1:4433']],
    ['lanyard://join/ABC123', 'ABC123', []],
  ])('%j is a link, also without its beginning or in an invitation', (text, room, addresses) => {
    expect(readTyped(text)).toMatchObject({ kind: 'link', link: { room, addresses, key: null } })
  })

  test('the link to the meeting is found among others, and without the full stop behind it', () => {
    const text = `Slides: https://docs.example/a. Meeting (https://192.168.1.20:4433/j/ABC123#k=${key}).`
    expect(readTyped(text)).toMatchObject({ kind: 'link', link: { room: 'ABC123', key } })
  })

  test('an id or a slug is left to the server', () => {
    expect(readTyped(' weekly-sync ')).toEqual({ kind: 'name', ref: 'weekly-sync' })
  })

  test.each(['', '   ', 'two words', 'x'.repeat(65), '<script>'])('%j means no room', (text) => {
    expect(readTyped(text)).toEqual({ kind: 'wrong', message: NO_CODE })
  })

  test.each([
    ['https://meet.example/', 'does not lead to a meeting'],
    ['https://meet.example/j/ABC12', 'code in that link'],
    [`https://meet.example/j/ABC123#k=${key.slice(1)}`, 'Ask for it again'],
  ])('what is wrong with %j is said', (text, words) => {
    expect(readTyped(text)).toMatchObject({ kind: 'wrong', message: expect.stringContaining(words) as string })
  })
})
