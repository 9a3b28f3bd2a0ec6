import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/**
 * OWASP's figures for scrypt (Password Storage Cheat Sheet): N = 2^15, r = 8, p = 3. 32 MB for each check, so they are done one
 * after the other.
 */
const COST = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 2 ** 20 }
const KEY_BYTES = 32
const SALT_BYTES = 16

let last: Promise<unknown> = Promise.resolve()

/** What is stored of a password. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  return `scrypt$${salt.toString('base64url')}$${(await derive(password, salt)).toString('base64url')}`
}

/** Whether a password is the one that was hashed. It takes the same time for every wrong one. */
export async function isPassword(password: string, stored: string): Promise<boolean> {
  const [, salt = '', key = ''] = stored.split('$')
  return timingSafeEqual(Buffer.from(key, 'base64url'), await derive(password, Buffer.from(salt, 'base64url')))
}

function derive(password: string, salt: Buffer): Promise<Buffer> {
  const turn = last.then(
    () =>
      new Promise<Buffer>((resolve, reject) =>
        // As it is composed does not matter: NFC, as in RFC 8265.
        scrypt(password.normalize('NFC'), salt, KEY_BYTES, COST, (error, key) => (error ? reject(error) : resolve(key))),
      ),
  )
  last = turn.catch(() => {})
  return turn
}
