import { STATUS_CODES } from 'node:http'
import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { AppError, errorStatus, type ErrorCode } from '../../../shared/errors.ts'
import type { Logger } from '../log.ts'

/** An error as RFC 9457 writes one, with our code. */
export const Problem = z
  .object({
    type: z.string().describe('always `about:blank`: the code says more'),
    title: z.string(),
    status: z.int(),
    code: z.string().describe('for programs; a closed list'),
    detail: z.string().describe('a sentence for people'),
    details: z.record(z.string(), z.unknown()).optional().describe('for programs: a path, a version'),
  })
  .openapi('Problem')

const TYPE = 'application/problem+json'

/** The answer that an error is. */
export function problem(c: Context, error: AppError, headers: Record<string, string> = {}): Response {
  return c.body(JSON.stringify(problemOf(error)), errorStatus[error.code] as ContentfulStatusCode, {
    'Content-Type': TYPE,
    ...(error.code === 'unauthorized' && { 'WWW-Authenticate': 'Bearer' }),
    ...headers,
  })
}

export function problemOf({ code, message, details }: AppError): z.infer<typeof Problem> {
  const status = errorStatus[code]
  return { type: 'about:blank', title: STATUS_CODES[status] ?? '', status, code, detail: message, ...(details && { details }) }
}

/** Whatever a handler has thrown, as an answer. */
export function answerError(c: Context, error: unknown, log: Logger): Response {
  const known = error instanceof HTTPException ? new AppError('badRequest', sentenceOf(error)) : AppError.from(error)
  if (known.code === 'internal') log.error({ err: known.cause, path: c.req.path }, 'a request failed')
  return problem(c, known)
}

function sentenceOf({ status, message }: HTTPException): string {
  return status === 415 ? 'Send JSON, and say so: Content-Type: application/json' : message || 'The request is wrong'
}

/** What every operation may answer: the key is not good, or its tenant is switched off. */
const everywhere = ['unauthorized', 'forbidden'] as const satisfies readonly ErrorCode[]

/** For the document: how an operation can fail. */
export function problems(...codes: ErrorCode[]): object {
  const byStatus = Map.groupBy(new Set([...codes, ...everywhere]), (code) => errorStatus[code])
  return Object.fromEntries(
    [...byStatus].map(([status, same]) => [
      status,
      { description: same.map((code) => `\`${code}\``).join(', '), content: { [TYPE]: { schema: Problem } } },
    ]),
  )
}
