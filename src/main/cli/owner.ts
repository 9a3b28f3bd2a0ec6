import { z } from 'zod'
import { AppError, isErrorCode } from '../../shared/errors.ts'
import { asOwner, StartError, type Ask, type Asked } from '../server/index.ts'
import type { OwnerOptions } from './options.ts'
import { fail } from './output.ts'

const Problem = z.object({
  code: z.string().refine(isErrorCode),
  detail: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
})

/** The server's side of a command, whether a server runs or not. What it answers is parsed; what it refuses is thrown as an AppError. */
export class Owner {
  readonly #ask: Ask

  constructor(ask: Ask) {
    this.#ask = ask
  }

  async get<S extends z.ZodType>(path: string, schema: S, asked?: Asked): Promise<z.output<S>> {
    return schema.parse(await (await this.request('GET', path, asked)).json())
  }

  async post<S extends z.ZodType>(path: string, schema: S, asked: Asked): Promise<z.output<S>> {
    return schema.parse(await (await this.request('POST', path, asked)).json())
  }

  async request(method: string, path: string, asked?: Asked): Promise<Response> {
    const answer = await this.#ask(method, path, asked)
    if (answer.ok) return answer
    const problem = Problem.safeParse(await answer.json().catch(() => null))
    if (!problem.success) throw new AppError('internal', `The server has answered with ${answer.status}`)
    const { code, detail, details } = problem.data
    throw new AppError(code, detail, details && { details })
  }
}

/** Runs what a command asks of the server; a failure ends the program with a sentence. `mayMake`: in a directory that is still empty, too. */
export async function owning<T>(
  { dataDir }: Pick<OwnerOptions, 'dataDir'>,
  act: (owner: Owner) => Promise<T>,
  how: { mayMake?: boolean } = {},
): Promise<T> {
  try {
    return await asOwner(dataDir, (ask) => act(new Owner(ask)), how)
  } catch (error) {
    return failBy(error)
  }
}

/** Ends the program with what an expected error says; any other is a defect, and thrown. */
export function failBy(error: unknown): never {
  if (error instanceof StartError) return fail(error.message, error.hint)
  if (error instanceof AppError && error.code !== 'internal')
    return fail(error.message, null, error.code === 'badRequest' ? 2 : 1)
  throw error
}

/** A part of a path. */
export const part = (text: string) => encodeURIComponent(text)
