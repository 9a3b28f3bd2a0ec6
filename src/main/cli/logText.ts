/** The log for people: a line for each entry. */
import { pino } from 'pino'
import { z } from 'zod'

/** What pino writes, without `base`. */
const Entry = z.looseObject({ level: z.number(), time: z.number(), msg: z.string().default('') })

/** Where a log goes: stderr, as pino writes it or as text. */
export function logTo(format: 'json' | 'text'): pino.DestinationStream {
  const stderr = pino.destination({ dest: 2, sync: true })
  return format === 'json' ? stderr : { write: (line) => void stderr.write(textOf(line)) }
}

/** `TIME LEVEL MESSAGE key=value …`, the time as ISO 8601. What is none of pino's lines stays as it is. */
export function textOf(line: string): string {
  const entry = Entry.safeParse(readJson(line))
  if (!entry.success) return line
  const { level, time, msg, ...about } = entry.data
  const label = (pino.levels.labels[level] ?? `${level}`).toUpperCase().padEnd(5)
  const fields = Object.entries(about).map(([name, value]) => `${name}=${valueText(name === 'err' ? errorText(value) : value)}`)
  return `${[new Date(time).toISOString(), label, msg, ...fields].join(' ')}\n`
}

/** An error with its causes is in its stack. */
function errorText(error: unknown): unknown {
  const stack = z.object({ stack: z.string() }).safeParse(error)
  return stack.success ? stack.data.stack : error
}

/** In quotes where it would not be one word, so that an entry stays one line. */
function valueText(value: unknown): string {
  return typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}
