import { expect, test } from 'vitest'
import { linkAmong, readAppLink } from '../../src/main/app/links.ts'
import { writeAppLink } from '../../src/shared/roomLink.ts'

const link = {
  room: 'ABC123',
  key: 'AbCdEfGhIjKlMn_-',
  addresses: ['192.168.1.20:4433', '[fe80::1]:4433'],
  fingerprint: '5e'.repeat(32),
}

test('F61: what the system hands over is read with all that it says of the server', () => {
  expect(readAppLink(writeAppLink(link))).toEqual(link)
  expect(readAppLink('lanyard://join/abc-123')).toEqual({ room: 'ABC123', key: null, addresses: [], fingerprint: null })
})

test('whatever else comes from outside does nothing', () => {
  for (const text of [
    '',
    'lanyard://',
    'lanyard://join/',
    'lanyard://join/%',
    'lanyard://join/ABC12',
    'lanyard://host/ABC123',
    'lanyard://join/ABC123?at=javascript:alert(1)',
    'lanyard://join/ABC123?at=file:///etc/passwd',
    'lanyard://join/ABC123/../../quit',
    'https://join/ABC123',
    // One for a browser is none for the system to open here.
    'https://192.168.1.20:4433/j/ABC123',
    `lanyard://join/ABC123?at=${'x'.repeat(1_000)}`,
    'lanyard:join/ABC123',
    ' lanyard://join/ABC123',
    `lanyard://join/ABC123?at=${'ü.'.repeat(60)}com:443`,
  ])
    expect(readAppLink(text), text).toBeNull()
})

test('it is found among the arguments of a start', () => {
  expect(linkAmong(['lanyard', '--hidden', 'lanyard://join/ABC123', '.'])?.room).toBe('ABC123')
  expect(linkAmong(['lanyard', '.', 'https://192.168.1.20:4433/j/ABC123'])).toBeNull()
})
