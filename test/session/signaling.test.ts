import { expect, onTestFinished, test } from 'vitest'
import { MAX_IN_FLIGHT, PROTOCOL_VERSION, type Welcome } from '../../src/shared/protocol.ts'
import { Signaling } from '../../src/client/Signaling.ts'
import { misbehave, refusing } from '../support/misbehave.ts'
import { startServer } from '../support/server.ts'
import { until } from '../support/until.ts'

const welcome: Welcome = {
  connectionId: 'connection',
  protocol: PROTOCOL_VERSION,
  userId: 'user',
  features: {},
  server: { id: 'server', name: 'Test', version: '0.0.0', fingerprint: null, words: null, urls: [] },
  resume: 'credential',
  resumed: null,
}

function connect(url: string): Signaling {
  const signaling = new Signaling({ url })
  onTestFinished(() => signaling.close())
  return signaling
}

test('asks the real server, and throws its errors as what they are', async () => {
  const { url } = await startServer()
  const signaling = connect(url)
  expect(signaling.state).toEqual({ status: 'connecting' })
  const { server } = await signaling.ready()
  expect(server.version).toMatch(/^\d/)
  expect(await signaling.request('listRooms', {})).toEqual({ rooms: [], cursor: null })
  await expect(signaling.request('findRoom', { roomId: 'nowhere' })).rejects.toMatchObject({
    name: 'AppError',
    code: 'roomNotFound',
  })
})

test('never has more requests under way than the server takes, and loses none', async () => {
  let atOnce = 0
  let most = 0
  const { url } = await misbehave({
    greet: (socket) => {
      socket.on('leaveRoom', (_: unknown, answer: (result: unknown) => void) => {
        most = Math.max(most, ++atOnce)
        setImmediate(() => {
          atOnce -= 1
          answer({ ok: true, value: {} })
        })
      })
      socket.emit('welcome', welcome)
    },
  })
  const signaling = connect(url)
  await signaling.ready()
  await Promise.all(Array.from({ length: 300 }, () => signaling.request('leaveRoom', {})))
  expect(most).toBeLessThanOrEqual(MAX_IN_FLIGHT)
  expect(most).toBeGreaterThan(1)
})

test('a lost connection ends every request at once, those that wait for their turn, too', async () => {
  const { io, url } = await misbehave({ greet: (socket) => socket.emit('welcome', welcome) })
  const signaling = connect(url)
  await signaling.ready()
  const requests = Promise.allSettled(Array.from({ length: 100 }, () => signaling.request('leaveRoom', {})))
  for (const socket of io.sockets.sockets.values()) socket.conn.close()
  const codes = (await requests).map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : 'answered'))
  expect(new Set(codes)).toEqual(new Set(['disconnected']))
  await expect(signaling.request('leaveRoom', {})).rejects.toMatchObject({ code: 'disconnected' })
  await until(signaling, () => signaling.state.status === 'connected')
})

test('comes back by itself with the latest credential, and without it once the seat is forgotten', async () => {
  const credentials: unknown[] = []
  const { io, url } = await misbehave({
    greet: (socket) => {
      credentials.push(socket.handshake.auth['resume'])
      socket.emit('welcome', { ...welcome, resume: `credential ${credentials.length}` })
    },
  })
  const signaling = connect(url)
  for (const forget of [false, false, true]) {
    await until(signaling, () => signaling.state.status === 'connected')
    if (forget) signaling.forgetSeat()
    for (const socket of io.sockets.sockets.values()) socket.conn.close()
    await until(signaling, () => signaling.state.status === 'waiting')
  }
  await until(signaling, () => signaling.state.status === 'connected')
  expect(credentials).toEqual([undefined, 'credential 1', 'credential 2', undefined])
})

test('says when it will try again, and tries at once when it is woken', async () => {
  const { url, io } = await misbehave({ greet: (socket) => socket.emit('welcome', welcome) })
  const signaling = connect(url)
  await signaling.ready()
  for (const socket of io.sockets.sockets.values()) socket.conn.close()
  const retryAt = await until(signaling, () => signaling.state.status === 'waiting' && signaling.state.retryAt)
  expect(retryAt).toBeGreaterThan(Date.now())
  signaling.wake()
  expect(signaling.state.status).toBe('connecting')
  await signaling.ready()
})

test('a refusal for the moment is not the last word', async () => {
  let attempts = 0
  const { url } = await misbehave({
    greet: (socket) => socket.emit('welcome', welcome),
    setUp: (io) =>
      io.use((_, next) => {
        attempts += 1
        if (attempts > 1) return next()
        next(Object.assign(new Error('refused'), { data: { code: 'storeUnavailable', message: 'The disk is full' } }))
      }),
  })
  const signaling = connect(url)
  await until(signaling, () => signaling.state.status === 'connected')
  expect(attempts).toBe(2)
})

test('a refusal for good is', async () => {
  const { url } = await misbehave({ setUp: refusing({ code: 'upgradeRequired', message: 'Update the older one' }) })
  const signaling = connect(url)
  await expect(signaling.ready()).rejects.toMatchObject({ code: 'upgradeRequired' })
  expect(signaling.state).toMatchObject({ status: 'refused', error: { message: 'Update the older one' } })
  await expect(signaling.ready()).rejects.toMatchObject({ code: 'upgradeRequired' })
})

test('a server that speaks another version is refused, even where it lets us in', async () => {
  const { url } = await misbehave({ greet: (socket) => socket.emit('welcome', { ...welcome, protocol: PROTOCOL_VERSION + 1 }) })
  await expect(connect(url).ready()).rejects.toMatchObject({ code: 'upgradeRequired' })
})

test('answers and notifications that cannot be understood do no harm', async () => {
  const garbled = [undefined, 7, { ok: true }, { ok: true, value: 3 }, { ok: false }, { ok: false, error: { code: 'roomFull' } }]
  const { url } = await misbehave({
    greet: (socket) => {
      socket.on('listRooms', (_: unknown, answer: (result: unknown) => void) => answer(garbled.shift()))
      socket.on('leaveRoom', (_: unknown, answer: (result: unknown) => void) =>
        answer({ ok: false, error: { code: 'ofTheFuture', message: 'Not now' } }),
      )
      socket.emit('welcome', welcome)
      socket.emit('peerLeft', { peerId: 7 })
      socket.emit('peerLeft', { peerId: 'ben', reason: 'left', revision: { epoch: 'first', number: 1 } })
    },
  })
  const signaling = connect(url)
  const left = signaling.once('peerLeft')
  await signaling.ready()
  while (garbled.length > 0) await expect(signaling.request('listRooms', {})).rejects.toMatchObject({ code: 'internal' })
  await expect(signaling.request('leaveRoom', {})).rejects.toMatchObject({ code: 'internal', message: 'Not now' })
  expect(await left).toMatchObject([{ peerId: 'ben' }])
})

test('a closed one asks nothing, hears nothing and does not come back', async () => {
  const ended = Promise.withResolvers<string>()
  const { url } = await misbehave({
    greet: (socket) => {
      socket.on('disconnect', ended.resolve)
      socket.emit('welcome', welcome)
    },
  })
  const signaling = connect(url)
  await signaling.ready()
  const pending = signaling.request('leaveRoom', {})
  signaling.close()
  signaling.close()
  await expect(pending).rejects.toMatchObject({ code: 'disconnected' })
  await expect(signaling.ready()).rejects.toMatchObject({ code: 'disconnected' })
  // With a word, so that the seat is free at once.
  expect(await ended.promise).toBe('client namespace disconnect')
  expect(signaling.state).toEqual({ status: 'closed' })
})
