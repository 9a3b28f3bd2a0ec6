import { expect, test } from 'vitest'
import { ChatText, DisplayName, isPlainJson, Member, RoomName, Slug } from '../../src/shared/model.ts'
import { skeletonOf } from '../../src/shared/names.ts'
import { Welcome } from '../../src/shared/notifications.ts'

test('names are one line, trimmed, and cannot turn the text around them', () => {
  expect(DisplayName.parse('  Ada\u202e\nLovelace\0 ')).toBe('Ada  Lovelace')
  for (const nothing of [' \u200f\u0000 ', '\u200b', '\u3164', '\u2060\u00ad', '\u200d'])
    expect(DisplayName.safeParse(nothing).success).toBe(false)
  expect(DisplayName.parse('Ada\u200b')).toBe('Ada')
  expect(DisplayName.parse('张伟 👋🏽 عمر')).toBe('张伟 👋🏽 عمر')
})

/** Of each block of what is drawn as nothing, and a blank that has a shape. */
const UNDRAWN = [
  ...[
    '\u00ad',
    '\u034f',
    '\u115f',
    '\u1160',
    '\u17b4',
    '\u17b5',
    '\u180b',
    '\u180e',
    '\u200b',
    '\u200c',
    '\u200d',
    '\u2060',
    '\u2800',
  ],
  ...['\u3164', '\ufe0e', '\ufe0f', '\ufeff', '\uffa0', '\u{1d173}', '\u{e0001}', '\u{e0041}', '\u{e0100}', '\u{e0fff}'],
]

test('what is drawn as nothing is no name, and makes no other one of a name', () => {
  for (const nothing of [...UNDRAWN, UNDRAWN.join(''), `\u2800 \u2003${UNDRAWN.join(' ')}`])
    for (const schema of [DisplayName, RoomName]) expect(schema.safeParse(nothing).success, JSON.stringify(nothing)).toBe(false)
  for (const undrawn of UNDRAWN)
    for (const name of [`Ada${undrawn}`, `${undrawn}Ada`, `A${undrawn}da`])
      expect(skeletonOf(DisplayName.parse(name)).replace(' ', ''), JSON.stringify(name)).toBe(skeletonOf('Ada'))
  for (const [one, other] of [
    ['Ada  Lovelace', 'ada Lovelace'],
    ['é', 'e\u0301'],
    ['Ａda', 'Ada'],
  ] as const)
    expect(skeletonOf(one)).toBe(skeletonOf(other))
  for (const other of ['Adam', 'Äda', 'Ada 2']) expect(skeletonOf(other)).not.toBe(skeletonOf('Ada'))
  // Emoji and scripts that are written with joiners keep them.
  for (const name of ['👩‍💻 🏴󠁧󠁢󠁳󠁣󠁴󠁿 ❤️', 'نامه‌ای', 'ක්‍ෂ']) expect(DisplayName.parse(name)).toBe(name)
})

test('a server whose name is none is met all the same, and shown under another', () => {
  const welcome = (name: unknown) => ({
    ...{ connectionId: 'c', protocol: 1, userId: 'u', features: {}, resume: 'r', resumed: null },
    server: { id: 's', name, version: '1', fingerprint: null, words: null, urls: [] },
  })
  const shown = (name: unknown) => Welcome.parse(welcome(name)).server.name
  expect(shown('Kitchen')).toBe('Kitchen')
  expect(shown('\u202eKitchen\n\x1b]0;x\x07')).toBe('Kitchen  ]0;x')
  for (const bad of ['', ' ', '\u3164', '\u2800', 'A'.repeat(65), null, 7]) expect(shown(bad)).toBe('Server without a name')
})

test('someone whose name is none is there all the same, without one', () => {
  const member = {
    ...{ peerId: 'p', userId: 'u', role: 'speaker', connection: 'connected', microphone: false, camera: false, screen: false },
    ...{ stopped: [], producers: [], joinedAt: new Date().toISOString() },
  }
  expect(Member.parse({ ...member, name: '\u2800' }).name).toBe('')
  expect(Member.parse({ ...member, name: 'Ada' }).name).toBe('Ada')
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
