import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Client, hostRoom } from '../support/Client.ts'
import { serveToEnd } from '../support/serve.ts'
import { startProcess, temporaryDirectory } from '../support/server.ts'

test('it says in one line of JSON that it is ready, and logs to stderr', async () => {
  const dataDir = await temporaryDirectory()
  const server = await startProcess(dataDir)
  expect(server.ready).toMatchObject({ ready: true, fingerprint: null, protocol: 1, dataDir, pid: server.pid })
  expect(server.ready.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect(server.ready.urls).toContain(server.ready.url)
  expect(await (await fetch(`${server.ready.url}/healthz`)).json()).toMatchObject({ status: 'ok' })
  expect(readdirSync(dataDir)).toEqual(expect.arrayContaining(['lanyard.db', 'keys', 'files', 'backups', 'lock']))
  const { code, stdout } = await server.stop('SIGTERM')
  expect(code).toBe(0)
  expect(stdout.trim().split('\n')).toHaveLength(1)
})

test('a signal tells those inside, and ends it with 0, also when the signal comes twice at once', async () => {
  const server = await startProcess(await temporaryDirectory())
  const { host } = await hostRoom(server.ready.url)
  process.kill(server.pid, 'SIGINT')
  process.kill(server.pid, 'SIGINT')
  expect(await host.take('roomClosed')).toMatchObject({ reason: 'shutdown' })
  expect((await server.ended).code).toBe(0)
})

test('one server for each directory: the second says so and ends with 1, and a killed one leaves no lock behind', async () => {
  const dataDir = await temporaryDirectory()
  const first = await startProcess(dataDir)
  const second = await serveToEnd(['--port', '0', '--data-dir', dataDir])
  expect(second).toMatchObject({ code: 1, stdout: '' })
  expect(second.stderr).toContain(`Another server is using ${dataDir}`)
  await first.stop('SIGKILL')
  const third = await startProcess(dataDir)
  await Client.connect(third.ready.url)
})

test('a port in use is named, with the flag that helps', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => taken.once('listening', resolve))
  const { port } = taken.address() as AddressInfo
  const { code, stderr } = await serveToEnd(['--port', `${port}`, '--data-dir', await temporaryDirectory()])
  taken.close()
  expect(code).toBe(1)
  expect(stderr).toMatch(new RegExp(`Port ${port} is in use( by [^;]+)?; choose another with --port`))
})

test('a data directory that cannot be had is named, and ends it with 1', async () => {
  for (const dataDir of ['/proc/lanyard', '/dev/null/lanyard', '/dev/null']) {
    const { code, stdout, stderr } = await serveToEnd(['--port', '0', '--data-dir', dataDir])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(`data directory ${dataDir} cannot be`)
  }
})

test('a wrong call ends with 2 and says what is wrong', async () => {
  for (const [args, said] of [
    [['--port', 'many'], 'whole number'],
    [['--rtc-port-range', '9-1'], 'two ports'],
    [['--name', ''], 'Give a name'],
    [['--name', '\u2800'], 'Give a name'],
    [['--announce-ip', '10.0.0.1,here'], 'Give an IP address'],
    [['--no-such-flag'], '--no-such-flag'],
  ] as const) {
    const { code, stderr } = await serveToEnd([...args])
    expect(code).toBe(2)
    expect(stderr).toContain(said)
  }
})
