/** SHA-256 of a server's certificate: what a server is known by. */
import { z } from 'zod'

/** 64 lower-case hexadecimal digits. */
export const Fingerprint = z.string().regex(/^[0-9a-f]{64}$/)
export type Fingerprint = z.infer<typeof Fingerprint>

/** Reads one with or without colons, in either case. Null where it is none. */
export function parseFingerprint(text: string): Fingerprint | null {
  return Fingerprint.safeParse(text.trim().replaceAll(':', '').toLowerCase()).data ?? null
}

/** As browsers show it: `AA:BB:…`. */
export function formatFingerprint(fingerprint: Fingerprint): string {
  return (fingerprint.match(/../g) ?? []).join(':').toUpperCase()
}
