/**
 * Join codes: six characters of Crockford's base 32 (https://www.crockford.com/base32.html), which leaves out I, L, O and
 * U so that a code survives being read aloud. A code says where a room is; it is no secret.
 */

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LENGTH = 6

/** A new code from random bytes. 256 is a multiple of 32, so every character is equally likely. */
export function makeJoinCode(randomBytes: (count: number) => Uint8Array): string {
  return Array.from(randomBytes(LENGTH), (byte) => ALPHABET.charAt(byte % ALPHABET.length)).join('')
}

/**
 * Reads a code as people type it: any case, dashes and spaces anywhere, O for 0, I and L for 1.
 * Null where it cannot be one.
 */
export function parseJoinCode(text: string): string | null {
  if (text.length > 64) return null
  const code = text
    .toUpperCase()
    .replace(/[\s\p{Pd}]/gu, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')
  return /^[0-9A-HJKMNP-TV-Z]{6}$/.test(code) ? code : null
}

/** `ABC123` as it is shown: `ABC-123`. */
export function formatJoinCode(code: string): string {
  return `${code.slice(0, 3)}-${code.slice(3)}`
}
