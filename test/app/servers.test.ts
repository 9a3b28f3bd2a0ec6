/** Whom the app trusts: servers by their certificates, and nobody in their place. Real connections on this computer. */
import { connect, getCACertificates, setDefaultCACertificates } from 'node:tls'
import { once } from 'node:events'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { KnownServers } from '../../src/main/app/servers/KnownServers.ts'
import { wordsOf } from '../../src/main/lan/words.ts'
import { makeAuthority, type KeyPair } from '../../src/main/server/tls/authority.ts'
import { appCopy } from '../support/appCopy.ts'
import { certificateOf, companyAuthority, fingerprintOf } from '../support/certificates.ts'
import { Client } from '../support/Client.ts'
import { startServer, temporaryDirectory } from '../support/server.ts'
import { TlsServer } from '../support/TlsServer.ts'
import { until } from '../support/until.ts'

const office = () => makeAuthority({ server: 'Office' })

test('F62: whoever is met for the first time is told nothing, and is known once the words were compared', async () => {
  const keys = await certificateOf(await office())
  const server = await TlsServer.start(keys)
  const { servers, typed } = appCopy()
  const fingerprint = fingerprintOf(keys)
  const words = await wordsOf(fingerprint)
  expect(await typed(server.address)).toEqual({
    status: 'new',
    fingerprint,
    name: null,
    address: server.address,
    words,
    inPlaceOf: null,
  })
  expect(() => servers.trust('0'.repeat(64))).toThrow('Meet this server first')
  expect(servers.trust(fingerprint)).toEqual({ status: 'known', serverId: fingerprint, name: server.address })
  expect(await typed(server.address)).toMatchObject({ status: 'known', serverId: fingerprint })
  expect(server.told).toBe('')
})

test('what is told to a server that does not check is seen here, so nothing seen means that nothing was told', async () => {
  const server = await TlsServer.start(await certificateOf(await office()))
  const socket = connect({ port: server.port, rejectUnauthorized: false })
  socket.end('a word')
  await once(socket, 'close')
  expect(server.told).toBe('a word')
})

test('a server is known wherever it is, also after a restart of this copy', async () => {
  const keys = await certificateOf(await office())
  const [before, after] = [await TlsServer.start(keys), await TlsServer.start(keys)]
  const { kept, know, network, servers } = appCopy()
  const id = await know(before)
  await before.close()
  expect(await servers.locate(id)).toBeNull()
  network.claim(fingerprintOf(keys), [after.address])
  expect(await servers.locate(id)).toBe(`https://${after.address}`)
  expect(await servers.meetAgain(id)).toMatchObject({ status: 'known', serverId: id })

  const next = new KnownServers(kept)
  expect(next.withId(id)?.addresses).toEqual([after.address, before.address])
  // One that cannot be read does not make strangers of the others.
  kept.set('servers', [{ id: 'damaged' }, ...(kept.get('servers') as object[])])
  expect(next.withId(id)?.fingerprint).toBe(fingerprintOf(keys))
})

test('F62: nobody is met in the place of a server that is known', async () => {
  const [keys, rogueKeys] = [await certificateOf(await office()), await certificateOf(await office())]
  const server = await TlsServer.start(keys)
  const { know, network, servers, typed } = appCopy()
  const id = await know(server)
  await server.close()
  const rogue = await TlsServer.start(rogueKeys, { port: server.port })
  const changed = { status: 'changed', name: server.address, words: await wordsOf(fingerprintOf(rogueKeys)) }
  expect(await typed(rogue.address)).toEqual(changed)
  expect(await servers.meetAgain(id)).toEqual(changed)
  expect(await servers.locate(id)).toBeNull()
  // Not by what it says in the network either, where it takes the name as well.
  network.claim(fingerprintOf(rogueKeys), [rogue.address], server.address)
  const [seen] = servers.nearby
  expect(seen).toMatchObject({ serverId: null, rooms: null })
  const met = await servers.meet({ addresses: [rogue.address], fingerprint: seen!.fingerprint, isProof: false })
  expect(met).toEqual(changed)
  expect(() => servers.trust(seen!.fingerprint)).toThrow('Meet this server first')
  expect(rogue.told).toBe('')
})

test('who has been given the address of a known server, and has a name of their own, is met as somebody else', async () => {
  const [keys, otherKeys] = [await certificateOf(await office()), await certificateOf(await office())]
  const server = await TlsServer.start(keys)
  const { know, known, network, servers, typed } = appCopy()
  const id = await know(server)
  await server.close()
  const other = await TlsServer.start(otherKeys, { port: server.port })
  network.claim(fingerprintOf(otherKeys), [other.address], 'Zoe')
  const wish = { addresses: [other.address], fingerprint: fingerprintOf(otherKeys), isProof: false }
  expect(await servers.meet(wish)).toMatchObject({ status: 'new', name: 'Zoe', inPlaceOf: server.address })
  // Whoever types the address means the one that they know.
  expect(await typed(other.address)).toMatchObject({ status: 'changed', name: server.address })
  expect(known.withId(id)?.addresses).toEqual([server.address])
  expect(other.told).toBe('')
})

test('whoever only claims in the network to be a known server is not met in its place', async () => {
  const keys = await certificateOf(await office())
  const server = await TlsServer.start(keys)
  const rogue = await TlsServer.start(await certificateOf(await office()))
  const { know, network, servers } = appCopy()
  const id = await know(server)
  // The rogue comes first, and the real one still is found.
  network.claim(fingerprintOf(keys), [rogue.address], 'Office twin')
  network.claim(fingerprintOf(keys), [server.address])
  expect(servers.nearby).toHaveLength(1)
  expect(await servers.locate(id)).toBe(`https://${server.address}`)
  await server.close()
  expect(await servers.locate(id)).toBeNull()
  expect(await servers.meetAgain(id)).toEqual({ status: 'unreachable' })
  const met = await servers.meet({ addresses: [rogue.address], fingerprint: fingerprintOf(keys), isProof: false })
  expect(met).toMatchObject({ status: 'changed', name: server.address })
  expect(rogue.told).toBe('')
})

test('one that is not known yet is met where it is, whoever else claims to be it', async () => {
  const keys = await certificateOf(await office())
  const server = await TlsServer.start(keys)
  const rogue = await TlsServer.start(await certificateOf(await office()))
  const { network, servers } = appCopy()
  network.claim(fingerprintOf(keys), [rogue.address])
  network.claim(fingerprintOf(keys), [server.address])
  const [seen] = servers.nearby
  const met = await servers.meet({ addresses: [seen!.address], fingerprint: seen!.fingerprint, isProof: false })
  expect(met).toMatchObject({ status: 'new', fingerprint: fingerprintOf(keys), address: server.address })
})

test('a renewed certificate is known by the authority of the one before, and one from before that is not', async () => {
  const authority = await office()
  // Certificates tell their time in seconds.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 60_000 })
  const oldest = await certificateOf(authority)
  vi.useRealTimers()
  const [before, renewed] = [await certificateOf(authority), await certificateOf(authority)]
  const { known, know, servers, typed } = appCopy()
  const first = await TlsServer.start(before)
  const id = await know(first)
  await first.close()
  const second = await TlsServer.start(renewed, { port: first.port })
  expect(await servers.locate(id)).toBe(`https://${second.address}`)
  expect(known.withId(id)?.fingerprint).toBe(fingerprintOf(renewed))
  expect(await typed(second.address)).toMatchObject({ status: 'known', serverId: id })
  await second.close()
  const third = await TlsServer.start(oldest, { port: first.port })
  expect(await servers.locate(id)).toBeNull()
  expect(await typed(third.address)).toMatchObject({ status: 'changed' })
  expect(third.told).toBe('')
})

test('an authority that signs for many vouches for none of them: not a company’s, not one that nobody is the authority of', async () => {
  const company = await companyAuthority()
  const { know, servers, typed } = appCopy()
  const server = await TlsServer.start(await certificateOf(company))
  const id = await know(server)
  await server.close()
  const colleague = await TlsServer.start(await certificateOf(company), { port: server.port })
  expect(await typed(colleague.address)).toMatchObject({ status: 'changed' })
  expect(await servers.locate(id)).toBeNull()
  await colleague.close()

  // The authority's certificate is no secret: shown along, without its signature, it proves nothing.
  const authority = await office()
  const known = await TlsServer.start(await certificateOf(authority))
  const knownId = await know(known)
  await known.close()
  const own = await certificateOf(await office())
  const [leaf] = own.certificate.split(/(?<=-----END CERTIFICATE-----\n)/)
  const liar = { certificate: `${leaf}\n${authority.certificate}`, key: own.key }
  const rogue = await TlsServer.start(liar, { port: known.port })
  expect(await typed(rogue.address)).toMatchObject({ status: 'changed' })
  expect(await servers.locate(knownId)).toBeNull()
  expect(rogue.told + colleague.told).toBe('')
})

test('an address that another server has by now is its own, where the one before answers elsewhere', async () => {
  const keys = await certificateOf(await office())
  const [before, after] = [await TlsServer.start(keys), await TlsServer.start(keys)]
  const { known, know, network, servers, typed } = appCopy()
  const id = await know(before)
  await before.close()
  const otherKeys = await certificateOf(await office())
  const other = await TlsServer.start(otherKeys, { port: before.port })
  expect(await typed(other.address)).toMatchObject({ status: 'changed' })
  network.claim(fingerprintOf(keys), [after.address])
  // It says whose place it has taken; and that one loses the address only to someone who is trusted.
  expect(await typed(other.address)).toMatchObject({ status: 'new', inPlaceOf: before.address })
  expect(known.withId(id)?.addresses).toEqual([after.address, before.address])
  servers.trust(fingerprintOf(otherKeys))
  expect(known.withId(id)?.addresses).toEqual([after.address])
})

test('a name that this computer’s own authorities vouch for needs no words, nor does its renewed certificate', async () => {
  const authority = await companyAuthority()
  trustAuthority(authority)
  const { linked, servers, typed, network } = appCopy()
  const server = await TlsServer.start(await certificateOf(authority))
  const address = `localhost:${server.port}`
  const met = await typed(address)
  expect(met).toMatchObject({ status: 'known', name: address })
  const renewed = await certificateOf(authority)
  await server.close()
  const again = await TlsServer.start(renewed, { port: server.port })
  expect(await typed(address)).toEqual(met)
  await again.close()
  const stranger = await TlsServer.start(await certificateOf(await office()), { port: server.port })
  expect(await typed(address)).toMatchObject({ status: 'changed', name: address })
  expect(await linked(fingerprintOf(renewed), address)).toMatchObject({ status: 'changed' })
  expect(stranger.told).toBe('')

  // Someone in the network who says so has typed nothing.
  const nearby = await certificateOf(authority)
  const seen = await TlsServer.start(nearby)
  network.claim(fingerprintOf(nearby), [seen.address])
  const wish = { addresses: [seen.address], fingerprint: fingerprintOf(nearby), isProof: false }
  expect(await servers.meet(wish)).toMatchObject({ status: 'new' })
})

test('F62: a link makes its server known, and leads to no other', async () => {
  const [keys, otherKeys] = [await certificateOf(await office()), await certificateOf(await office())]
  const [server, other] = [await TlsServer.start(keys), await TlsServer.start(otherKeys)]
  const { know, linked } = appCopy()
  expect(await linked(fingerprintOf(keys), other.address)).toMatchObject({ status: 'changed', name: null })
  // The right one counts, wherever it stands among the addresses.
  expect(await linked(fingerprintOf(keys), other.address, server.address)).toMatchObject({
    status: 'known',
    serverId: fingerprintOf(keys),
  })
  await server.close()
  // A server that is known is another one all the same.
  await know(other)
  expect(await linked(fingerprintOf(keys), other.address)).toMatchObject({ status: 'changed', name: server.address })
  expect(await linked(fingerprintOf(keys), server.address)).toEqual({ status: 'unreachable' })
  expect(other.told + server.told).toBe('')
})

test('a link from before or after a renewal leads to the server that is known', async () => {
  const authority = await office()
  const [before, after] = [await certificateOf(authority), await certificateOf(authority)]
  const first = await TlsServer.start(before)
  const { know, linked, known } = appCopy()
  const id = await know(first)
  await first.close()
  const second = await TlsServer.start(after)
  expect(await linked(fingerprintOf(after), second.address)).toMatchObject({ status: 'known', serverId: id })
  expect(await linked(fingerprintOf(before), second.address)).toMatchObject({ status: 'known', serverId: id })
  expect(known.all).toHaveLength(1)
})

test('F62: a key that was renewed away is nobody’s: no link leads to whoever has stolen it', async () => {
  const authority = await office()
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 120_000 })
  const stolen = await certificateOf(authority)
  vi.setSystemTime(Date.now() + 60_000)
  const unseen = await certificateOf(authority)
  vi.useRealTimers()
  const latest = await certificateOf(authority)
  const { know, known, linked, servers, typed } = appCopy()
  const first = await TlsServer.start(stolen)
  const id = await know(first)
  await first.close()
  const renewed = await TlsServer.start(latest)
  expect(await linked(fingerprintOf(stolen), renewed.address)).toMatchObject({ status: 'known', serverId: id })

  for (const keys of [stolen, unseen, withoutAuthority(stolen)]) {
    const thief = await TlsServer.start(keys)
    for (const met of [await linked(fingerprintOf(keys), thief.address), await typed(thief.address)])
      expect(met).toMatchObject({ status: 'changed', name: first.address })
    expect(() => servers.trust(fingerprintOf(keys))).toThrow('Meet this server first')
    expect(thief.told).toBe('')
  }
  expect(known.all).toMatchObject([{ id, fingerprint: fingerprintOf(latest) }])
  expect(await servers.locate(id)).toBe(`https://${renewed.address}`)
})

test('before a link is opened it is said whose server it means, by what is known here and not by which address stands first', async () => {
  const keys = await certificateOf(await office())
  const [ada, mallory] = [await TlsServer.start(keys), '10.0.0.66:4433']
  const { know, servers } = appCopy()
  await know(ada)
  const name = ada.address
  expect(servers.meantBy({ fingerprint: fingerprintOf(keys), addresses: [mallory] })).toEqual({ server: name, others: [] })
  const other = 'f'.repeat(64)
  expect(servers.meantBy({ fingerprint: other, addresses: [ada.address, mallory] })).toEqual({ server: null, others: [name] })
  expect(servers.meantBy({ fingerprint: null, addresses: [ada.address] })).toEqual({ server: name, others: [] })
  expect(servers.meantBy({ fingerprint: null, addresses: [mallory, ada.address] })).toEqual({ server: null, others: [] })
})

test('without a fingerprint nobody is met but at the first address', async () => {
  const [gone, other] = [
    await TlsServer.start(await certificateOf(await office())),
    await TlsServer.start(await certificateOf(await office())),
  ]
  await gone.close()
  const { servers } = appCopy()
  const wish = { addresses: [gone.address, other.address], fingerprint: null, isProof: false }
  expect(await servers.meet(wish)).toEqual({ status: 'unreachable' })
  expect(other.reached).toBe(0)
})

test('one that is forgotten is a stranger again', async () => {
  const server = await TlsServer.start(await certificateOf(await office()))
  const { know, known, servers, typed } = appCopy()
  const id = await know(server)
  known.forget(id)
  expect(await servers.meetAgain(id)).toEqual({ status: 'unreachable' })
  expect(await servers.locate(id)).toBeNull()
  expect(await typed(server.address)).toMatchObject({ status: 'new' })
})

test('the rooms of a known server are shown, and asked of nobody else: not of one who hands the look on and not the rest', async () => {
  const server = await startServer({ tls: 'on', name: 'Office' })
  const guest = await Client.connect(server.url)
  const { room } = await guest.request('createRoom', { name: 'Kitchen' })
  const { port } = server
  const fingerprint = server.fingerprint!
  // Whoever looks sees the real one here, and whoever comes back meets the rogue.
  const rogue = await TlsServer.start(await certificateOf(await office()), { leads: (n) => (n % 2 === 0 ? port : null) })
  const { network, servers, linked } = appCopy()
  expect(await linked(fingerprint, rogue.address)).toMatchObject({ status: 'known' })
  network.claim(fingerprint, [rogue.address])
  await until(rogue, () => rogue.reached >= 5)
  network.claim(fingerprint, [`127.0.0.1:${port}`])
  const nearby = await until(servers, () => servers.nearby.find(({ rooms }) => rooms?.length))
  expect(nearby).toMatchObject({ serverId: fingerprint, name: 'Office', rooms: [{ id: room.id }] })
  expect(await servers.lookUp(room.joinCode)).toMatchObject([{ id: fingerprint }])
  expect(await servers.lookUp('ZZZZZZ')).toEqual([])
  expect(rogue.told).toBe('')
})

test('a code is looked for on a server that is known and not seen, too, and one that is gone holds nobody up', async () => {
  const server = await startServer({ tls: 'on' })
  const guest = await Client.connect(server.url)
  const { room } = await guest.request('createRoom', { name: 'Kitchen' })
  const { servers, know, linked } = appCopy()
  const gone = await TlsServer.start(await certificateOf(await office()))
  await know(gone)
  await gone.close()
  const silent = await TlsServer.start(await certificateOf(await office()))
  await know(silent)
  expect(await linked(server.fingerprint!, `127.0.0.1:${server.port}`)).toMatchObject({ status: 'known' })
  expect(await servers.lookUp(room.joinCode)).toMatchObject([{ id: server.fingerprint }])
})

test('of a server that is not known there is a name alone, and nobody asks it for more', async () => {
  const rogues = await Promise.all(Array.from({ length: 20 }, async () => TlsServer.start(await certificateOf(await office()))))
  const server = await startServer({ tls: 'on', name: 'Office' })
  const { network, servers, linked } = appCopy()
  for (let i = 0; i < 200; i += 1) {
    // Each says to be another one; they have no more computers than they have.
    network.claim(i.toString(16).padStart(64, '0'), [rogues[i % rogues.length]!.address])
  }
  expect(await linked(server.fingerprint!, `127.0.0.1:${server.port}`)).toMatchObject({ status: 'known' })
  network.claim(server.fingerprint!, [`127.0.0.1:${server.port}`])
  await until(servers, () => servers.nearby.find(({ rooms }) => rooms !== null))
  expect(servers.nearby.filter(({ serverId, rooms }) => serverId === null && rooms === null)).toHaveLength(200)
  expect(rogues.map(({ reached }) => reached)).toEqual(rogues.map(() => 0))
})

test('where several servers say that they have a code, whoever answers first is not taken for the one', async () => {
  const [dataDir, copied] = [await temporaryDirectory(), await temporaryDirectory()]
  const before = await startServer({ dataDir })
  const { room } = await (await Client.connect(before.url)).request('createRoom', { name: 'Kitchen' })
  await before.close()
  copyFileSync(join(dataDir, 'lanyard.db'), join(copied, 'lanyard.db'))
  const both = [await startServer({ dataDir, tls: 'on' }), await startServer({ dataDir: copied, tls: 'on' })]
  const { servers, linked } = appCopy()
  for (const { fingerprint, port } of both) await linked(fingerprint!, `127.0.0.1:${port}`)
  const having = await servers.lookUp(room.joinCode)
  expect(having.map(({ id }) => id).sort()).toEqual(both.map(({ fingerprint }) => fingerprint).sort())
})

/** As a thief shows it who would rather not be recognised. */
function withoutAuthority({ certificate, key }: KeyPair): KeyPair {
  const end = '-----END CERTIFICATE-----'
  return { certificate: certificate.slice(0, certificate.indexOf(end) + end.length), key }
}

function trustAuthority({ certificate }: KeyPair): void {
  const before = getCACertificates()
  setDefaultCACertificates([...before, certificate])
  onTestFinished(() => setDefaultCACertificates(before))
}

test('of what changes in the network the first is told at once, and no more than four times a second, however much it is', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const { servers, network } = appCopy()
  await vi.advanceTimersByTimeAsync(1_000)
  const told: number[] = []
  servers.on('changed', () => told.push(servers.nearby.length))
  for (let number = 0; number < 100; number++) {
    network.claim(number.toString(16).padStart(64, '0'), ['192.168.1.9:4433'])
    if (number === 0) expect(told).toEqual([1])
    await vi.advanceTimersByTimeAsync(10)
  }
  await vi.advanceTimersByTimeAsync(1_000)
  expect(told.length).toBeLessThanOrEqual(5)
  expect(told.at(-1)).toBe(100)
})
