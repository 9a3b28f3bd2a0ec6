import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { insertMessage, messagesOf } from '../../../src/main/server/store/messages.ts'
import { addRoom, at, say } from './samples.ts'
import { connect, open } from './support.ts'

test('a message comes back as it was sent, with an id', async () => {
  const { store } = await open()
  await addRoom(store)
  const sent = {
    roomId: 'room',
    from: { userId: 'ada', peerId: 'seat', name: 'Ada' },
    clientMessageId: randomUUID(),
    text: 'hello\n👋 \u0000 "\'',
    sentAt: at(1),
  }
  const { message, isNew } = await insertMessage(store, sent)
  expect(isNew).toBe(true)
  expect(message).toEqual({ id: '1', ...sent })
  expect(await messagesOf(store, 'room', { limit: 10 })).toEqual({ messages: [message], more: false })
})

test('a repeat is the first message, whatever else it says, and is not new', async () => {
  const { store, file } = await open()
  await addRoom(store)
  const id = randomUUID()
  const first = await say(store, 'first', id)
  await say(store, 'between')
  for (let i = 0; i < 2; i++) expect(await say(store, 'again', id)).toEqual({ message: first.message, isNew: false })
  expect(connect(file).prepare('SELECT text FROM messages ORDER BY id').pluck().all()).toEqual(['first', 'between'])
})

test('of many repeats at once exactly one is new', async () => {
  const { store } = await open()
  await addRoom(store)
  const id = randomUUID()
  const sent = await Promise.all(Array.from({ length: 20 }, () => say(store, 'hello', id)))
  expect(sent.filter(({ isNew }) => isNew)).toHaveLength(1)
  expect(new Set(sent.map(({ message }) => message.id)).size).toBe(1)
})

test('the same id is another message in another room, and from another user', async () => {
  const { store } = await open()
  await addRoom(store)
  await addRoom(store, { id: 'other' })
  const clientMessageId = randomUUID()
  const from = { userId: 'bob', peerId: 'seat-2', name: 'Bob' }
  expect((await say(store, 'hello', clientMessageId)).isNew).toBe(true)
  expect((await say(store, 'hello', clientMessageId, 'other')).isNew).toBe(true)
  expect((await insertMessage(store, { roomId: 'room', from, clientMessageId, text: 'hello', sentAt: at(1) })).isNew).toBe(true)
})

test('a message to a room that is gone is an error of its own', async () => {
  const { store } = await open()
  await expect(say(store, 'hello', randomUUID(), 'absent')).rejects.toMatchObject({ code: 'roomNotFound' })
})

test('history is read in both directions, oldest first, only of its room', async () => {
  const { store } = await open()
  await addRoom(store)
  await addRoom(store, { id: 'other' })
  const ids: string[] = []
  for (let i = 0; i < 10; i++) {
    ids.push((await say(store, `${i}`)).message.id)
    await say(store, 'elsewhere', randomUUID(), 'other')
  }
  const page = async (where: { before?: string; after?: string; limit: number }) => {
    const { messages, more } = await messagesOf(store, 'room', where)
    return { texts: messages.map(({ text }) => text).join(''), more }
  }
  expect(await page({ limit: 3 })).toEqual({ texts: '789', more: true })
  expect(await page({ limit: 10 })).toEqual({ texts: '0123456789', more: false })
  expect(await page({ before: ids[7]!, limit: 3 })).toEqual({ texts: '456', more: true })
  expect(await page({ before: ids[2]!, limit: 2 })).toEqual({ texts: '01', more: false })
  expect(await page({ after: ids[4]!, limit: 3 })).toEqual({ texts: '567', more: true })
  expect(await page({ after: ids[6]!, limit: 3 })).toEqual({ texts: '789', more: false })
  expect(await page({ after: ids[9]!, limit: 3 })).toEqual({ texts: '', more: false })
  expect(await messagesOf(store, 'absent', { limit: 3 })).toEqual({ messages: [], more: false })
})

test.each(['before', 'after'])('%s something that cannot be an id is a bad request', async (field) => {
  const { store } = await open()
  for (const id of ['abc', '-1', '1e3', '9'.repeat(16), '']) {
    await expect(messagesOf(store, 'room', { [field]: id, limit: 1 })).rejects.toMatchObject({
      code: 'badRequest',
      details: { path: field },
    })
  }
})

test('ids are never given out twice, even if the latest messages are deleted', async () => {
  const { store, file } = await open()
  await addRoom(store)
  await say(store, 'first')
  const second = await say(store, 'second')
  connect(file).exec('DELETE FROM messages')
  expect(Number((await say(store, 'third')).message.id)).toBeGreaterThan(Number(second.message.id))
})
