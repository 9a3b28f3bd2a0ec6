/** Whoever says very much, from however many addresses, makes others work little, and hides nobody. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { localAddresses } from '../../src/main/lan/localAddresses.ts'
import { Browser } from '../../src/main/lan/mdns/Browser.ts'
import { Intake } from '../../src/main/lan/mdns/Intake.ts'
import { readMessage, writeMessage, type Record } from '../../src/main/lan/mdns/message.ts'
import { instanceName, labelOf, recordsOf, serviceType, type Announced } from '../../src/main/lan/mdns/service.ts'
import { Sightings } from '../../src/main/lan/mdns/Sightings.ts'
import type { Link } from '../../src/main/lan/mdns/wire.ts'
import { onNetworksAtOnce } from '../support/lan/networks.ts'
import { FakeWire } from './FakeWire.ts'
import { appearsWithin, flood, host, Looker, machines, server } from './support.ts'

const response = (records: Record[]) => writeMessage({ id: 0, isResponse: true, questions: [], records })
const texts = (count: number, ttl: number) =>
  Array.from({ length: count }, (_, index): Record => ({ type: 'TXT', name: instanceName(`N${index}`), ttl, data: [] }))

describe('one packet', () => {
  test('is read as far as one of 1,500 bytes could go', () => {
    const records = Array.from({ length: 300 }, (): Record => ({ type: 'A', name: 'a', ttl: 10, data: '10.0.0.1' }))
    const message = readMessage(response(records))
    expect(message?.records.length).toBe(96)
    // What comes after that may be anything.
    const spoiled = Buffer.concat([response(records).subarray(0, 2_500), Buffer.alloc(500, 0xff)])
    expect(readMessage(spoiled)?.records.length).toBe(96)
  })

  test('speaks of sixteen servers at most', async () => {
    const wire = new FakeWire()
    const browser = new Browser({ open: () => wire, own: () => wire.own })
    browser.start()
    wire.hear({ isResponse: true, records: texts(90, 10) })
    expect(browser.leftOut.malformed).toBe(16)
    browser.close()
  })

  test('of goodbyes costs no more where many are known', () => {
    const link: Link = { id: 'eth0/4', addresses: localAddresses({}, 'linux', () => 'physical'), asksOnly: false }
    const heardFrom = (source: string, bytes: Buffer) => ({ message: readMessage(bytes)!, source, port: 5353, link })
    const goodbyes = heardFrom('10.0.0.99', response(texts(90, 0)))
    const costOf = (servers: number) => {
      const sightings = new Sightings(() => false)
      for (let number = 0; number < servers; number++) {
        const announced = server()
        const bytes = response(recordsOf(announced, labelOf(announced, 1), 'a.local', []))
        for (let path = 0; path < 8; path++) sightings.hear(heardFrom(`10.${path}.0.${number}`, bytes), 0)
      }
      expect(sightings.seen([])).toHaveLength(servers)
      const times = Array.from({ length: 50 }, () => {
        const began = performance.now()
        sightings.hear(goodbyes, 0)
        return performance.now() - began
      })
      return Math.min(...times)
    }
    costOf(1)
    expect(costOf(200) / costOf(1)).toBeLessThan(5)
  })
})

describe('what is looked into', () => {
  const length = 1_000

  /** Each ms one of the senders speaks. Gives how many packets of theirs were looked into. */
  function floodFor(ms: number, intake: Intake, sourceOf: (at: number) => string, each = (_at: number) => {}): number {
    let admitted = 0
    for (let at = 0; at < ms; at++) {
      if (intake.admits({ source: sourceOf(at), length, isExpected: false }, at)) admitted++
      each(at)
    }
    return admitted
  }

  test('is little of what one sender says, and of what all say, and the rest is counted', () => {
    const one = new Intake(0)
    expect(floodFor(10_000, one, () => 'one')).toBeLessThanOrEqual(40 + 100)
    expect(one.dropped).toBeGreaterThanOrEqual(9_860)
    const all = new Intake(0)
    expect(floodFor(10_000, all, (at) => `${at % 250}`)).toBeLessThanOrEqual(400 + 2_000)
  })

  test('is counted in packets of 1,500 bytes', () => {
    const intake = new Intake(0)
    const admitted = Array.from({ length: 100 }, () => intake.admits({ source: 'one', length: 9_000, isExpected: false }, 0))
    expect(admitted.filter(Boolean)).toHaveLength(7)
  })

  test('is all that an honest network says: 200 servers that answer at once, four times a minute, and tell of changes', () => {
    const intake = new Intake(0)
    for (let at = 0; at < 60_000; at += 15_000)
      for (let number = 0; number < 200; number++)
        intake.admits({ source: `${number}`, length, isExpected: false }, at + number / 2)
    expect(intake.dropped).toBe(0)
  })

  test('is all that one says who says little, while 61 others say much', () => {
    const intake = new Intake(0)
    const quiet: boolean[] = []
    floodFor(
      20_000,
      intake,
      (at) => `${at % 61}`,
      (at) => {
        if (at % 500 === 0) quiet.push(intake.admits({ source: 'quiet', length, isExpected: false }, at))
      },
    )
    expect(quiet).toEqual(quiet.map(() => true))
  })

  test('is all that one says who is expected, while others never use an address twice', () => {
    const intake = new Intake(0)
    const expected: boolean[] = []
    floodFor(
      20_000,
      intake,
      (at) => `${at}`,
      (at) => {
        if (at % 500 === 0) expected.push(intake.admits({ source: 'expected', length, isExpected: true }, at))
      },
    )
    expect(expected).toEqual(expected.map(() => true))
  })
})

describe('a table that others have filled', () => {
  let wire: FakeWire
  let browser: Browser
  const office = server({ name: 'Office' })

  beforeEach(() => {
    vi.useFakeTimers()
    wire = new FakeWire()
    const isKnown = (fingerprint: string) => fingerprint === office.fingerprint
    browser = new Browser({ open: () => wire, own: () => wire.own, isKnown })
    browser.start()
    for (let number = 0; number < 200; number++) says(server(), `192.168.2.${number}`)
  })

  afterEach(() => {
    browser.close()
    vi.useRealTimers()
  })

  const says = (announced: Announced, source: string) =>
    wire.hear({ isResponse: true, records: recordsOf(announced, labelOf(announced, 1), 'a.local', []) }, source)
  const isSeen = () => browser.seen.some(({ fingerprint }) => fingerprint === office.fingerprint)

  test('has room for a server that is known, and for no other one', async () => {
    says(server(), '192.168.1.8')
    says(office, '192.168.1.9')
    await vi.advanceTimersByTimeAsync(50)
    expect(browser.seen).toHaveLength(200)
    expect(isSeen()).toBe(true)
    expect(browser.leftOut.refused).toBe(1)
  })

  test('keeps a server that answers, however many are asked for at once', async () => {
    says(office, '192.168.1.9')
    let asked = 0
    for (let passed = 0; passed < 62_000; passed += 100) {
      await vi.advanceTimersByTimeAsync(100)
      const questions = wire.sent.splice(0).flatMap(({ message }) => (message.isResponse ? [] : message.questions))
      asked += questions.length
      const names = [serviceType, instanceName(labelOf(office, 1))]
      if (questions.some(({ name }) => names.includes(name))) says(office, '192.168.1.9')
      // The others are silent until they would go, and come again.
      if (passed % 9_900 === 9_800) for (let number = 0; number < 199; number++) says(server(), `192.168.3.${number}`)
      expect(isSeen()).toBe(true)
    }
    expect(asked).toBeLessThan(62 * 30)
  })
})

onNetworksAtOnce('a server that is known is seen at once and all along while another machine floods', async ({ makeNetwork }) => {
  const [a, b, rogue] = await machines(makeNetwork)
  const office = server({ name: 'Office' })
  const looker = await Looker.on(b, office)
  await flood(rogue)
  await looker.sees((seen) => seen.length === 200)
  const hosting = await host(a, office)
  const hasOffice = (seen: typeof looker.seen) => seen.some(({ fingerprint }) => fingerprint === office.fingerprint)
  expect(await looker.sees(hasOffice)).toBeLessThan(appearsWithin)
  const since = looker.lines.length
  // Longer than its records last, so that it has answered under the flood.
  await new Promise((resolve) => setTimeout(resolve, 12_000))
  expect(looker.hasSeenAllAlong(office, since)).toBe(true)
  await hosting.end()
  await looker.sees((seen) => !hasOffice(seen))
})
