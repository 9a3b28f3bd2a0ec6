/** 10,000 packets from anyone: nothing throws, nothing grows without bound, and what was refused is counted. */
import { encode } from 'dns-packet'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Browser } from '../../src/main/lan/mdns/Browser.ts'
import { readMessage, writeMessage, type Record } from '../../src/main/lan/mdns/message.ts'
import { Responder } from '../../src/main/lan/mdns/Responder.ts'
import { allServices, instanceName, labelOf, recordsOf, serviceType } from '../../src/main/lan/mdns/service.ts'
import { seededRandom } from '../support/random.ts'
import { FakeWire } from './FakeWire.ts'
import { server } from './support.ts'

const packets = 10_000
const office = server({ name: 'Office' })

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** Real messages to begin with: announcements, goodbyes, questions, and answers to other people's. */
function seeds(): Buffer[] {
  const responses = [office, server(), server({ name: '会议室 ☎' })].flatMap((announced) =>
    [0, 10].map((ttl) => recordsOf(announced, labelOf(announced, 1), 'a.local', ['192.168.1.9', 'fd00::9'], ttl)),
  )
  const questions = [serviceType, allServices, instanceName(labelOf(office, 1))].map((name) => ({ name, type: 'ANY' }))
  const known: Record[] = [{ type: 'PTR', name: serviceType, ttl: 9, data: instanceName(labelOf(office, 1)) }]
  return [
    ...responses.map((records) => writeMessage({ id: 0, isResponse: true, questions: [], records })),
    ...questions.map((question) => writeMessage({ id: 0, isResponse: false, questions: [question], records: known })),
    encode({
      type: 'response',
      answers: [
        { type: 'PTR', name: '_ipp._tcp.local', data: 'Printer._ipp._tcp.local', ttl: 4_500 },
        { type: 'NSEC', name: 'printer.local', ttl: 120, data: { nextDomain: 'printer.local', rrtypes: ['A', 'AAAA'] } },
        { type: 'HINFO', name: 'printer.local', ttl: 120, data: { cpu: 'x', os: 'y' } },
      ],
    }),
  ]
}

/** Packets of a seed: flipped, cut, doubled, glued together, with lying counts and pointers, or of nothing but chance. */
function* fuzzed(seed: number): Generator<Buffer> {
  const random = seededRandom(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  const real = seeds()
  const pick = () => Buffer.from(real[below(real.length)]!)
  const noise = (length: number) => Buffer.from(Array.from({ length }, () => below(256)))
  const mutations: (() => Buffer)[] = [
    () => noise(below(600)),
    () => Buffer.concat([pick().subarray(0, 12), noise(below(300))]),
    () => pick().subarray(0, below(600)),
    () => Buffer.concat([pick(), pick(), noise(below(20))]),
    () => Buffer.concat([pick(), Buffer.alloc(9_500)]),
    // Counts of questions and records in the header.
    () => {
      const packet = pick()
      packet.writeUInt16BE(below(65_536), 4 + 2 * below(4))
      return packet
    },
    // A pointer of compressed names (RFC 1035, section 4.1.4), to anywhere.
    () => {
      const packet = pick()
      packet.writeUInt16BE(0xc000 | below(0x4000), 12 + below(packet.length - 14))
      return packet
    },
    () => {
      const packet = pick()
      for (let flips = 1 + below(8); flips > 0; flips--) packet[12 + below(packet.length - 12)] = below(256)
      return packet
    },
  ]
  for (let made = 0; made < packets; made++) yield mutations[below(mutations.length)]!()
}

test.each([1, 20_260, 987_654])('packets of seed %i', async (seed) => {
  const wire = new FakeWire()
  const browser = new Browser({ open: () => wire, own: () => wire.own })
  const responder = new Responder(office, wire)
  browser.start()
  let unread = 0
  let made = 0
  for (const packet of fuzzed(seed)) {
    if (!wire.hearBytes(packet, `192.168.1.${made % 250}`, made % 7 === 0 ? 1 + (made % 65_535) : 5353)) unread++
    if (++made % 50 !== 0) continue
    await vi.advanceTimersByTimeAsync(100)
    expect(browser.seen.length).toBeLessThanOrEqual(200)
  }

  // Both are alive, and the counts say what came: some unread, some read and refused, some believed.
  expect(unread).toBeGreaterThan(packets / 4)
  expect(unread).toBeLessThan(packets)
  expect(browser.leftOut.malformed).toBeGreaterThan(100)
  expect(browser.seen.length).toBeGreaterThan(0)
  for (const { addresses, name, label } of browser.seen) {
    expect(addresses.length).toBeLessThanOrEqual(16)
    expect(Buffer.byteLength(label)).toBeLessThanOrEqual(63)
    expect(name.length).toBeLessThanOrEqual(64)
  }
  expect(wire.sent.length).toBeLessThan(200)
  wire.sent.length = 0
  wire.hear({ questions: [{ name: serviceType, type: 'PTR' }] })
  await vi.advanceTimersByTimeAsync(1_200)
  expect(wire.sent.some(({ message }) => message.isResponse)).toBe(true)
  browser.close()
  await responder.close()
  // Whoever is silent is forgotten.
  expect(browser.seen).toEqual([])
})

test('what only looks like a message is none', () => {
  const real = writeMessage({ id: 0, isResponse: false, questions: [{ name: serviceType, type: 'PTR' }], records: [] })
  expect(readMessage(real)).not.toBeNull()
  expect(readMessage(Buffer.alloc(0))).toBeNull()
  expect(readMessage(real.subarray(0, 11))).toBeNull()
  expect(readMessage(Buffer.concat([real, Buffer.alloc(9_000)]))).toBeNull()
  for (const bits of [0x0800, 0x7800, 0x0003]) {
    const other = Buffer.from(real)
    other.writeUInt16BE(bits, 2)
    expect(readMessage(other)).toBeNull()
  }
})
