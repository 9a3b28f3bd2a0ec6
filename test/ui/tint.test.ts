import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { initial, tint, tintInk } from '../../src/renderer/src/components/parts/tint.ts'

/** Relative luminance (WCAG 2.2) of an OKLCH colour, by Björn Ottosson's matrices (https://bottosson.github.io/posts/oklab/). */
function luminance(colour: string): number {
  const [lightness = 0, chroma = 0, hue = 0] = colour.match(/[\d.]+/g)!.map(Number)
  const a = chroma * Math.cos((hue * Math.PI) / 180)
  const b = chroma * Math.sin((hue * Math.PI) / 180)
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  const red = 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s
  const green = -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s
  const blue = -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

describe('a person’s colour', () => {
  test('black and white differ as WCAG says', () => {
    expect(contrast('oklch(0 0 0)', 'oklch(1 0 0)')).toBeCloseTo(21, 1)
  })

  test('carries its letters with AAA contrast, whoever it is', () => {
    fc.assert(
      fc.property(fc.string(), (id) => {
        expect(contrast(tint(id), tintInk)).toBeGreaterThanOrEqual(7)
      }),
    )
  })

  test('stays the same for the same person, and differs within a group', () => {
    expect(tint('u1')).toBe(tint('u1'))
    const group = Array.from({ length: 12 }, (_, index) => tint(`person-${index}`))
    expect(new Set(group).size).toBeGreaterThan(6)
  })
})

describe('a person’s initial', () => {
  test.each([
    ['ada lovelace', 'A'],
    ['  grace', 'G'],
    ['王小明', '王'],
    ['👩‍🚀 Sally', '👩‍🚀'],
    ['', '?'],
  ])('of %j is %j', (name, letter) => {
    expect(initial(name)).toBe(letter)
  })
})
