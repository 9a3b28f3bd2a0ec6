import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { layout, stageLayout, type Rect } from '../../src/renderer/src/components/call/layout.ts'

const area = { width: fc.integer({ min: 200, max: 3000 }), height: fc.integer({ min: 200, max: 2000 }) }
const columnsOf = (rects: Rect[]) => new Set(rects.map(({ left }) => left)).size
const rowsOf = (rects: Rect[]) => new Set(rects.map(({ top }) => top)).size

function overlap(a: Rect, b: Rect): boolean {
  return a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height
}

function expectApartAndInside(rects: Rect[], width: number, height: number): void {
  for (const rect of rects) {
    expect(rect.left).toBeGreaterThanOrEqual(0)
    expect(rect.top).toBeGreaterThanOrEqual(0)
    expect(rect.left + rect.width).toBeLessThanOrEqual(width)
    expect(rect.top + rect.height).toBeLessThanOrEqual(height)
  }
  rects.forEach((a, index) => rects.slice(index + 1).forEach((b) => expect(overlap(a, b)).toBe(false)))
}

describe('the tiles of a call', () => {
  test('one fills the area as far as 16:9 can', () => {
    expect(layout(1, 1600, 900)).toEqual([{ left: 0, top: 0, width: 1600, height: 900 }])
    expect(layout(1, 2000, 900)).toEqual([{ left: 200, top: 0, width: 1600, height: 900 }])
  })

  test('two stand side by side in a wide area and on each other in a high one', () => {
    expect(rowsOf(layout(2, 1600, 700))).toBe(1)
    expect(rowsOf(layout(2, 360, 640))).toBe(2)
  })

  test('four are two by two, nine three by three, twenty-five five by five', () => {
    expect(columnsOf(layout(4, 1280, 720))).toBe(2)
    expect(columnsOf(layout(9, 1280, 720))).toBe(3)
    expect(columnsOf(layout(25, 1280, 720))).toBe(5)
  })

  test('a last row that is not full is centred', () => {
    const [, second, third] = layout(3, 1280, 720)
    const [first] = layout(3, 1280, 720)
    expect(third!.left - first!.left).toBe(second!.left - third!.left)
  })

  test('nothing is placed where there is no room, or nobody', () => {
    expect(layout(0, 1280, 720)).toEqual([])
    expect(layout(3, 0, 720)).toEqual([])
  })

  test('they are of one size, lie inside, and do not touch', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 25 }), area.width, area.height, (count, width, height) => {
        const rects = layout(count, width, height)
        expect(rects).toHaveLength(count)
        expect(new Set(rects.map((rect) => `${rect.width}x${rect.height}`)).size).toBe(1)
        expectApartAndInside(rects, width, height)
      }),
    )
  })

  test('no other number of columns would leave less empty', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 25 }), area.width, area.height, (count, width, height) => {
        const chosen = layout(count, width, height)[0]!.width
        for (let columns = 1; columns <= count; columns++) {
          const rows = Math.ceil(count / columns)
          const possible = Math.min((width - 8 * (columns - 1)) / columns, ((height - 8 * (rows - 1)) / rows) * (16 / 9))
          expect(chosen).toBeGreaterThanOrEqual(Math.floor(possible))
        }
      }),
    )
  })
})

describe('a shared screen', () => {
  test('is larger than anybody, with people to the right in a wide area and below in a high one', () => {
    const wide = stageLayout(1, 6, 1280, 700)
    expect(wide.people[0]!.left).toBeGreaterThanOrEqual(wide.screens[0]!.left + wide.screens[0]!.width)
    const high = stageLayout(1, 6, 360, 600)
    expect(high.people[0]!.top).toBeGreaterThanOrEqual(high.screens[0]!.top + high.screens[0]!.height)
    for (const { screens, people } of [wide, high]) expect(screens[0]!.width).toBeGreaterThan(2 * people[0]!.width)
  })

  test('leaves everybody a place, and covers nobody', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 12 }),
        area.width,
        area.height,
        (screens, people, width, height) => {
          const stage = stageLayout(screens, people, width, height)
          expect(stage.screens).toHaveLength(screens)
          expect(stage.people).toHaveLength(people)
          expectApartAndInside([...stage.screens, ...stage.people], width, height)
        },
      ),
    )
  })
})
