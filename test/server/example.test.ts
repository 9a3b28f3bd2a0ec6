import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { startWithKeys } from '../support/api.ts'
import { startServer } from '../support/server.ts'

const file = join(import.meta.dirname, '../../examples/client.mjs')

/** The example as its readers start it. */
function start(...args: string[]) {
  const child = spawn(process.execPath, [file, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill())
  const lines: string[] = []
  const output = createInterface({ input: child.stdout })
  output.on('line', (line) => lines.push(line))
  /** The first line like that, now or later. */
  async function sees(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = lines.find((line) => pattern.test(line))
      if (found !== undefined) return found
      await once(output, 'line')
    }
  }
  return { sees, type: (text: string) => void child.stdin.write(`${text}\n`), ended: once(child, 'close') }
}

test('F23: the example client makes a room, another joins it, they write, see who is there, and leave', async () => {
  const server = await startServer()
  const ada = start(server.url, '--name', 'Ada')
  const code = (await ada.sees(/^code /)).slice(5)
  await ada.sees(/^in Room of Ada$/)
  const grace = start(server.url, '--name', 'Grace', '--room', code)
  await grace.sees(/^in Room of Ada$/)
  await ada.sees(/^\+ Grace$/)
  grace.type('Good morning')
  await ada.sees(/^Grace: Good morning$/)
  ada.type('/who')
  await ada.sees(/^Ada \(host\), Grace \(speaker\)$/)
  grace.type('/quit')
  await ada.sees(/^- Grace$/)
  expect(await grace.ended).toEqual([0, null])
  await server.close()
  await ada.sees(/^closed: shutdown$/)
  expect(await ada.ended).toEqual([0, null])
})

test('F23: a code that leads nowhere ends the example with the server’s words', async () => {
  const server = await startServer()
  const lost = start(server.url, '--room', 'ZZZZZZ')
  await lost.sees(/^roomNotFound: /)
  expect(await lost.ended).toEqual([1, null])
})

test('F23: with a token, the example needs neither a room nor a name', async () => {
  const { ask, url } = await startWithKeys()
  const { body: room } = await ask('POST', '/rooms', { name: 'Review', admission: 'lobby' })
  const { body } = await ask('POST', '/tokens', { room_id: room.id, user_name: 'Ada' })
  const ada = start(url, '--token', body.token)
  await ada.sees(/^in Review$/)
  ada.type('/who')
  await ada.sees(/^Ada \(speaker\)$/)
  await ask('DELETE', `/tokens/${body.id}`)
  await ada.sees(/^out: tokenRevoked$/)
  expect(await ada.ended).toEqual([1, null])
})

test('F23: a flag that the example does not know is named in one line', async () => {
  const child = spawn(process.execPath, [file, '--loud'], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (data: Buffer) => (said += data.toString()))
  expect(await once(child, 'close')).toEqual([2, null])
  expect(said).toMatch(/^client: .*--loud.*\n$/)
})

test('F23: the example is under 300 lines', async () => {
  expect((await readFile(file, 'utf8')).split('\n').length).toBeLessThan(300)
})
