import { createHash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'

/** The tenant of all who come without a key. */
export const LOCAL = 'local'

/** 128 random bits, url-safe: ids of rooms, seats, sessions, connections. None begins with a dash, as an option of a command does. */
export function randomId(): string {
  const id = randomBytes(16).toString('base64url')
  return id.startsWith('-') ? randomId() : id
}

/** 256 random bits, url-safe: a credential. Only its hash is kept. */
export const randomSecret = () => randomBytes(32).toString('base64url')

/** What is stored of a credential. Plain SHA-256 is enough for 256 random bits; passwords need more. */
export const hashSecret = (secret: string) => createHash('sha256').update(secret).digest('base64url')

/** The person behind a device's secret: the same each time, for one tenant, and telling nothing of the secret. */
export const userIdOf = (tenantId: string, deviceSecret: string) =>
  createHash('sha256').update(`lanyard user\0${tenantId}\0${deviceSecret}`).digest().subarray(0, 16).toString('base64url')

/** A key for one purpose out of the server's master key (HKDF, RFC 5869, with SHA-256). 256 bits, url-safe. */
export const deriveKey = (masterKey: Uint8Array, purpose: string) =>
  Buffer.from(hkdfSync('sha256', masterKey, '', purpose, 32)).toString('base64url')

/** Compares without telling by its duration where two secrets differ. */
export const sameSecret = (a: string, b: string) => timingSafeEqual(Buffer.from(hashSecret(a)), Buffer.from(hashSecret(b)))
