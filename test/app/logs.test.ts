import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { takeLines } from '../../src/main/app/logs.ts'

/** What the log has of a process that writes this. */
async function logged(...chunks: string[]): Promise<Record<string, unknown>[]> {
  const written: string[] = []
  const log = pino({ base: null }, { write: (line: string) => void written.push(line) })
  const from = new PassThrough()
  takeLines(log, from)
  for (const chunk of chunks) from.write(chunk)
  from.end()
  await once(from, 'end')
  return written.map((line) => JSON.parse(line) as Record<string, unknown>)
}

test('a line of the server keeps its level, and one that is none of pino’s is kept as text', async () => {
  const lines = await logged('{"level":50,"msg":"it fa', 'iled"}\n', 'plain words\n')
  expect(lines).toMatchObject([
    { level: 50, msg: 'it failed', part: 'server' },
    { level: 40, msg: 'plain words', part: 'server' },
  ])
})

test('a flood of lines is cut off, and a line without an end is, too', async () => {
  const flood = await logged('x\n'.repeat(100_000))
  // A second may turn meanwhile.
  expect(flood.length).toBeLessThanOrEqual(2 * 200 + 1)
  const [line] = await logged(...Array.from({ length: 100 }, () => 'y'.repeat(100_000)), '\n')
  expect(String(line?.['msg'])).toHaveLength(2_000)
})
