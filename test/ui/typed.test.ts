import { expect, test } from 'vitest'
import { readTyped, whyNot } from '../../src/renderer/src/state/typed.ts'

test('a code, a link of either kind, or an invitation with one in it leads to a room', () => {
  expect(readTyped(' abc-123 ')).toEqual({ room: 'ABC123', address: null })
  expect(readTyped('http://127.0.0.1:4433/?room=ABC123')).toEqual({ room: 'ABC123', address: 'http://127.0.0.1:4433' })
  expect(readTyped('127.0.0.1:4433/?room=ABC123')).toEqual({ room: 'ABC123', address: 'http://127.0.0.1:4433' })
  expect(readTyped('meet.example/?room=abc-123')).toEqual({ room: 'ABC123', address: 'https://meet.example' })
  expect(readTyped('Join us: https://meet.example/?room=design-sync today')).toEqual({
    room: 'design-sync',
    address: 'https://meet.example',
  })
  expect(readTyped('lanyard://join/ABC123?at=127.0.0.1:4433')).toEqual({ room: 'ABC123', address: 'http://127.0.0.1:4433' })
  for (const text of ['', 'hello', 'https://meet.example/', 'lanyard://join/', 'https://'])
    expect(readTyped(text), text).toBeNull()
})

test('where others could listen it does not connect, and says so', () => {
  expect(whyNot('http://127.0.0.1:4433')).toBeNull()
  expect(whyNot('https://192.168.1.20')).toBeNull()
  for (const address of ['http://192.168.1.20:4433', 'http://meet.example', 'http://127.0.0.1.evil.example', 'http://[::1]:4433'])
    expect(whyNot(address), address).toContain('not encrypted')
})
