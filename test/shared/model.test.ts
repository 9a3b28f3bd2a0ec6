import { expect, test } from 'vitest'
import { ChatText, DisplayName, isPlainJson, Slug } from '../../src/shared/model.ts'

test('names are one line, trimmed, and cannot turn the text around them', () => {
  expect(DisplayName.parse('  Ada\u202e\nLovelace\0 ')).toBe('Ada  Lovelace')
  for (const nothing of [' \u200f\u0000 ', '\u200b', '\u3164', '\u2060\u00ad', '\u200d'])
    expect(DisplayName.safeParse(nothing).success).toBe(false)
  expect(DisplayName.parse('Ada\u200b')).toBe('Ada')
  expect(DisplayName.parse('张伟 👋🏽 عمر')).toBe('张伟 👋🏽 عمر')
})

test('chat keeps its lines', () => {
  expect(ChatText.parse(' one\r\n\ttwo\u0007 ')).toBe('one\n\ttwo')
})

test('a slug cannot be taken for a join code', () => {
  expect(Slug.safeParse('abc-123').success).toBe(false)
  expect(Slug.safeParse('team-meeting').success).toBe(true)
  expect(Slug.safeParse('-team').success).toBe(false)
})

test('opaque values are plain JSON of bounded depth and size', () => {
  expect(isPlainJson({ a: [1, 'two', null, true, { b: {} }] })).toBe(true)
  let deep: unknown = 1
  for (let i = 0; i < 100_000; i += 1) deep = [deep]
  for (const value of [
    deep,
    Array(30_000).fill(0),
    Buffer.from('x'),
    new Date(),
    () => 0,
    Number.NaN,
    { a: new Map() },
    JSON.parse('{"__proto__":1}'),
  ]) {
    expect(isPlainJson(value)).toBe(false)
  }
})
