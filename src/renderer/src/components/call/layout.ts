/** A place on the stage, in CSS pixels. */
export interface Rect {
  left: number
  top: number
  width: number
  height: number
}

export interface LayoutOptions {
  gap?: number
  /** Width by height of a tile. */
  ratio?: number
  /** No tile gets wider. */
  maxWidth?: number
}

/**
 * Places `count` equal tiles in an area so that the least space stays empty: of all numbers of columns, the one with the largest
 * tiles. The whole is centred, and so is a last row that is not full.
 */
export function layout(count: number, width: number, height: number, options: LayoutOptions = {}): Rect[] {
  const { gap = 8, ratio = 16 / 9, maxWidth = Infinity } = options
  if (count < 1 || width <= 0 || height <= 0) return []

  let columns = 1
  let tile = 0
  for (let candidate = 1; candidate <= count; candidate++) {
    const rows = Math.ceil(count / candidate)
    const widest = (width - gap * (candidate - 1)) / candidate
    const highest = (height - gap * (rows - 1)) / rows
    const fitting = Math.min(widest, highest * ratio, maxWidth)
    if (fitting > tile) {
      tile = fitting
      columns = candidate
    }
  }

  // Whole pixels, so that no edge is blurred.
  const tileWidth = Math.floor(tile)
  const tileHeight = Math.floor(tile / ratio)
  const rows = Math.ceil(count / columns)
  const top = Math.floor((height - rows * tileHeight - (rows - 1) * gap) / 2)
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns)
    const inRow = row < rows - 1 ? columns : count - row * columns
    const left = Math.floor((width - inRow * tileWidth - (inRow - 1) * gap) / 2)
    return {
      left: left + (index - row * columns) * (tileWidth + gap),
      top: top + row * (tileHeight + gap),
      width: tileWidth,
      height: tileHeight,
    }
  })
}

/** The least part of the longer side that people get beside a screen, and its bounds in CSS pixels. */
const STRIP = 0.2
const STRIP_MIN = 96
const STRIP_MAX = 260
/** No larger are people beside a screen. */
const PERSON_MAX_WIDTH = 320

export interface StageLayout {
  screens: Rect[]
  people: Rect[]
}

/** Screens large; people in what they leave, to the right of them in a wide area, below in a high one. */
export function stageLayout(screens: number, people: number, width: number, height: number, gap = 8): StageLayout {
  if (screens === 0) return { screens: [], people: layout(people, width, height, { gap }) }
  const isWide = width >= height * 1.2
  const longer = isWide ? width : height
  const strip = people === 0 ? 0 : Math.min(Math.max(longer * STRIP, STRIP_MIN), STRIP_MAX) + gap
  const largest = layout(screens, isWide ? width - strip : width, isWide ? height : height - strip, { gap })
  const main = people === 0 ? longer : extent(largest, isWide)
  const rest = longer - main - gap
  const offset = isWide ? { left: main + gap, top: 0 } : { left: 0, top: main + gap }
  const beside = layout(people, isWide ? rest : width, isWide ? height : rest, { gap, maxWidth: PERSON_MAX_WIDTH })
  return {
    screens: layout(screens, isWide ? main : width, isWide ? height : main, { gap }),
    people: beside.map((rect) => ({ ...rect, left: rect.left + offset.left, top: rect.top + offset.top })),
  }
}

/** How wide, or how high, tiles are together. */
function extent(rects: readonly Rect[], isWide: boolean): number {
  const from = rects.map(({ left, top }) => (isWide ? left : top))
  const to = rects.map(({ left, top, width, height }) => (isWide ? left + width : top + height))
  return Math.max(...to) - Math.min(...from)
}
