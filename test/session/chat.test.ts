import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { AppError } from '../../src/shared/errors.ts'
import type { ChatMessage } from '../../src/shared/model.ts'
import type { RequestName } from '../../src/shared/protocol.ts'
import { Chat, compareIds } from '../../src/renderer/src/session/Chat.ts'
import type { Requests } from '../../src/client/Signaling.ts'
import { until } from '../support/until.ts'

/** A conversation as a server keeps it: each id once, in order. */
class Conversation {
  readonly stored: ChatMessage[] = []
  /** Errors for the next requests, in turn; `lost` stores and loses the answer. */
  readonly failures: (AppError | 'lost')[] = []
  readonly asked: RequestName[] = []

  readonly requests: Requests = {
    request: async (name, params) => {
      this.asked.push(name)
      await Promise.resolve()
      const failure = this.failures.shift()
      if (failure instanceof AppError) throw failure
      const answer =
        name === 'sendChat' ? this.#take(params as { text: string; clientMessageId: string }) : this.#page(params as Page)
      if (failure === 'lost') throw new AppError('disconnected', 'The connection is lost')
      return answer as never
    },
  }

  say(text: string, clientMessageId: string = crypto.randomUUID()): ChatMessage {
    const known = this.stored.find((message) => message.clientMessageId === clientMessageId)
    if (known) return known
    const from = { userId: 'user-ada', peerId: 'ada', name: 'Ada' }
    const message = {
      id: `${this.stored.length + 1}`,
      roomId: 'room',
      from,
      text,
      clientMessageId,
      sentAt: '2026-01-01T00:00:00.000Z',
    }
    this.stored.push(message)
    return message
  }

  #take({ text, clientMessageId }: { text: string; clientMessageId: string }) {
    return { message: this.say(text, clientMessageId) }
  }

  #page({ before, after, limit = 50 }: Page) {
    if (after !== undefined) {
      const rest = this.stored.filter(({ id }) => compareIds(id, after) > 0)
      return { messages: rest.slice(0, limit), more: rest.length > limit }
    }
    const rest = this.stored.filter(({ id }) => before === undefined || compareIds(id, before) < 0)
    return { messages: rest.slice(-limit), more: rest.length > limit }
  }

  latest(limit: number): [messages: ChatMessage[], more: boolean] {
    const { messages, more } = this.#page({ limit })
    return [messages, more]
  }
}

interface Page {
  before?: string
  after?: string
  limit?: number
}

const open: Chat[] = []
afterEach(() => open.splice(0).forEach((chat) => chat.close()))

function start(latest = 50) {
  const conversation = new Conversation()
  const chat = new Chat(conversation.requests)
  open.push(chat)
  const enter = () => chat.open('room', ...conversation.latest(latest))
  return { conversation, chat, enter }
}

const shown = (chat: Chat) =>
  chat.entries.map((entry) => ('message' in entry ? entry.message.text : `(${entry.delivery}) ${entry.text}`))
const isAllSent = (chat: Chat) => chat.entries.every(({ delivery }) => delivery === 'sent')

test('a message is shown while it is sent, and then in its place among the others', async () => {
  const { conversation, chat, enter } = start()
  enter()
  chat.send('mine')
  expect(shown(chat)).toEqual(['(sending) mine'])
  chat.receive(conversation.say('theirs'))
  expect(shown(chat)).toEqual(['theirs', '(sending) mine'])
  await until(chat, () => isAllSent(chat))
  expect(shown(chat)).toEqual(conversation.stored.map(({ text }) => text))
})

test('a message whose answer is lost is sent again and stored once', async () => {
  const { conversation, chat, enter } = start()
  enter()
  conversation.failures.push('lost', 'lost')
  chat.send('once')
  await until(chat, () => isAllSent(chat))
  expect(conversation.stored).toHaveLength(1)
  expect(conversation.asked).toEqual(['sendChat', 'sendChat', 'sendChat'])
  expect(shown(chat)).toEqual(['once'])
})

test('messages go out in the order in which they were written', async () => {
  const { conversation, chat, enter } = start()
  enter()
  conversation.failures.push(new AppError('disconnected', 'The connection is lost'))
  for (const text of ['one', 'two', 'three']) chat.send(text)
  await until(chat, () => isAllSent(chat))
  expect(conversation.stored.map(({ text }) => text)).toEqual(['one', 'two', 'three'])
})

test('a message that the store refuses is shown as failed, holds up no other, and can be sent again or thrown away', async () => {
  const { conversation, chat, enter } = start()
  enter()
  const full = new AppError('storeUnavailable', 'The disk is full')
  conversation.failures.push(full, full)
  for (const text of ['first', 'second', 'third']) chat.send(text)
  await until(chat, () => conversation.stored.length === 1 && chat.entries.length === 3)
  expect(shown(chat)).toEqual(['third', '(failed) first', '(failed) second'])
  const [first, second] = chat.entries.filter((entry) => entry.delivery === 'failed')
  chat.discard(first!.clientMessageId)
  chat.retry(second!.clientMessageId)
  await until(chat, () => isAllSent(chat))
  expect(shown(chat)).toEqual(['third', 'second'])
})

test('a text that is too long is refused at once, a blank one is nothing', () => {
  const { chat, enter } = start()
  enter()
  expect(() => chat.send('x'.repeat(4001))).toThrow(AppError)
  chat.send(' \n ')
  expect(chat.entries).toEqual([])
})

test('older messages are loaded in front, until there are none', async () => {
  const { conversation, chat, enter } = start(10)
  for (let n = 1; n <= 65; n++) conversation.say(`${n}`)
  enter()
  expect(chat.hasEarlier).toBe(true)
  await Promise.all([chat.loadEarlier(), chat.loadEarlier()])
  expect(shown(chat)).toHaveLength(60)
  await chat.loadEarlier()
  expect(chat.hasEarlier).toBe(false)
  expect(shown(chat)).toEqual(conversation.stored.map(({ text }) => text))
})

test('who comes back gets all that was missed, however much it was', async () => {
  const { conversation, chat, enter } = start(10)
  conversation.say('before')
  enter()
  chat.suspend()
  for (let n = 1; n <= 450; n++) conversation.say(`${n}`)
  conversation.failures.push(new AppError('disconnected', 'The connection is lost'))
  enter()
  chat.receive(conversation.say('after'))
  await until(chat, () => chat.entries.length === conversation.stored.length)
  expect(shown(chat)).toEqual(conversation.stored.map(({ text }) => text))
})

test('who was there before the first message misses none either', async () => {
  const { conversation, chat, enter } = start(10)
  enter()
  chat.suspend()
  for (let n = 1; n <= 30; n++) conversation.say(`${n}`)
  enter()
  await until(chat, () => chat.entries.length === 30)
  expect(chat.hasEarlier).toBe(false)
})

test('what was missed is not forgotten when the connection drops again, and a live message comes first', async () => {
  const { conversation, chat, enter } = start(10)
  conversation.say('before')
  enter()
  chat.suspend()
  for (let n = 1; n <= 30; n++) conversation.say(`${n}`)
  chat.receive(conversation.say('early'))
  enter()
  chat.suspend()
  enter()
  await until(chat, () => chat.entries.length === conversation.stored.length)
  expect(shown(chat)).toEqual(conversation.stored.map(({ text }) => text))
})

test('whatever comes in whatever order, each message is shown once and in its order', () => {
  const ids = fc.shuffledSubarray(Array.from({ length: 30 }, (_, i) => i + 1))
  const property = fc.property(fc.array(ids, { maxLength: 6 }), (batches) => {
    const { conversation, chat } = start()
    for (let n = 1; n <= 30; n++) conversation.say(`${n}`)
    chat.open('room', [], false)
    for (const batch of batches) for (const n of batch) chat.receive(conversation.stored[n - 1]!)
    const expected = [...new Set(batches.flat())].sort((a, b) => a - b).map(String)
    expect(shown(chat)).toEqual(expected)
  })
  fc.assert(property)
})

test('another room begins with its own messages only', () => {
  const { conversation, chat, enter } = start()
  conversation.say('old')
  enter()
  chat.send('never sent')
  chat.leave()
  expect(shown(chat)).toEqual(['old', '(failed) never sent'])
  const other = { ...conversation.say('new'), roomId: 'other' }
  chat.receive(other)
  chat.open('other', [other], false)
  expect(shown(chat)).toEqual(['new'])
})
