/** The options that several commands have, and how their values are read. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { InvalidArgumentError, Option } from 'commander'
import type { z } from 'zod'
import { ServerConfig, TenantId } from '../server/index.ts'

/** What every command that looks after a server's data takes. */
export interface OwnerOptions {
  dataDir: string
  json?: boolean
}

export interface TenantOptions extends OwnerOptions {
  tenant: string
}

type Environment = Record<string, string | undefined>

/** The options of all, for a program that runs in that environment. */
export class CommonOptions {
  readonly #defaultDataDir: string

  constructor(environment: Environment) {
    this.#defaultDataDir = defaultDataDir(environment)
  }

  dataDir(): Option {
    return new Option('--data-dir <folder>', 'where rooms, messages and keys are kept')
      .env('LANYARD_DATA_DIR')
      .argParser(read(ServerConfig.shape.dataDir))
      .default(this.#defaultDataDir)
  }

  json(): Option {
    return new Option('--json', 'print one JSON object')
  }

  tenant(): Option {
    return new Option('--tenant <id>', 'whose rooms are meant').argParser(read(TenantId)).default('local')
  }
}

/** Parsed as the server does: a wrong value is a wrong call, and named before anything starts. */
export function read<T>(schema: z.ZodType<T>) {
  return (value: unknown): T => {
    const parsed = schema.safeParse(value)
    if (!parsed.success) throw new InvalidArgumentError(`${parsed.error.issues[0]?.message ?? 'It is wrong'}.`)
    return parsed.data
  }
}

/** Given several times, or once with commas. */
export function list(schema: z.ZodType<string[]>) {
  return (value: string, before: string[] = []) => read(schema)([...before, ...value.split(',').map((part) => part.trim())])
}

export function wholeNumber(min: number, max: number) {
  return (text: string) => {
    const number = Number(text)
    if (!/^\d+$/.test(text) || number < min || number > max)
      throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`)
    return number
  }
}

export function portRange(text: string): { min: number; max: number } {
  const [, min, max = min] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? []
  const range = { min: Number(min), max: Number(max) }
  if (!(range.min >= 1 && range.min <= range.max && range.max <= 65_535))
    throw new InvalidArgumentError('Give two ports, as 44400-44499.')
  return range
}

/** Where the system keeps a user's data. */
function defaultDataDir(environment: Environment): string {
  switch (process.platform) {
    case 'win32':
      return join(environment['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'Lanyard', 'server')
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support', 'Lanyard', 'server')
    default:
      return join(environment['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'lanyard', 'server')
  }
}
