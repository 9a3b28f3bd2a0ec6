/** What is asked and remembered, with a clock in the test's hand. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Browser } from '../../src/main/lan/mdns/Browser.ts'
import type { Record } from '../../src/main/lan/mdns/message.ts'
import { instanceName, labelOf, recordsOf, serviceType, type Announced } from '../../src/main/lan/mdns/service.ts'
import { FakeWire } from './FakeWire.ts'
import { server } from './support.ts'

let wire: FakeWire
let browser: Browser

beforeEach(() => {
  vi.useFakeTimers()
  wire = new FakeWire()
  browser = new Browser({ open: () => wire, own: () => wire.own })
  browser.start()
})

afterEach(() => {
  browser.close()
  vi.useRealTimers()
})

interface Saying {
  source?: string
  host?: string
  label?: string
  addresses?: string[]
  ttl?: number
}

/** A server says what it is, and what is seen then is told. */
async function says(announced: Announced, { source = '192.168.1.9', ...saying }: Saying = {}): Promise<void> {
  const { label = labelOf(announced, 1), host = 'a.local', addresses = ['192.168.1.9'], ttl } = saying
  wire.hear({ isResponse: true, records: recordsOf(announced, label, host, addresses, ttl) }, source)
  await vi.advanceTimersByTimeAsync(50)
}

/** The questions of that name, each with when it was asked, in ms. */
function asked(name: string) {
  return wire.sent.filter(({ message }) => message.questions.some((question) => question.name === name))
}

test('all are asked for soon, and then ever more seldom, once a minute in the end', async () => {
  await vi.advanceTimersByTimeAsync(300_000)
  const times = asked(serviceType).map(({ at }) => at)
  expect(times[0]! - wire.sent[0]!.at).toBeLessThanOrEqual(120)
  const gaps = times.slice(1).map((at, index) => Math.round((at - times[index]!) / 1_000))
  expect(gaps).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
})

test('what is known is asked for again before it ends, and goes when nobody answers', async () => {
  const office = server()
  await says(office)
  const heardAt = performance.now() - 50
  await vi.advanceTimersByTimeAsync(9_900)
  const asks = asked(instanceName(labelOf(office, 1))).map(({ at }) => (at - heardAt) / 10_000)
  expect(asks).toHaveLength(4)
  for (const [index, at] of [0.8, 0.85, 0.9, 0.95].entries()) {
    expect(asks[index]).toBeGreaterThanOrEqual(at)
    expect(asks[index]).toBeLessThan(at + 0.03)
  }
  expect(browser.seen).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(200)
  expect(browser.seen).toEqual([])
})

test('what is fresh is told as known, unless its label is not of its fingerprint', async () => {
  await vi.advanceTimersByTimeAsync(2_000)
  const [office, twin] = [server(), server()]
  await says(office)
  await says(twin, { label: labelOf(server(), 1), source: '192.168.1.10' })
  await vi.advanceTimersByTimeAsync(2_000)
  const known = asked(serviceType)
    .at(-1)!
    .message.records.map((record) => record.data)
  expect(known).toEqual([instanceName(labelOf(office, 1))])
})

test('records never last longer than ten seconds, whatever they say', async () => {
  await says(server(), { ttl: 86_400 })
  await vi.advanceTimersByTimeAsync(10_100)
  expect(browser.seen).toEqual([])
})

test('who says goodbye is asked twice, and goes after two seconds', async () => {
  const [office, other] = [server(), server()]
  await says(office)
  await says(other, { source: '192.168.1.10' })
  wire.sent.length = 0
  await says(office, { ttl: 0 })
  await vi.advanceTimersByTimeAsync(1_900)
  expect(browser.seen).toHaveLength(2)
  expect(asked(instanceName(labelOf(office, 1)))).toHaveLength(2)
  await vi.advanceTimersByTimeAsync(200)
  expect(browser.seen.map(({ fingerprint }) => fingerprint)).toEqual([other.fingerprint])
})

test('a goodbye counts for nobody of another fingerprint', async () => {
  const office = server()
  const twin = { ...office, fingerprint: 'f'.repeat(64) }
  await says(office)
  await says(twin, { label: labelOf(office, 1), source: '192.168.1.66' })
  await says(twin, { label: labelOf(office, 1), source: '192.168.1.66', ttl: 0 })
  await vi.advanceTimersByTimeAsync(2_500)
  expect(browser.seen.map(({ fingerprint }) => fingerprint)).toEqual([office.fingerprint])
})

test('who copies even fingerprint and id adds a way that leads nowhere, and changes nothing', async () => {
  const office = server()
  await says(office)
  const before = browser.seen[0]!
  await says({ ...office, name: 'Free Wi-Fi', revision: 99, port: 1 }, { source: '192.168.1.66', addresses: ['192.168.1.66'] })
  expect(browser.seen).toEqual([{ ...before, addresses: ['192.168.1.9:4433', '192.168.1.66:1'] }])
  await says({ ...office, revision: 2 })
  expect(browser.seen[0]).toMatchObject({ name: office.name, revision: 2 })
})

test('addresses come the best first, and none that lies with strangers', async () => {
  const addresses = ['8.8.8.8', '2001:db8::1', '127.0.0.1', '10.3.3.3', 'fe80::9', '169.254.7.7', 'fd00::9', '192.168.1.9']
  await says(server(), { addresses })
  expect(browser.seen[0]?.addresses).toEqual(['192.168.1.9:4433', '[fd00::9]:4433', '10.3.3.3:4433', '169.254.7.7:4433'])
  const other = server()
  await says(other, { source: 'fe80::7%eth0', addresses: ['fe80::7', 'fd00::7'] })
  expect(browser.seen[1]?.addresses).toEqual(['[fd00::7]:4433', '[fe80::7%eth0]:4433'])
})

test('a flood is bounded: servers, ways to one, and what one sender may claim', async () => {
  const flood = async (count: number, sourceOf: (number: number) => string, announcedOf: (number: number) => Announced) => {
    for (let number = 0; number < count; number++) {
      const records = recordsOf(announcedOf(number), `Flood ${number}`, `${number}.local`, [])
      wire.hear({ isResponse: true, records }, sourceOf(number))
    }
    await vi.advanceTimersByTimeAsync(50)
  }
  const victim = server()
  await says(victim)
  await flood(
    100,
    () => '192.168.1.66',
    () => server(),
  )
  expect(browser.seen).toHaveLength(33)
  await flood(
    50,
    (number) => `192.168.1.${100 + number}`,
    () => victim,
  )
  expect(browser.seen[0]?.addresses).toHaveLength(8)
  await flood(
    1_000,
    (number) => `192.168.${number >> 8}.${number & 255}`,
    () => server(),
  )
  expect(browser.seen).toHaveLength(200)
  expect(browser.seen[0]?.fingerprint).toBe(victim.fingerprint)
  expect(browser.leftOut.refused).toBeGreaterThan(900)
})

test('a link that goes takes with it what was heard there; after a sleep all is asked for anew', async () => {
  const office = server()
  await says(office)
  wire.change([{ ...wire.link, id: 'wlan0/4' }])
  await vi.advanceTimersByTimeAsync(100)
  expect(browser.seen).toEqual([])

  wire.change([wire.link])
  await says(office)
  wire.sent.length = 0
  wire.wake()
  await vi.advanceTimersByTimeAsync(500)
  expect(asked(serviceType)).toHaveLength(1)
  expect(asked(instanceName(labelOf(office, 1)))).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(browser.seen).toEqual([])
})

test('who stops looking asks and sees nothing more, and can look again', async () => {
  await says(server())
  let changes = 0
  browser.on('changed', () => changes++)
  browser.stop()
  browser.stop()
  expect(browser.seen).toEqual([])
  expect(changes).toBe(1)
  wire.sent.length = 0
  await says(server())
  await vi.advanceTimersByTimeAsync(10_000)
  expect(wire.sent).toEqual([])
  expect(browser.seen).toEqual([])
  browser.start()
  await says(server())
  expect(browser.seen).toHaveLength(1)
})

test('what is not told is not announced', async () => {
  const office = server()
  await says(office)
  let changes = 0
  browser.on('changed', () => changes++)
  for (let round = 0; round < 5; round++) await says(office)
  expect(changes).toBe(0)
})

const fingerprint = `abcdef${'7'.repeat(58)}`

test.each([
  ['as it is', '会议室 ☎ – Büro', '会议室 ☎ – Büro'],
  ['without line breaks and controls', 'Ada\n\r\n\tOK, verified\u001b]0;x\u0007\u009b', 'Ada OK, verified ]0;x'],
  ['without what turns it around', '\u202egnp.\u2066s’adA\u2069\u200f\u061c', 'gnp.s’adA'],
  ['without what nobody sees', 'A\u200bd\u200da\u034f\u00ad\ufe0f\u3164\u2800\u{e0041}', 'Ada'],
  ['without wide gaps', 'Ada\u3000\u00a0\u2028   Office', 'Ada Office'],
  ['as its fingerprint begins, where it is of nothing', ' ', 'abcdef'],
  ['as its fingerprint begins, where nobody sees it', '\u3164\u200d\u{e0100}\u2800\u202e', 'abcdef'],
  ['as its fingerprint begins, where it has no end', 'x'.repeat(240), 'abcdef'],
])('a name is shown %s', async (_, name, shown) => {
  await says(server({ name, fingerprint }), { label: 'Any [abcdef]' })
  expect(browser.seen.map((seen) => seen.name)).toEqual([shown])
})

/** The records of a server, one of them changed. */
function spoiled(spoil: (record: Record) => Record): Record[] {
  return recordsOf(server(), 'Spoiled [123456]', 'a.local', ['192.168.1.9']).map(spoil)
}

test.each<[string, (record: Record) => Record]>([
  ['without a fingerprint', withText((pairs) => pairs.filter((pair) => !pair.startsWith('fp=')))],
  ['with a wrong fingerprint', withText((pairs) => ['fp=abc', ...pairs])],
  ['with a revision that is no number', withText((pairs) => ['rev=1e9', ...pairs])],
  ['of protocol 0', withText((pairs) => ['v=0', ...pairs])],
  ['with too much text', withText((pairs) => [...pairs, ...Array<string>(10).fill('x'.repeat(200))])],
  ['of another label', (record) => (record.type === 'TXT' ? { ...record, name: instanceName('Another') } : record)],
])('a record %s is counted and left out', async (_, spoil) => {
  wire.hear({ isResponse: true, records: spoiled(spoil) })
  await vi.advanceTimersByTimeAsync(100)
  expect(browser.seen).toEqual([])
  expect(browser.leftOut.malformed).toBe(1)
})

function withText(change: (pairs: string[]) => string[]): (record: Record) => Record {
  return (record) =>
    record.type === 'TXT' ? { ...record, data: change(record.data.map(String)).map((pair) => Buffer.from(pair)) } : record
}
