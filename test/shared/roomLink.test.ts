import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  leadsTo,
  linkFaults,
  linkIn,
  linkRef,
  linksTo,
  readRoomLink,
  RoomLink,
  writeAppLink,
  writeWebLink,
} from '../../src/shared/roomLink.ts'

const fp = '0123456789abcdef'.repeat(4)
const key = 'AbCdEfGhIjKlMn_-'
const link: RoomLink = {
  room: 'ABC123',
  key,
  addresses: ['192.168.1.20:4433', '[fe80::1]:4433', 'nas.local:4433'],
  fingerprint: fp,
}
const web = `https://192.168.1.20:4433/j/ABC123#fp=${fp}&at=[fe80::1]:4433,nas.local:4433&k=${key}`
const app = `lanyard://join/ABC123?fp=${fp}&at=192.168.1.20:4433,[fe80::1]:4433,nas.local:4433&k=${key}`
const bare = { room: 'ABC123', key: null, addresses: ['meet.example:443'], fingerprint: null }

const read = (text: string) => readRoomLink(text).link
const faultOf = (text: string) => readRoomLink(text).fault

describe('a link', () => {
  test('says the same to a browser and to the app', () => {
    expect(writeWebLink(link)).toBe(web)
    expect(writeAppLink(link)).toBe(app)
    expect(read(web)).toEqual(link)
    expect(read(app)).toEqual(link)
    expect(linkRef(link)).toBe(`ABC123.${key}`)
  })

  test('tells a server no more than where the page is', () => {
    const { pathname, search, hash } = new URL(web)
    expect(pathname + search).toBe('/j/ABC123')
    expect(hash).toContain(key)
  })

  test('of the older form has a code, a slug or an id, and may go on having it', () => {
    expect(read('https://meet.example/?room=abc-123&username=a@b.example')).toEqual(bare)
    const slug = read('https://meet.example/?room=weekly-sync')!
    expect(slug).toEqual({ ...bare, room: 'weekly-sync' })
    expect(read(writeWebLink(slug)!)).toEqual(slug)
    expect(read(writeAppLink(slug))).toEqual(slug)
  })

  test('needs nothing but its code, and is read as people write it', () => {
    expect(read('lanyard://join/abc-123')).toEqual({ ...bare, addresses: [] })
    expect(read('HTTPS://Meet.Example/j/abc-123/')).toEqual(bare)
    const colons = (fp.match(/../g) ?? []).join(':').toUpperCase()
    expect(read(`https://meet.example/j/ABC123#fp=${colons}`)).toEqual({ ...bare, fingerprint: fp })
    // Some programs encode what need not be.
    expect(read(app.replaceAll(',', '%2C').replaceAll(':4433', '%3A4433'))).toEqual(link)
    // Later versions may say more.
    expect(read('https://meet.example/j/ABC123#new=1')).toEqual(bare)
  })

  test('is plain on its own computer alone', () => {
    expect(writeWebLink({ ...bare, addresses: ['127.0.0.1:4433'] })).toBe('http://127.0.0.1:4433/j/ABC123')
    expect(read('http://localhost/j/ABC123')?.addresses).toEqual(['localhost:80'])
    expect(writeWebLink(read('http://192.168.1.20:4433/j/ABC123')!)).toBe('https://192.168.1.20:4433/j/ABC123')
  })

  test.each([
    ['', 'notALink'],
    ['ABC123', 'notALink'],
    ['https://meet.example/', 'notALink'],
    ['https://meet.example/jj/ABC123', 'notALink'],
    ['https://meet.example/j/ABC123/more', 'notALink'],
    ['lanyard://host/ABC123', 'notALink'],
    ['lanyard://join@evil.example/ABC123', 'notALink'],
    ['lanyard:join/ABC123', 'notALink'],
    ['javascript:alert(1)//https://meet.example/j/ABC123', 'notALink'],
    ['file:///j/ABC123', 'notALink'],
    ['https:\\\\meet.example\\j\\ABC123', 'notALink'],
    ['https://meet.example\\@evil.example/j/ABC123', 'notALink'],
    ['https://meet.example/j/ABC123\n', 'notALink'],
    ['https://meet\t.example/j/ABC123', 'notALink'],
    ['https://meet.example/j/ABC123#k=\u0000', 'notALink'],
    ['https://meet.example/j/', 'badCode'],
    ['https://meet.example/j/ABC12', 'badCode'],
    ['https://meet.example/j/ABC12%', 'badCode'],
    ['https://meet.example/j/%2e%2e', 'notALink'],
    ['https://meet.example/j/%252E', 'badCode'],
    ['https://meet.example/j/ABC%2F123', 'badCode'],
    ['https://meet.example/j/ABC123?room=ABC123', 'badCode'],
    ['https://meet.example/?room=ABC123&room=DEF456', 'badCode'],
    ['https://meet.example/?room=', 'badCode'],
    ['https://meet.example/?room=../up', 'badCode'],
    ['lanyard://join', 'badCode'],
    [`${web}&fp=${fp}`, 'badFingerprint'],
    ['https://meet.example/j/ABC123#fp=', 'badFingerprint'],
    [`https://meet.example/j/ABC123#fp=${fp.slice(1)}`, 'badFingerprint'],
    [`https://meet.example/j/ABC123#fp=${fp}0`, 'badFingerprint'],
    ['https://meet.example@evil.example/j/ABC123', 'badAddress'],
    ['https://a:b@evil.example/j/ABC123', 'badAddress'],
    ['https://@evil.example/j/ABC123', 'badAddress'],
    ['https://bücher.example/j/ABC123', 'badAddress'],
    ['https://meet。example/j/ABC123', 'badAddress'],
    ['https://%6deet.example/j/ABC123', 'badAddress'],
    ['https://2130706433/j/ABC123', 'badAddress'],
    ['https://0x7f.1/j/ABC123', 'badAddress'],
    ['https://127.1/j/ABC123', 'badAddress'],
    ['https://meet.example:0/j/ABC123', 'badAddress'],
    ['https://meet.example:65536/j/ABC123', 'badAddress'],
    ['https://meet.example:04433/j/ABC123', 'badAddress'],
    ['https://meet.example:/j/ABC123', 'badAddress'],
    ['https://meet..example/j/ABC123', 'badAddress'],
    ['https://-a.example/j/ABC123', 'badAddress'],
    ['https://[fe80::1%25eth0]/j/ABC123', 'badAddress'],
    ['https://[::1/j/ABC123', 'badAddress'],
    ['lanyard://join/ABC123?at=', 'badAddress'],
    ['lanyard://join/ABC123?at=meet.example', 'badAddress'],
    ['lanyard://join/ABC123?at=https://meet.example', 'badAddress'],
    ['lanyard://join/ABC123?at=a:1,,b:2', 'badAddress'],
    ['lanyard://join/ABC123?at=a:1&at=b:2', 'badAddress'],
    ['lanyard://join/ABC123?at=a:1+', 'badAddress'],
    [`lanyard://join/ABC123?at=${Array.from({ length: 9 }, (_, i) => `a${i}:1`).join(',')}`, 'badAddress'],
    ['lanyard://join/ABC123?k=', 'badKey'],
    [`lanyard://join/ABC123?k=${key}A`, 'badKey'],
    [`lanyard://join/ABC123?k=${key.slice(1)}%00`, 'badKey'],
    [`lanyard://join/ABC123?k=${key}&k=${key}`, 'badKey'],
    // A key belongs to a code.
    [`https://meet.example/?room=weekly-sync#k=${key}`, 'badKey'],
    [`lanyard://join/ABC123?at=${'a'.repeat(1_000)}:1`, 'tooLong'],
  ])('%j is refused as a whole: %s', (text, fault) => {
    expect(readRoomLink(text)).toEqual({ link: null, fault })
  })

  test('each fault is told from the others in a sentence', () => {
    expect(new Set(Object.values(linkFaults)).size).toBe(6)
    for (const sentence of Object.values(linkFaults)) expect(sentence).toMatch(/^[A-Z].*\.$/)
  })
})

describe('the links to a room', () => {
  const room = { joinCode: 'ABC123', linkKey: key }
  const server = { urls: ['https://192.168.1.20:4433', 'https://10.0.0.4:4433', 'https://127.0.0.1:4433'], fingerprint: fp }

  test('lead to the best of its server’s addresses, and name the others', () => {
    expect(linksTo(room, server)).toEqual({
      web: `https://192.168.1.20:4433/j/ABC123#fp=${fp}&at=10.0.0.4:4433&k=${key}`,
      app: `lanyard://join/ABC123?fp=${fp}&at=192.168.1.20:4433,10.0.0.4:4433&k=${key}`,
      isLocal: false,
    })
  })

  test('do so whatever address of this computer one has used oneself', () => {
    expect(linksTo(room, server, 'http://127.0.0.1:4433')).toEqual(linksTo(room, server))
  })

  test('begin with a name that the server does not know itself by, as that of a proxy', () => {
    expect(linksTo(room, { ...server, fingerprint: null }, 'https://meet.example')?.web).toBe(
      `https://meet.example/j/ABC123#at=192.168.1.20:4433,10.0.0.4:4433&k=${key}`,
    )
  })

  test('say that they lead nowhere else where the server is open to its own computer only', () => {
    const urls = ['http://127.0.0.1:4433', 'http://[::1]:4433']
    expect(linksTo(room, { urls, fingerprint: null })).toMatchObject({
      web: `http://127.0.0.1:4433/j/ABC123#at=[::1]:4433&k=${key}`,
      isLocal: true,
    })
    expect(linksTo(room, { urls: [], fingerprint: null })).toBeNull()
  })

  test('can be read, however many and long the addresses are', () => {
    const urls = Array.from(
      { length: 20 },
      (_, i) => `https://${`${i}x`.padEnd(60, 'a')}.${'b'.repeat(60)}.${'c'.repeat(60)}.example:65535`,
    )
    const links = linksTo(room, { urls, fingerprint: fp })!
    for (const text of [links.web, links.app]) expect(read(text)?.addresses.length).toBeGreaterThan(2)
  })
})

test('whose link it is, its fingerprint says, or else its addresses', () => {
  const server = { urls: ['http://127.0.0.1:4433', 'https://192.168.1.20:4433'], fingerprint: fp }
  expect(leadsTo({ ...link, addresses: ['10.9.9.9:1'] }, server)).toBe(true)
  expect(leadsTo({ ...link, fingerprint: 'f'.repeat(64) }, server)).toBe(false)
  expect(leadsTo({ ...link, fingerprint: null }, server)).toBe(true)
  expect(leadsTo({ ...link, addresses: ['localhost:4433'] }, { ...server, fingerprint: null })).toBe(true)
  expect(leadsTo({ ...link, addresses: ['localhost:4434'] }, { ...server, fingerprint: null })).toBe(false)
  expect(leadsTo({ ...link, addresses: [], fingerprint: null }, server)).toBe(true)
})

describe('10,000 links of strangers', () => {
  const seeded = { seed: 61, numRuns: 5_000 }
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom(
      '@',
      '%',
      '%00',
      '%2f',
      '#',
      '?',
      '&',
      '=',
      '..',
      '[',
      ']',
      ':',
      '\\',
      '\u202e',
      'xn--',
      fp,
      `&k=${key}`,
      '&at=',
      '//',
    ),
  )

  /** Nothing is thrown, and what is understood means the same when it is written and read again. */
  function holds(text: string): void {
    const { link, fault } = readRoomLink(text)
    if (link === null) return expect(linkFaults[fault]).toBeTypeOf('string')
    expect(RoomLink.parse(link)).toEqual(link)
    expect(read(writeAppLink(link))).toEqual(link)
    const again = writeWebLink(link)
    if (link.addresses.length > 0) expect(read(again!)).toEqual(link)
    expect(again ?? '').not.toMatch(/[\s\\@%]/)
  }

  test('real ones with a part of them changed', () => {
    let understood = 0
    const mutated = fc
      .record({
        from: fc.constantFrom(web, app, 'https://meet.example/?room=weekly-sync'),
        at: fc.nat(),
        length: fc.nat(6),
        piece,
      })
      .map(({ from, at, length, piece }) => {
        const start = at % (from.length + 1)
        return from.slice(0, start) + piece + from.slice(start + length)
      })
    fc.assert(
      fc.property(mutated, (text) => {
        holds(text)
        if (read(text)) understood += 1
      }),
      seeded,
    )
    // Or the fuzzing would only ever see one side.
    expect(understood).toBeGreaterThan(100)
    expect(understood).toBeLessThan(seeded.numRuns)
  })

  test('arbitrary ones, in any text', () => {
    const forms = fc.constantFrom('', 'https://', 'lanyard://join/', 'http://h/j/', 'https://h:1/?room=', `${app}&`, `${web}&`)
    const arbitrary = fc.tuple(forms, fc.array(piece, { maxLength: 8 })).map(([form, pieces]) => form + pieces.join(''))
    fc.assert(
      fc.property(arbitrary, (text) => {
        holds(text)
        const found = linkIn(`See ${text} there`)
        if (found !== null) holds(found)
      }),
      seeded,
    )
  })

  test('ones that are valid by construction', () => {
    const host = fc.oneof(
      fc.ipV4(),
      fc.ipV6().map((ip) => `[${ip}]`),
      fc.domain().map((name) => name.toLowerCase()),
    )
    const address = fc.tuple(host, fc.integer({ min: 1, max: 65_535 })).map(([host, port]) => `${host}:${port}`)
    const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 })
    const links = fc.record({ addresses: fc.array(address, { maxLength: 4 }), fingerprint: fc.option(hex) })
    fc.assert(
      fc.property(links, ({ addresses, fingerprint }) => {
        const text = writeAppLink({ room: 'ABC123', key, addresses, fingerprint })
        if (text.length > 1_000) return
        const { link, fault } = readRoomLink(text)
        // A few of these hosts are none.
        if (link === null) return expect(fault).toBe('badAddress')
        expect(link).toMatchObject({ room: 'ABC123', key, fingerprint })
        holds(text)
      }),
      { seed: 61, numRuns: 1_000 },
    )
  })
})

test('a long text is looked through in no time', () => {
  const since = performance.now()
  expect(linkIn('a'.repeat(1_000_000))).toBeNull()
  expect(linkIn('https://x '.repeat(100_000))).toBe('https://x')
  expect(faultOf('h'.repeat(1_000_000))).toBe('tooLong')
  expect(performance.now() - since).toBeLessThan(1_000)
})
