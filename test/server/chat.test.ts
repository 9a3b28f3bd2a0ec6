import { randomUUID } from 'node:crypto'
import Database from 'better-sqlite3'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { MAX_MESSAGE_BYTES } from '../../src/shared/protocol.ts'
import { enter, hostRoom, Client } from '../support/Client.ts'
import { startServer } from '../support/server.ts'

test('a message goes to the others as it was answered to its sender, who is not told twice', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  const { client } = await enter(server.url, room.joinCode, 'Grace')
  const { message } = await client.say('Hello\r\nall')
  expect(message).toMatchObject({ text: 'Hello\nall', roomId: room.id, from: { name: 'Grace' } })
  expect((await host.take('chatMessage')).message).toEqual(message)
  await host.say('Hi')
  await client.take('chatMessage', (news) => news.message.text === 'Hi')
  expect(client.heard.filter((one) => one.name === 'chatMessage')).toEqual([])
})

test('an answer means that the message is in the database file', async () => {
  const server = await startServer()
  const { host } = await hostRoom(server.url)
  const { message } = await host.say('Kept')
  const db = new Database(join(server.dataDir, 'lanyard.db'), { readonly: true })
  expect(db.prepare('SELECT text FROM messages WHERE id = ?').pluck().get(Number(message.id))).toBe('Kept')
  db.close()
})

test('the same id by the same person is the same message, also when it is repeated at once or after a return', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  const { client } = await enter(server.url, room.joinCode, 'Grace')
  const id = randomUUID()
  const answers = await Promise.all(Array.from({ length: 8 }, () => client.say('Once', id)))
  const again = await client.say('Once, but other words', id)
  for (const { message } of [...answers, again]) expect(message).toEqual(answers[0]!.message)
  client.disconnect()
  const back = await Client.connect(server.url, { device: client.device })
  const joined = await back.join({ joinCode: room.joinCode, name: 'Grace' })
  expect((await back.say('Once', id)).message.id).toBe(answers[0]!.message.id)
  expect(joined.messages).toHaveLength(1)
  await host.say('end')
  expect(host.heard.filter((one) => one.name === 'chatMessage')).toHaveLength(1)
})

test('history is paged in both directions without a gap or a repeat', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  for (let i = 0; i < 130; i += 1) await host.say(`${i}`)
  const { client, joined } = await enter(server.url, room.joinCode, 'Grace')
  expect(joined.messages.map((m) => m.text)).toEqual(Array.from({ length: 50 }, (_, i) => `${80 + i}`))
  expect(joined.more).toBe(true)
  let all = joined.messages
  for (let more = joined.more; more;) {
    const page = await client.request('chatHistory', { before: all[0]!.id, limit: 30 })
    all = [...page.messages, ...all]
    more = page.more
  }
  expect(all.map((m) => m.text)).toEqual(Array.from({ length: 130 }, (_, i) => `${i}`))
  const after = await client.request('chatHistory', { after: all[99]!.id, limit: 200 })
  expect(after).toMatchObject({ more: false })
  expect(after.messages).toEqual(all.slice(100))
})

test('a page of long messages is shorter than asked for, fits the wire, and leaves none out', async () => {
  const server = await startServer()
  const { host } = await hostRoom(server.url)
  const long = '語'.repeat(4_000)
  for (let i = 0; i < 120; i += 1) await host.say(`${i} ${long}`.slice(0, 4_000))
  const pages = []
  for (let after = '0', more = true; more;) {
    const page = await host.request('chatHistory', { after, limit: 200 })
    expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(MAX_MESSAGE_BYTES)
    pages.push(page.messages)
    after = page.messages.at(-1)!.id
    more = page.more
  }
  expect(pages.length).toBeGreaterThan(1)
  expect(pages.flat().map(({ text }) => parseInt(text))).toEqual(Array.from({ length: 120 }, (_, i) => i))
})

test('everyone hears messages in the order of their ids', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  const guests = await Promise.all(['Grace', 'Lin', 'Mary'].map((name) => enter(server.url, room.joinCode, name)))
  await Promise.all(guests.flatMap(({ client }, who) => Array.from({ length: 40 }, (_, i) => client.say(`${who}:${i}`))))
  const ids: number[] = []
  while (ids.length < 120) ids.push(Number((await host.take('chatMessage')).message.id))
  expect(ids).toEqual([...ids].sort((a, b) => a - b))
})

test('people of another room hear nothing', async () => {
  const server = await startServer()
  const one = await hostRoom(server.url)
  const two = await hostRoom(server.url)
  await one.host.say('Secret')
  await two.host.say('Mine')
  expect(two.host.heard.filter((news) => news.name === 'chatMessage')).toEqual([])
  expect((await two.host.request('chatHistory', {})).messages.map((m) => m.text)).toEqual(['Mine'])
})

test('32 requests at once are all answered; a flood is told to slow down, and the rest goes on', async () => {
  const server = await startServer()
  const { host } = await hostRoom(server.url)
  const honest = await Promise.all(
    Array.from({ length: 32 }, (_, i) => host.ask('sendChat', { text: `${i}`, clientMessageId: randomUUID() })),
  )
  expect(honest.every((result) => result.ok)).toBe(true)
  const flood = await Promise.all(Array.from({ length: 2_000 }, () => host.ask('listMembers', {})))
  const refused = flood.filter((result) => !result.ok)
  expect(refused).not.toEqual([])
  for (const result of refused)
    expect(result).toMatchObject({ error: { code: 'rateLimited', details: { retryAfterMs: expect.any(Number) } } })
  expect((await host.ask('listMembers', {})).ok).toBe(true)
})
