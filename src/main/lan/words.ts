import { scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import type { Fingerprint } from '../../shared/fingerprint.ts'

/** Of a list of 2,048, so 11 bits each: 66 in all. */
const WORDS = 6
const BITS = 11
/** RFC 7914: 32 MB and some 0.1 s, so that whoever looks for another certificate with the same words pays this for each try. */
const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 2 ** 26 }

const derive = promisify<string, string, number, typeof COST, Buffer>(scrypt)

/**
 * Six words that stand for a certificate, for two people to compare aloud: on the screen of the host, and on that of whoever meets this server
 * for the first time. From the English list of BIP 39, whose words differ in their first four letters.
 */
export async function wordsOf(fingerprint: Fingerprint): Promise<string[]> {
  const bytes = await derive(fingerprint, 'lanyard six words 1', Math.ceil((WORDS * BITS) / 8), COST)
  const bits = BigInt(`0x${bytes.toString('hex')}`) >> BigInt(bytes.length * 8 - WORDS * BITS)
  return Array.from({ length: WORDS }, (_, i) => {
    const index = Number((bits >> BigInt((WORDS - 1 - i) * BITS)) & BigInt(2 ** BITS - 1))
    return wordlist[index]!
  })
}
