import type { Context } from 'hono'
import type { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'

/** What was sent, parsed. Throws `badRequest`, with the path of what is wrong. */
export async function bodyOf<S extends z.ZodType>(c: Context, schema: S): Promise<z.output<S>> {
  const body = await c.req.json<unknown>().catch((cause: unknown) => {
    throw new AppError('badRequest', 'Send JSON', { cause })
  })
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const path = issue?.path.join('.') ?? ''
  throw new AppError('badRequest', `${path ? `${path}: ` : ''}${issue?.message ?? 'wrong'}`, { details: { path } })
}
