/** What the server does for whoever looks for the fault of a network: little, seldom, and for them alone. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { request } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { expect, onTestFinished, test } from 'vitest'
import { bindingRequest, isSuccess } from '../../src/main/lan/doctor/stun.ts'
import { MediaTrial } from '../../src/main/lan/doctor/echo.ts'
import { Echo } from '../../src/main/server/Echo.ts'
import { startServer } from '../support/server.ts'

async function ask(url: string, method: 'GET' | 'POST', path: string, { body = {}, headers = {} } = {}) {
  const request =
    method === 'POST' ? { method, body: JSON.stringify(body), headers: { 'Content-Type': 'application/json', ...headers } } : {}
  const answer = await fetch(`${url}/api/doctor${path}`, request)
  return { status: answer.status, said: (await answer.json()) as Record<string, unknown> }
}

const tryMedia = async (url: string) => MediaTrial.parse((await ask(url, 'POST', '/media')).said)

/** Whether a media port answers a Binding request within a second. */
async function answersBinding({ candidates, usernameFragment, password }: MediaTrial): Promise<boolean> {
  const { port, address } = candidates.find(({ protocol }) => protocol === 'udp')!
  const socket = createSocket('udp4')
  const request = bindingRequest(usernameFragment, password)
  const answered = once(socket, 'message', { signal: AbortSignal.timeout(1_000) }).then(
    ([message]) => isSuccess(message as Buffer, request, password),
    () => false,
  )
  socket.send(request.bytes, port, address)
  const result = await answered
  socket.close()
  return result
}

test('it says its time, and where it sees the asker', async () => {
  const { url } = await startServer()
  const { said } = await ask(url, 'GET', '')
  expect(said).toEqual({ now: expect.any(Number), isDiscoverable: false, seenAt: '127.0.0.1' })
  expect(Math.abs((said['now'] as number) - Date.now())).toBeLessThan(5_000)
})

test('its real media port answers with the credentials of a trial, says that it has heard, and is closed after use', async () => {
  const { url } = await startServer()
  const trial = await tryMedia(url)
  expect((await ask(url, 'GET', `/media/${(await tryMedia(url)).trialId}`)).said).toEqual({ heard: false })
  expect(await answersBinding({ ...trial, password: 'wrong' })).toBe(false)
  expect(await answersBinding(trial)).toBe(true)
  expect((await ask(url, 'GET', `/media/${trial.trialId}`)).said).toEqual({ heard: true })
  expect(await answersBinding(trial)).toBe(false)
  expect((await ask(url, 'GET', `/media/${trial.trialId}`)).said).toEqual({ heard: false })
})

test('few transports are there at once, and none starts a worker', async () => {
  const server = await startServer({ maxWorkers: 2 })
  const { port, workerPids } = server
  /** The status of a trial that someone asks for. */
  const tryFrom = (localAddress: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, localAddress, path: '/api/doctor/media', method: 'POST' }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      asked.once('error', reject).end()
    })
  const trials = await Promise.all(Array.from({ length: 4 }, () => tryMedia(server.url)))
  const { status, said } = await ask(server.url, 'POST', '/media')
  expect({ status, code: said['code'] }).toEqual({ status: 429, code: 'rateLimited' })
  // One who takes all that one can leaves some to others, until all together have what there is.
  const others = await Promise.all(Array.from({ length: 6 }, (_, i) => tryFrom(`127.0.0.${i + 10}`)))
  expect(others.filter((answer) => answer === 200)).toHaveLength(4)
  expect(workerPids).toHaveLength(1)
  await ask(server.url, 'GET', `/media/${trials[0]!.trialId}`)
  await tryMedia(server.url)
})

test('one network that asks very much is told to wait', async () => {
  const { url } = await startServer()
  const answers = await Promise.all(Array.from({ length: 200 }, () => ask(url, 'GET', '')))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(180)
  expect(answers.find(({ status }) => status === 429)?.said).toMatchObject({ code: 'rateLimited' })
})

test('it connects to nobody on its own computer, nor to a proxy', async () => {
  const { url } = await startServer()
  const body = { port: 4_433, greeting: '0'.repeat(16) }
  for (const headers of [{}, { 'X-Forwarded-For': '10.77.0.2' }, { Forwarded: 'for=10.77.0.2' }])
    expect(await ask(url, 'POST', '/connection', { body, headers })).toMatchObject({ status: 403, said: { code: 'forbidden' } })
  for (const wrong of [{ ...body, port: 22 }, { ...body, port: 70_000 }, { ...body, greeting: 'hello' }, {}])
    expect(await ask(url, 'POST', '/connection', { body: wrong })).toMatchObject({ status: 400, said: { code: 'badRequest' } })
})

const lan = Object.values(networkInterfaces())
  .flatMap((all) => all ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address

test.skipIf(!lan)(
  'only a port that answers with the greeting counts as reached, so nobody learns what else listens there',
  async () => {
    const echo = new Echo({ createRouter: () => Promise.reject(new Error('none')) })
    onTestFinished(() => echo.close())
    const greeting = 'ab'.repeat(8)
    const listener = createServer((socket) => void socket.end(greeting)).listen(0, lan)
    await once(listener, 'listening')
    onTestFinished(() => void listener.close())
    const { port } = listener.address() as AddressInfo
    expect(await echo.connectBack(lan!, port, greeting)).toBe(true)
    expect(await echo.connectBack(lan!, port, 'cd'.repeat(8))).toBe(false)
    listener.close()
    expect(await echo.connectBack(lan!, port, greeting)).toBe(false)
  },
)
