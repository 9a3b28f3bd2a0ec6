import { expect, test } from 'vitest'
import { linkAmong, parseLink } from '../../src/main/app/links.ts'

test('a link names a room, and a server where it does', () => {
  expect(parseLink('lanyard://join/abc-123')).toEqual({ code: 'ABC123', address: null })
  expect(parseLink('lanyard://join/ABC123?at=127.0.0.1:4433')).toEqual({ code: 'ABC123', address: 'http://127.0.0.1:4433' })
  expect(parseLink('lanyard://join/ABC123?at=192.168.1.20:4433')?.address).toBe('https://192.168.1.20:4433')
  expect(parseLink('lanyard://join/ABC123?at=https%3A%2F%2Fmeet.example%2Fpath')).toEqual({
    code: 'ABC123',
    address: 'https://meet.example',
  })
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
    'https://join/ABC123',
    `lanyard://join/ABC123?at=${'x'.repeat(600)}`,
    'lanyard:join/ABC123',
    `lanyard://join/ABC123?at=https://${'ü.'.repeat(60)}com`,
  ])
    expect(parseLink(text), text).toBeNull()
})

test('it is found among the arguments of a start', () => {
  expect(linkAmong(['lanyard', '--hidden', 'lanyard://join/ABC123', '.'])).toEqual({ code: 'ABC123', address: null })
  expect(linkAmong(['lanyard', '.'])).toBeNull()
})
