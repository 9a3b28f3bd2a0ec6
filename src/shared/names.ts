/** What people, rooms and servers are called: any text of one line that can be seen, as others may have chosen it to deceive. */

/**
 * Control characters and marks that nobody sees or that turn text around, with which a name could pose as another one. Joiners stay,
 * because emoji and many scripts are written with them, and so do the tags of flags.
 */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}]|(?!\u200c|\u200d|[\u{e0020}-\u{e007f}])\p{Cf}/gu
/** What is drawn as nothing, alone or at all, by the properties of Unicode (UAX #44); and the Braille pattern without a dot. */
const BLANK = /[\p{Default_Ignorable_Code_Point}\u2800]/gu

/** Without what deceives, and without spaces around it. */
export const oneLine = (text: string): string => text.toWellFormed().replace(UNSEEN, ' ').trim()

export const canBeSeen = (text: string): boolean => skeletonOf(text) !== ''

/** Equal for names that look the same but for what is not drawn, and for capitals: to tell namesakes apart, and never to be shown. */
export function skeletonOf(name: string): string {
  return name.normalize('NFKC').replace(BLANK, '').replace(/\s+/g, ' ').trim().toLowerCase()
}
