import { describe, expect, test } from 'vitest'
import { readRoomRef } from '../../src/renderer/src/state/roomRef.ts'

const here = 'http://192.168.1.20:4433'
const read = (text: string) => readRoomRef(text, here)

describe('what is typed or pasted as a join code', () => {
  test.each(['ABC123', 'abc-123', ' ab c1 23 ', 'ABC–123'])('%j is the code, however it is written', (text) => {
    expect(read(text)).toEqual({ at: 'here', ref: 'ABC123' })
  })

  test('letters that are easily mistaken are read as digits', () => {
    expect(read('OIL-123')).toEqual({ at: 'here', ref: '011123' })
  })

  test('a link gives its room', () => {
    expect(read(`${here}/?room=abc-123`)).toEqual({ at: 'here', ref: 'ABC123' })
    expect(read(`${here}/?username=Ada&room=weekly-sync`)).toEqual({ at: 'here', ref: 'weekly-sync' })
  })

  test('so does an invitation with a link in it', () => {
    expect(read(`Come and join us: ${here}/?room=ABC123\nAda`)).toEqual({ at: 'here', ref: 'ABC123' })
  })

  test('a link of another server is not followed unasked', () => {
    expect(read('http://10.0.0.5:4433/?room=ABC123')).toEqual({ at: 'elsewhere', link: 'http://10.0.0.5:4433/?room=ABC123' })
  })

  test('an id or a slug is left to the server', () => {
    expect(read('weekly-sync')).toEqual({ at: 'here', ref: 'weekly-sync' })
  })

  test.each(['', '   ', 'two words', `${here}/`, `${here}/?room=`, 'http://', 'x'.repeat(65), '<script>'])(
    '%j means no room',
    (text) => {
      expect(read(text)).toBeNull()
    },
  )
})
