/** What RFC 6762 asks of who answers, with a clock in the test's hand. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Question, Record } from '../../src/main/lan/mdns/message.ts'
import { Responder } from '../../src/main/lan/mdns/Responder.ts'
import { allServices, recordsOf, serviceType, type Announced } from '../../src/main/lan/mdns/service.ts'
import { FakeWire } from './FakeWire.ts'
import { server } from './support.ts'

const office: Announced = server({ name: 'Office', fingerprint: `abcdef${'5'.repeat(58)}` })
const instance = `Office [abcdef].${serviceType}`
const everyone: Question = { name: serviceType, type: 'PTR' }

let wire: FakeWire
let responder: Responder

beforeEach(() => {
  vi.useFakeTimers()
  wire = new FakeWire()
  responder = new Responder(office, wire)
})

afterEach(() => vi.useRealTimers())

/** Lets so many ms pass. Gives what was sent in them, each with how many ms after. */
async function passing(ms: number) {
  const began = performance.now()
  const already = wire.sent.length
  await vi.advanceTimersByTimeAsync(ms)
  return wire.sent.slice(already).map(({ at, message }) => ({ after: at - began, message }))
}

function typesOf(records: Record[]): string {
  return records.map(({ type }) => type).join(' ')
}

test('a server is announced at once, and again a second later, with all its records', async () => {
  const told = await passing(10_000)
  expect(told.map(({ after }) => Math.round(after))).toEqual([0, 1_000])
  const { message } = told[0]!
  expect(typesOf(message.records)).toBe('PTR SRV TXT A AAAA')
  expect(message.records.every(({ ttl }) => ttl === 10)).toBe(true)
  expect(message).toMatchObject({ isResponse: true, id: 0, questions: [] })
})

test('who asks for all is answered after a short wait; who asks for this one, at once', async () => {
  await passing(5_000)
  wire.hear({ questions: [everyone] })
  const [answer, ...more] = await passing(2_000)
  expect(more).toEqual([])
  expect(answer!.after).toBeGreaterThanOrEqual(20)
  expect(answer!.after).toBeLessThanOrEqual(121)

  const host = answer!.message.records.find(({ type }) => type === 'A')!.name
  for (const name of [instance, instance.toUpperCase(), host]) {
    wire.hear({ questions: [{ name, type: 'ANY' }] })
    const answers = await passing(2_000)
    expect(answers.map(({ after, message }) => [after < 2, typesOf(message.records)])).toEqual([[true, 'PTR SRV TXT A AAAA']])
  }
})

test('what kinds of services there are is told to whoever asks for that', async () => {
  await passing(5_000)
  wire.hear({ questions: [{ name: allServices, type: 'PTR' }] })
  const [answer] = await passing(1_000)
  expect(answer!.message.records[0]).toMatchObject({ name: allServices, data: serviceType })
})

test('nobody else’s names are answered', async () => {
  await passing(5_000)
  for (const name of ['_http._tcp.local', `Office.${serviceType}`, 'local', '.'])
    wire.hear({ questions: [{ name, type: 'ANY' }] })
  wire.hear({ questions: [{ name: instance, type: 'A' }] })
  expect(await passing(3_000)).toEqual([])
})

test('what the asker knows for half of its time at least is not told again', async () => {
  await passing(5_000)
  const known = (ttl: number): Record[] => [{ type: 'PTR', name: serviceType, ttl, data: instance }]
  wire.hear({ questions: [everyone], records: known(5) })
  expect(await passing(3_000)).toEqual([])
  wire.hear({ questions: [everyone], records: known(4) })
  expect(await passing(3_000)).toHaveLength(1)
  wire.hear({ questions: [everyone], records: [{ type: 'PTR', name: serviceType, ttl: 10, data: `Other.${serviceType}` }] })
  expect(await passing(3_000)).toHaveLength(1)
})

test('however many ask, all are told once a second', async () => {
  await passing(5_000)
  const before = wire.sent.length
  for (let round = 0; round < 100; round++) {
    wire.hear({ questions: [everyone, { name: instance, type: 'TXT' }] })
    await passing(50)
  }
  const sent = wire.sent.slice(before)
  expect(sent.length).toBeLessThanOrEqual(6)
  for (const [index, { at }] of sent.entries()) expect(at - (sent[index - 1]?.at ?? -Infinity)).toBeGreaterThanOrEqual(999)
})

test('who asks from another port gets a reply of its own, with the question and its number, ten in a second at most', async () => {
  await passing(5_000)
  for (let round = 0; round < 50; round++) wire.hear({ id: 77, questions: [everyone] }, '192.168.1.9', 40_000)
  expect(wire.replied).toHaveLength(10)
  expect(wire.replied[0]).toMatchObject({ id: 77, isResponse: true, questions: [everyone] })
  expect(await passing(2_000)).toEqual([])
})

test('what is new is told twice: a revision, a link, another name with a goodbye to the old one', async () => {
  await passing(5_000)
  responder.update({ revision: 9 })
  const news = await passing(5_000)
  expect(news).toHaveLength(2)
  const texts = news[0]!.message.records.flatMap((record) => (record.type === 'TXT' ? record.data.map(String) : []))
  expect(texts).toContain('rev=9')

  wire.change([])
  expect(await passing(5_000)).toEqual([])
  wire.change([wire.link])
  expect(await passing(5_000)).toHaveLength(2)

  wire.sent.length = 0
  responder.update({ name: 'Hall' })
  await passing(5_000)
  const [goodbye, ...hellos] = wire.sent
  expect(goodbye!.message.records.map(({ name, ttl }) => [name, ttl])).toEqual([
    [serviceType, 0],
    [instance, 0],
    [instance, 0],
  ])
  expect(hellos).toHaveLength(2)
})

test('closing says goodbye on every link, once, and nothing after that', async () => {
  await responder.close()
  await responder.close()
  wire.hear({ questions: [everyone] })
  responder.update({ revision: 2 })
  await passing(5_000)
  expect(wire.sent).toHaveLength(1)
  expect(wire.sent[0]!.message.records.map(({ type, ttl }) => [type, ttl])).toEqual([
    ['PTR', 0],
    ['SRV', 0],
    ['TXT', 0],
  ])
})

test('a link that can only ask tells nothing', async () => {
  wire.change([{ ...wire.link, asksOnly: true }])
  wire.hear({ questions: [everyone] })
  await responder.close()
  expect(await passing(5_000)).toEqual([])
})

/** Someone else's records by this server's label. */
function rivals(host: string): Record[] {
  return recordsOf({ ...office, fingerprint: 'f'.repeat(64) }, responder.label, host, [])
}

test('a label that another has is kept by whose record sorts last', async () => {
  await passing(5_000)
  wire.hear({ isResponse: true, records: rivals('a-first.local') })
  expect(responder.label).toBe('Office [abcdef]')
  expect(await passing(5_000)).toHaveLength(2)
  wire.hear({ isResponse: true, records: rivals('z-last.local') })
  expect(responder.label).toBe('Office [abcdef] 2')
})

test('one who takes every label finds an end of it', async () => {
  for (let round = 0; round < 50; round++) {
    wire.hear({ isResponse: true, records: rivals('z-last.local') })
    await passing(1_000)
  }
  expect(responder.label).toBe('Office [abcdef] 9')
})

test('who meets with fifteen conflicts in ten seconds waits five before it does anything about the next', async () => {
  await passing(5_000)
  for (let round = 0; round < 15; round++) wire.hear({ isResponse: true, records: rivals('a-first.local') })
  // The last of them is told of twice.
  await passing(2_500)
  const label = responder.label
  const before = wire.sent.length
  const clashes = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 10) {
      wire.hear({ isResponse: true, records: rivals('z-last.local') })
      await passing(10)
    }
  }
  await clashes(2_400)
  expect(responder.label).toBe(label)
  expect(wire.sent).toHaveLength(before)
  await clashes(60_000)
  // A goodbye and two announcements each time.
  expect(wire.sent.length - before).toBeLessThanOrEqual(3 * 13)
  await passing(10_000)
  wire.hear({ isResponse: true, records: rivals('a-first.local') })
  expect(await passing(5_000)).toHaveLength(2)
})

test('what comes back from the network is no rival, in an older revision neither', async () => {
  const told = await passing(5_000)
  responder.update({ revision: 3 })
  for (const { message } of told) wire.hear(message)
  expect(responder.label).toBe('Office [abcdef]')
  wire.hear({ isResponse: true, records: rivals('z-last.local').map((record): Record => ({ ...record, ttl: 0 })) })
  expect(responder.label).toBe('Office [abcdef]')
})
