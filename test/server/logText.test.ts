import { pino } from 'pino'
import { expect, test } from 'vitest'
import { textOf } from '../../src/main/cli/logText.ts'
import { serve, serveToEnd } from '../support/serve.ts'
import { temporaryDirectory } from '../support/server.ts'

/** What one entry looks like as text. */
function text(write: (log: pino.Logger) => void): string {
  let line = ''
  write(pino({ level: 'debug', base: null }, { write: (written) => void (line = written) }))
  return textOf(line)
}

test('an entry is one line: when, how grave, what, and what it is about', () => {
  const line = text((log) => log.warn({ port: 4433, room: 'a1', why: 'no "good" reason', list: [1, 2] }, 'a port is taken'))
  expect(line).toMatch(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z WARN {2}a port is taken port=4433 room=a1 why="no \\"good\\" reason" list=\[1,2\]\n$/,
  )
})

test('an error comes with its stack and its cause, still on one line', () => {
  const line = text((log) => log.error({ err: new Error('outer', { cause: new Error('inner') }) }, 'it failed'))
  expect(line).toMatch(/ ERROR it failed err="Error: outer\\n .*logText\.test.*caused by: Error: inner.*"\n$/)
  expect(line.trimEnd()).not.toContain('\n')
})

test('what is no entry stays as it is', () => {
  for (const line of ['plain words\n', '{"half":', '[]\n', '']) expect(textOf(line)).toBe(line)
})

test('the server logs text where it is told to, and another format is a wrong call', async () => {
  const wrong = await serveToEnd(['--log-format', 'xml'])
  expect(wrong.code).toBe(2)
  const server = await serve(await temporaryDirectory(), { flags: ['--log-format', 'text'] })
  const { stderr } = await server.stop('SIGTERM')
  expect(stderr).toMatch(/^\S+Z INFO {2}media worker started pid=\d+ port=\d+$/m)
})
