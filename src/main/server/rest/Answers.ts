import { createHash } from 'node:crypto'
import { createMiddleware } from 'hono/factory'
import { AppError } from '../../../shared/errors.ts'
import type { KeyEnv } from './access.ts'

/** How long an answer is kept for a repeat of its request, in ms. */
const KEPT_MS = 24 * 3_600_000
/** Answers that are kept at most; the oldest go. */
const MOST = 10_000

interface Kept {
  bodyHash: string
  at: number
  answer: Promise<Answer | null>
}

interface Answer {
  status: number
  headers: [string, string][]
  body: ArrayBuffer
}

/**
 * Answers to POSTs with an `Idempotency-Key`: a repeat gets the first one's answer, also while that is still on its way, and nothing
 * is done twice. They are kept in memory, so a restart forgets them.
 */
export function answersOnce() {
  const answers = new Map<string, Kept>()
  return createMiddleware<KeyEnv>(async (c, next) => {
    const key = c.req.header('idempotency-key')
    if (c.req.method !== 'POST' || key === undefined) return next()
    if (key.length === 0 || key.length > 255)
      throw new AppError('badRequest', 'An Idempotency-Key has 1 to 255 characters', { details: { path: 'Idempotency-Key' } })
    const slot = JSON.stringify([c.get('caller').keyId, c.req.path, key])
    const bodyHash = createHash('sha256')
      .update(new Uint8Array(await c.req.arrayBuffer()))
      .digest('base64url')
    const before = answers.get(slot)
    if (before && before.at > Date.now() - KEPT_MS) {
      if (before.bodyHash !== bodyHash) throw new AppError('keyReused', 'That Idempotency-Key was used for another request')
      const answer = await before.answer
      if (answer)
        return new Response(answer.body, {
          status: answer.status,
          headers: [...answer.headers, ['Idempotency-Replayed', 'true']],
        })
    }
    const { promise, resolve } = Promise.withResolvers<Answer | null>()
    answers.delete(slot)
    answers.set(slot, { bodyHash, at: Date.now(), answer: promise })
    for (const oldest of answers.keys()) {
      if (answers.size <= MOST) break
      answers.delete(oldest)
    }
    try {
      await next()
      const { status, headers } = c.res
      // What failed on our side may work the next time.
      if (status < 500) return resolve({ status, headers: [...headers], body: await c.res.clone().arrayBuffer() })
    } catch (error) {
      forget()
      throw error
    }
    forget()

    function forget() {
      answers.delete(slot)
      resolve(null)
    }
  })
}
