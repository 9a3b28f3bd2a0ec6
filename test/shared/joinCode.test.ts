import fc from 'fast-check'
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { formatJoinCode, makeJoinCode, parseJoinCode } from '../../src/shared/joinCode.ts'

test('codes are six characters that cannot be mistaken for one another', () => {
  for (let i = 0; i < 1_000; i += 1) expect(makeJoinCode(randomBytes)).toMatch(/^[0-9A-HJKMNP-TV-Z]{6}$/)
})

test('every byte leads to a character, each as often', () => {
  const counts = new Map<string, number>()
  for (let byte = 0; byte < 256; byte += 1) {
    const [first = ''] = makeJoinCode((count) => new Uint8Array(count).fill(byte))
    counts.set(first, (counts.get(first) ?? 0) + 1)
  }
  expect([...counts.values()]).toEqual(Array(32).fill(8))
})

test('a code is read however it was typed', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 6, maxLength: 6 }),
      fc.infiniteStream(fc.integer({ min: 0, max: 5 })),
      (bytes, choices) => {
        const code = makeJoinCode(() => bytes)
        const typed = [...formatJoinCode(code)]
          .map((character) => {
            const choice = choices.next().value
            if (choice === 0) return character.toLowerCase()
            if (choice === 1) return ` ${character}`
            if (choice === 2 && character === '0') return 'o'
            if (choice === 3 && character === '1') return 'l'
            if (choice === 4 && character === '-') return '–'
            return character
          })
          .join('')
        expect(parseJoinCode(typed)).toBe(code)
      },
    ),
  )
})

test('what cannot be a code is none', () => {
  for (const text of ['', 'ABC12', 'ABC1234', 'ABC12U', 'ÀBC123', 'ABC_123', 'x'.repeat(100_000)])
    expect(parseJoinCode(text)).toBeNull()
})
