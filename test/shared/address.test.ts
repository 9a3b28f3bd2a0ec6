import { expect, test } from 'vitest'
import { isSameServer, readAddress } from '../../src/shared/address.ts'

test('an address is taken as people type it: plain on this computer, encrypted elsewhere', () => {
  expect(readAddress('127.0.0.1:4433')).toBe('http://127.0.0.1:4433')
  expect(readAddress('localhost:80')).toBe('http://localhost')
  expect(readAddress('192.168.1.20:4433')).toBe('https://192.168.1.20:4433')
  expect(readAddress('https://meet.example/path?x')).toBe('https://meet.example')
  for (const text of ['', 'two words', 'ftp://meet.example', 'javascript:alert(1)', 'file:///etc/passwd'])
    expect(readAddress(text), text).toBeNull()
})

test('a server of this computer is the same by either name, at its port', () => {
  expect(isSameServer('http://127.0.0.1:4433', 'http://localhost:4433/')).toBe(true)
  expect(isSameServer('https://meet.example', 'https://meet.example:443/path')).toBe(true)
  for (const other of ['http://127.0.0.1:4434', 'https://127.0.0.1:4433', 'http://127.0.0.1.evil.example:4433'])
    expect(isSameServer('http://127.0.0.1:4433', other), other).toBe(false)
})
