import { expect, test } from 'vitest'
import { isErrorCode, type Result } from '../../src/shared/errors.ts'
import { requests, type RequestName } from '../../src/shared/protocol.ts'
import { Client, enter, hostRoom } from '../support/Client.ts'
import { startServer } from '../support/server.ts'

const deep = (levels: number): unknown => {
  let value: unknown = 'bottom'
  for (let i = 0; i < levels; i += 1) value = i % 2 ? [value] : { in: value }
  return value
}

/** Wrong in every way that JSON allows, and some that it does not. */
const oddValues: [string, unknown][] = [
  ['null', null],
  ['true', true],
  ['zero', 0],
  ['a negative number', -1],
  ['a fraction', 1.5],
  ['a number beyond the integers', 1e308],
  ['an empty string', ''],
  ['a string', 'x'],
  ['a string with zero bytes', '\0\0\0'],
  ['half a surrogate pair', '\ud800'],
  ['SQL', "'; DROP TABLE messages; --"],
  ['a huge string', 'x'.repeat(200_000)],
  ['an empty list', []],
  ['a list of lists', [[[]]]],
  ['a long list', Array.from({ length: 5_000 }, (_, i) => i)],
  ['an empty object', {}],
  ['a prototype', JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}')],
  ['a deep object', deep(2_000)],
  ['bytes', Buffer.from([0, 1, 2, 255])],
]

/** Something valid for each field there is, so that one wrong field at a time can be tried. */
const plausible: Record<string, unknown> = {
  name: 'Grace',
  roomId: 'nowhere',
  joinCode: 'ZZZZZZ',
  text: 'hello',
  clientMessageId: '00000000-0000-4000-8000-000000000000',
  to: 'nobody',
  payload: {},
  direction: 'send',
  transportId: 'foreign',
  producerId: 'foreign',
  consumerId: 'foreign',
  dtlsParameters: { fingerprints: [] },
  rtpParameters: { codecs: [] },
  source: 'camera',
  kind: 'video',
  peerId: 'nobody',
  sources: ['camera'],
  role: 'speaker',
  userId: 'nobody',
  waitingId: 'nobody',
  place: 1,
  callId: 'none',
  accept: true,
  changes: { description: 'Changed' },
  slug: 'changed',
  emptyTtl: 60,
  maxPeers: 10,
}

function fieldsOf(name: RequestName): string[] {
  return Object.keys(requests[name].params.shape)
}

function* attempts(name: RequestName): Generator<unknown[]> {
  yield []
  for (const [, value] of oddValues) yield [value]
  yield [{}, {}]
  yield [{}, 'more', 'arguments']
  const fields = fieldsOf(name)
  const whole = Object.fromEntries(fields.filter((field) => field in plausible).map((field) => [field, plausible[field]]))
  yield [{ ...whole, unexpected: { field: true } }]
  for (const field of fields) {
    const { [field]: _, ...without } = whole
    yield [without]
    for (const [, value] of oddValues) yield [{ ...whole, [field]: value }]
  }
}

/** Sends all attempts, as many at once as an honest client may, and wants a Result for each. */
async function tryAll(client: Client): Promise<Record<string, number>> {
  const codes: Record<string, number> = {}
  // Leaving comes last, or the rest would be asked from outside.
  const leaving = ['leaveRoom', 'closeRoom', 'deleteRoom'] as const
  const staying = (Object.keys(requests) as RequestName[]).filter((name) => !leaving.some((last) => last === name))
  for (const name of [...staying, ...leaving]) {
    const all = [...attempts(name)]
    for (let i = 0; i < all.length; i += 16) {
      const answers = await Promise.all(all.slice(i, i + 16).map((args) => client.ask(name, ...args)))
      for (const answer of answers) count(codes, answer)
    }
  }
  return codes
}

function count(codes: Record<string, number>, answer: Result<unknown>): void {
  const code = answer.ok ? 'ok' : answer.error.code
  expect(answer.ok || (isErrorCode(code) && answer.error.message.length > 0)).toBe(true)
  codes[code] = (codes[code] ?? 0) + 1
}

test('whatever is asked, before joining, inside and after leaving, has a typed answer', async () => {
  const rejections: unknown[] = []
  const remember = (error: unknown) => rejections.push(error)
  process.on('unhandledRejection', remember)
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)

  const outsider = await Client.connect(server.url)
  const before = await tryAll(outsider)
  expect(before).not.toHaveProperty('internal')
  expect(before).toHaveProperty('notInRoom')

  const { client } = await enter(server.url, room.joinCode, 'Grace')
  const inside = await tryAll(client)
  expect(inside).not.toHaveProperty('internal')
  for (const code of ['badRequest', 'peerNotFound', 'transportNotFound', 'producerNotFound', 'consumerNotFound'])
    expect(inside).toHaveProperty(code)

  // Its last requests made it leave: what follows comes from someone who was inside once.
  const after = await tryAll(client)
  expect(after).not.toHaveProperty('internal')

  for (const name of ['', 'constructor', '__proto__', 'toString', 'welcome', 'createRoom ', 'x'.repeat(10_000)]) {
    expect(await client.refusal(name)).toBe('unknownRequest')
  }
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  process.off('unhandledRejection', remember)
  expect(rejections).toEqual([])
  expect((await host.say('Still here')).message.text).toBe('Still here')
})

test('a wrong field is named', async () => {
  const server = await startServer()
  const client = await Client.connect(server.url)
  expect(await client.ask('createRoom', { name: 'Standup', maxPeers: 'many' })).toMatchObject({
    ok: false,
    error: { code: 'badRequest', details: { path: 'maxPeers' } },
  })
})

test('a client of another protocol version is told to update', async () => {
  const server = await startServer()
  for (const auth of [{}, { protocol: 0 }, { protocol: 2 }, { protocol: '1' }]) {
    await expect(Client.connect(server.url, { auth })).rejects.toMatchObject({ code: 'upgradeRequired' })
  }
  await expect(Client.connect(server.url, { auth: { protocol: 1, device: 'short' } })).rejects.toMatchObject({
    code: 'badRequest',
  })
  await expect(Client.connect(server.url, { auth: { protocol: 1, token: 'abc' } })).rejects.toMatchObject({
    code: 'unauthorized',
  })
})

test('a message over the limit ends its connection only', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  const { client, joined } = await enter(server.url, room.joinCode, 'Grace')
  const closed = new Promise((resolve) => client.socket.once('disconnect', resolve))
  client.socket.emit('sendChat', { text: 'x'.repeat(1_100_000) })
  await closed
  expect(await host.take('peerReconnecting')).toMatchObject({ peerId: joined.self.peerId })
  expect((await host.ask('listMembers', {})).ok).toBe(true)
})

test('one who does not read is cut off, and costs the others nothing', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  const { client, joined } = await enter(server.url, room.joinCode, 'Grace')
  const engine = client.socket.io.engine as unknown as { transport: { ws: { _socket: { pause(): void } } } }
  engine.transport.ws._socket.pause()
  const text = 'x'.repeat(4_000)
  const gone = host.take('peerReconnecting')
  let cutOff = false
  void gone.then(() => (cutOff = true))
  while (!cutOff) await Promise.all(Array.from({ length: 32 }, () => host.say(text)))
  expect(await gone).toMatchObject({ peerId: joined.self.peerId })
  expect((await host.ask('listMembers', {})).ok).toBe(true)
})
