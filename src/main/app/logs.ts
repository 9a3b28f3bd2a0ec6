import { mkdirSync } from 'node:fs'
import { pino, type Logger } from 'pino'
import { createStream } from 'rotating-file-stream'

/** The app's log: five files of 2 MB at most in the given folder. Names, texts and secrets do not go in. */
export function openLog(folder: string): Logger {
  try {
    mkdirSync(folder, { recursive: true })
  } catch {
    return pino({ level: 'silent' })
  }
  const file = createStream('lanyard.log', { path: folder, size: '2M', maxFiles: 4 })
  // A disk that is full must not take the app along.
  file.on('error', () => {})
  return pino({ level: 'info', base: null }, file)
}

/** Lines of a process that are taken in a second; of more than that the number is. */
const MOST_LINES = 200
/** Characters of a line. */
const LONGEST_LINE = 16_384

/** Writes a process's lines into the log: those of pino as they are, others as text. A flood costs neither memory nor time. */
export function takeLines(log: Logger, from: NodeJS.ReadableStream | null): void {
  if (!from) return
  let rest = ''
  let second = 0
  let taken = 0
  let dropped = 0

  function take(line: string): void {
    const now = Math.floor(performance.now() / 1_000)
    if (now !== second) {
      if (dropped > 0) log.warn({ part: 'server', dropped }, 'lines were left out, because there were too many')
      second = now
      taken = dropped = 0
    }
    if (taken >= MOST_LINES) {
      dropped += 1
      return
    }
    taken += 1
    const known = parse(line)
    if (known) log[levelOf(known['level'])]({ ...known, level: undefined, time: undefined, part: 'server' })
    else log.warn({ part: 'server' }, line.slice(0, 2_000))
  }

  from.setEncoding('utf8')
  from.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()!.slice(0, LONGEST_LINE)
    for (const line of lines) take(line.slice(0, LONGEST_LINE))
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
