/** Lightness and chroma of all tints: light enough for dark letters on them and dark enough for the stage around. */
const LIGHTNESS = 0.76
const CHROMA = 0.075
/** Colours that can be told apart, in degrees of hue. */
const HUES = 18

/** The letters on a tint. */
export const tintInk = 'oklch(0.22 0.03 85)'

/** A person's own colour: the same for the same id, on every screen. */
export function tint(id: string): string {
  return `oklch(${LIGHTNESS} ${CHROMA} ${tintHue(id)})`
}

/** FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/), which spreads similar ids well. */
function tintHue(id: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193)
  return ((hash >>> 0) % HUES) * (360 / HUES)
}

/** The letter that stands for a person: the first character as people see it, emoji and accents whole. */
export function initial(name: string): string {
  const [first] = new Intl.Segmenter().segment(name.trim())
  return first?.segment.toUpperCase() ?? '?'
}
