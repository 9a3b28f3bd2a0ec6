import { mkdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { pino, type Logger } from 'pino'
import { createStream } from 'rotating-file-stream'

/** The app's log: five files of 2 MB at most in the given folder. Names, texts and secrets do not go in. */
export function openLog(folder: string): Logger {
  try {
    mkdirSync(folder, { recursive: true })
  } catch {
    return pino({ level: 'silent' })
  }
  const file = createStream('lanyard.log', { path: folder, size: '2M', maxFiles: 5 })
  // A disk that is full must not take the app along.
  file.on('error', () => {})
  return pino({ level: 'info', base: null }, file)
}

/** Writes a process's lines into the log: those of pino as they are, others as text. */
export function takeLines(log: Logger, from: NodeJS.ReadableStream | null): void {
  if (!from) return
  createInterface({ input: from }).on('line', (line) => {
    const known = parse(line)
    if (known) log[levelOf(known['level'])]({ ...known, level: undefined, time: undefined, part: 'server' })
    else log.warn({ part: 'server' }, line.slice(0, 2_000))
  })
}

function parse(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

/** pino's numbers (https://getpino.io): 50 is an error, 40 a warning. */
const levelOf = (level: unknown) => (Number(level) >= 50 ? 'error' : Number(level) >= 40 ? 'warn' : 'info')
