import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { AppError } from '../../src/shared/errors.ts'
import { makeJoinCode, parseJoinCode } from '../../src/shared/joinCode.ts'
import { Access } from '../../src/main/server/Access.ts'
import { Directory } from '../../src/main/server/Directory.ts'
import { LinkKeys } from '../../src/main/server/LinkKeys.ts'
import { Tenants } from '../../src/main/server/Tenants.ts'
import { asking, startWithKeys } from '../support/api.ts'
import { Client, hostRoom } from '../support/Client.ts'
import { startServer } from '../support/server.ts'
import { open } from './store/support.ts'

/** What is said to someone who asks for that reference. */
async function answerTo(client: Client, roomId: string): Promise<string> {
  const result = await client.ask('findRoom', { roomId })
  return result.ok ? 'found' : result.error.code
}

/** A reference with another last character of its key. */
const spoilt = (ref: string) => ref.slice(0, -1) + (ref.endsWith('A') ? 'B' : 'A')
const anyCode = () => makeJoinCode(randomBytes)

test('R10: while 50 addresses guess, someone with a link comes in, and a stranger with the code has to wait', async () => {
  const { url } = await startServer()
  const { host, room } = await hostRoom(url, { visibility: 'private' })
  const link = `${room.joinCode}.${room.linkKey}`
  const addresses = Array.from({ length: 50 }, (_, i) => `127.0.0.${i + 2}`)
  const guessers = await Promise.all(addresses.map((from) => Client.connect(url, { from })))
  const guess = () => Promise.all(guessers.map((guesser) => answerTo(guesser, anyCode())))
  const answers = [...(await guess()), ...(await guess()), ...(await guess())]
  // Each has made but three, and all together what strangers may make in a minute.
  expect(answers.filter((answer) => answer === 'roomNotFound')).toHaveLength(48)
  expect(answers.filter((answer) => answer === 'rateLimited')).toHaveLength(102)

  const [, stranger] = guessers
  expect(await stranger!.refusal('joinRoom', { joinCode: room.joinCode, name: 'Grace' })).toBe('rateLimited')
  // A guess at the key is one at the code.
  expect(await answerTo(stranger!, spoilt(link))).toBe('rateLimited')
  const grace = await Client.connect(url, { from: '127.0.0.3' })
  expect(await answerTo(grace, link)).toBe('found')
  expect((await grace.join({ roomId: link, name: 'Grace' })).room.id).toBe(room.id)
  const lin = await Client.connect(url)
  await lin.join({ joinCode: `${room.joinCode.toLowerCase()}.${room.linkKey}`, name: 'Lin' })
  await host.say('Nobody inside notices')
})

test('R10: a wrong key is answered, charged and looked up as a wrong code is, whether there is a room of that code or not', async () => {
  const { store } = await open()
  const lookedUp: string[] = []
  class Watched extends Directory {
    override findByCode(tenantId: string, ref: string) {
      lookedUp.push(ref)
      return super.findByCode(tenantId, ref)
    }
  }
  const directory = new Watched(store, new Tenants(store, null))
  const access = new Access(store, directory, randomBytes(32))
  const room = await directory.create('local', { kind: 'server', id: null, name: '' }, { name: 'Review' }, null)
  const ask = (ref: string, address = '192.0.2.1') =>
    access.find({ tenantId: 'local', grant: null, userId: null, address }, ref).then(
      ({ id }) => id,
      (error: unknown) => AppError.from(error).code,
    )
  const link = `${room.joinCode}.${access.linkKey(room)}`
  expect(await ask(link)).toBe(room.id)
  const wrong = [anyCode(), `${anyCode()}.${access.linkKey(room)}`, spoilt(link), `${room.joinCode}.`, `${link}A`, `${link}.`]
  lookedUp.length = 0
  for (const ref of wrong) expect(await ask(ref), ref).toBe('roomNotFound')
  // One look-up each, and none with a wrong key finds a row that would take its time to read.
  expect(lookedUp).toEqual(wrong)
  expect(lookedUp.map((ref) => parseJoinCode(ref)).filter((code) => code === room.joinCode)).toEqual([])
  // One address has 40 in ten minutes, of codes and of keys; links cost none of them.
  for (let i = wrong.length; i < 40; i += 1) expect(await ask(spoilt(link))).toBe('roomNotFound')
  for (const ref of [spoilt(link), anyCode(), room.joinCode]) expect(await ask(ref)).toBe('rateLimited')
  for (let i = 0; i < 100; i += 1) expect(await ask(link)).toBe(room.id)
  expect(await ask(room.joinCode, '192.0.2.2')).toBe(room.id)
})

test('F61: a key is worth nothing with another code, for another tenant, or on another server', async () => {
  const { url, ask, other } = await startWithKeys()
  const { body: room } = await ask('POST', '/rooms', { name: 'Review' })
  const { body: second } = await ask('POST', '/rooms', { name: 'Retrospective' })
  const { body: theirs } = await other('POST', '/rooms', { name: 'Theirs' })
  expect(room.linkKey).toMatch(/^[A-Za-z0-9_-]{16}$/)
  const client = await Client.connect(url)
  expect(await answerTo(client, `${room.joinCode}.${room.linkKey}`)).toBe('found')
  expect(await answerTo(client, `${room.joinCode}.${second.linkKey}`)).toBe('roomNotFound')
  expect(await answerTo(client, `${theirs.joinCode}.${theirs.linkKey}`)).toBe('roomNotFound')
  const [secret, another] = [randomBytes(32), randomBytes(32)].map((key) => new LinkKeys(key))
  const named = { tenantId: 'local', joinCode: 'ABC123' }
  expect(secret!.of(named)).toBe(secret!.of({ ...named }))
  expect(secret!.codeIn('local', `abc-123.${secret!.of(named)}`)).toBe('ABC123')
  for (const key of [
    another!.of(named),
    secret!.of({ ...named, tenantId: 'acme' }),
    secret!.of({ ...named, joinCode: 'ABC124' }),
  ])
    expect(secret!.codeIn('local', `ABC123.${key}`)).toBeNull()
})

test('F61: with another code a room has another key, and the link of before leads nowhere', async () => {
  const { url } = await startServer()
  const { host, room } = await hostRoom(url)
  const { room: renewed } = await host.request('renewJoinCode', { roomId: `${room.joinCode}.${room.linkKey}` })
  expect(renewed.linkKey).not.toBe(room.linkKey)
  await host.take(
    'roomChanged',
    ({ room: { joinCode, linkKey } }) => joinCode === renewed.joinCode && linkKey === renewed.linkKey,
  )
  const grace = await Client.connect(url)
  expect(await answerTo(grace, `${room.joinCode}.${room.linkKey}`)).toBe('roomNotFound')
  expect(await answerTo(grace, `${renewed.joinCode}.${room.linkKey}`)).toBe('roomNotFound')
  expect(await answerTo(grace, `${renewed.joinCode}.${renewed.linkKey}`)).toBe('found')
})

test('F61: programs get the key with the room, and the older paths take a link’s reference', async () => {
  const { url, ask } = await startWithKeys()
  const { body: made } = await ask('POST', '/rooms', { name: 'Review' })
  expect((await ask('GET', `/rooms/${made.id}`)).body.linkKey).toBe(made.linkKey)
  const older = await fetch(`${url}/api/rooms/${made.joinCode}.${made.linkKey}`)
  expect(((await older.json()) as { room: { id: string } }).room.id).toBe(made.id)
  expect((await asking(url, null)('GET', `/rooms/${made.id}`)).status).toBe(401)
})
