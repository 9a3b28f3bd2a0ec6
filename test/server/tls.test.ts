/** How a server shows who it is: the certificate that it makes once and keeps, one that its owner brings, and six words. */
import { X509Certificate } from 'node:crypto'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect, type DetailedPeerCertificate, type PeerCertificate } from 'node:tls'
import { pino } from 'pino'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { parseFingerprint } from '../../src/shared/fingerprint.ts'
import { wordsOf } from '../../src/main/lan/words.ts'
import { keptIdentity, renewIdentity } from '../../src/main/server/tls/Identity.ts'
import { permittedNames } from '../../src/main/server/tls/permittedNames.ts'
import { olderAuthority } from '../support/certificates.ts'
import { Client } from '../support/Client.ts'
import { startServer, temporaryDirectory } from '../support/server.ts'

interface Shown {
  fingerprint: string | null
  issuer: PeerCertificate | undefined
  isAuthorized: boolean
}

/** What a server shows in the handshake, to one who sends nothing after it. */
function shownBy({ port }: { port: number }, ca?: string): Promise<Shown> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...(ca !== undefined && { ca }) }, () => {
      const certificate: DetailedPeerCertificate = socket.getPeerCertificate(true)
      const { fingerprint256, issuerCertificate } = certificate
      resolve({ fingerprint: parseFingerprint(fingerprint256), issuer: issuerCertificate, isAuthorized: socket.authorized })
      socket.destroy()
    })
    socket.once('error', reject)
  })
}

test('F62: a server for others speaks TLS with a certificate that it keeps, and this computer comes without on the same port', async () => {
  const dataDir = await temporaryDirectory()
  const first = await startServer({ dataDir, tls: 'on' })
  const { fingerprint } = first
  expect(fingerprint).toMatch(/^[0-9a-f]{64}$/)
  expect((await shownBy(first)).fingerprint).toBe(fingerprint)
  for (const name of ['server.key', 'authority.key']) expect(statSync(join(dataDir, 'keys', name)).mode & 0o777).toBe(0o600)
  await first.close()

  const second = await startServer({ dataDir, tls: 'on' })
  expect(second.fingerprint).toBe(fingerprint)
  const secure = await Client.connect(`https://127.0.0.1:${second.port}`, { anyCertificate: true })
  const plain = await Client.connect(`http://127.0.0.1:${second.port}`)
  for (const { welcome } of [secure, plain]) {
    expect(welcome.server.fingerprint).toBe(fingerprint)
    expect(welcome.server.words).toEqual(second.words)
  }
  const { room } = await secure.request('createRoom', { name: 'Kitchen' })
  await plain.join({ roomId: room.id, name: 'Bo' })
})

test('on this computer alone nothing is encrypted where nothing is said', async () => {
  const server = await startServer()
  expect(server.fingerprint).toBeNull()
  expect(server.url).toBe(`http://127.0.0.1:${server.port}`)
  await expect(shownBy(server)).rejects.toThrow()
})

test('the certificate is for this machine’s names, and whoever installs its authority is shown no warning', async () => {
  const dataDir = await temporaryDirectory()
  const server = await startServer({ dataDir, tls: 'on' })
  const authority = readFileSync(join(dataDir, 'keys', 'authority.crt'), 'utf8')
  expect((await shownBy(server, authority)).isAuthorized).toBe(true)
  expect((await shownBy(server)).isAuthorized).toBe(false)
  const certificate = new X509Certificate(readFileSync(join(dataDir, 'keys', 'server.crt')))
  expect(certificate.checkHost('localhost')).toBe('localhost')
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1')
  // Nobody could tell a bare name from a domain of the internet.
  for (const name of certificate.subjectAltName!.match(/(?<=DNS:)[^,]+/g)!) expect(name).toMatch(/^localhost$|\.local$/)
  // It is one, and may vouch for names and addresses of private networks alone (trust.test.ts).
  expect(new X509Certificate(authority).ca).toBe(true)
})

test('F62: a renewed certificate is vouched for by the authority that those who know the server have seen', async () => {
  const dataDir = await temporaryDirectory()
  const before = await startServer({ dataDir, tls: 'on' })
  const shown = await shownBy(before)
  await before.close()

  await renewIdentity(join(dataDir, 'keys'), 'Anna')
  const after = await startServer({ dataDir, tls: 'on' })
  expect(after.fingerprint).not.toBe(before.fingerprint)
  expect((await shownBy(after)).issuer?.fingerprint256).toBe(shown.issuer?.fingerprint256)
  expect((await shownBy(after, readFileSync(join(dataDir, 'keys', 'authority.crt'), 'utf8'))).isAuthorized).toBe(true)
})

test('F62: a certificate is kept until 60 days before it runs out; then the same authority vouches for another', async () => {
  const keys = await temporaryDirectory()
  const first = await keptIdentity(keys, 'Anna')
  const daysBeforeItsEnd = (days: number) => {
    vi.useFakeTimers({ toFake: ['Date'], now: first.validUntil.getTime() - days * 86_400_000 })
    return keptIdentity(keys, 'Anna')
  }
  onTestFinished(() => void vi.useRealTimers())
  expect((await daysBeforeItsEnd(61)).fingerprint).toBe(first.fingerprint)
  const next = await daysBeforeItsEnd(59)
  expect(next.fingerprint).not.toBe(first.fingerprint)
  expect(next.authority).toBe(first.authority)
  expect(next.validUntil.getTime()).toBeGreaterThan(first.validUntil.getTime())
  const isVouchedFor = new X509Certificate(next.credentials.cert).verify(new X509Certificate(first.authority!).publicKey)
  expect(isVouchedFor).toBe(true)
})

test('an authority of an older version is kept, vouches for what it has vouched for, and is said to be able to vouch for too much', async () => {
  const dataDir = await temporaryDirectory()
  const [authority, keys] = [await olderAuthority('dev'), join(dataDir, 'keys')]
  mkdirSync(keys, { mode: 0o700 })
  writeFileSync(join(keys, 'authority.crt'), authority.certificate)
  writeFileSync(join(keys, 'authority.key'), authority.key)
  const said: string[] = []
  const log = pino({ level: 'warn' }, { write: (line: string) => void said.push(line) })
  const server = await startServer({ dataDir, tls: 'on' }, { log })
  expect(said.filter((line) => line.includes('"domains":["dev"]'))).toHaveLength(1)
  expect((await shownBy(server, authority.certificate)).isAuthorized).toBe(true)
  await server.close()
  await renewIdentity(keys, 'Anna')
  const renewed = await startServer({ dataDir, tls: 'on' })
  expect(renewed.fingerprint).not.toBe(server.fingerprint)
  expect((await shownBy(renewed, authority.certificate)).isAuthorized).toBe(true)
  expect(readFileSync(join(keys, 'authority.crt'), 'utf8')).toBe(authority.certificate)

  const fresh = await startServer({ tls: 'on' }, { log })
  expect(permittedNames(readFileSync(join(fresh.dataDir, 'keys', 'authority.crt'), 'utf8'))).toEqual(['local', 'localhost'])
  expect(said.filter((line) => line.includes('vouch'))).toHaveLength(1)
})

describe('keys that are no use are named, and nothing is put in their place', () => {
  test('damaged ones of its own', async () => {
    const dataDir = await temporaryDirectory()
    const server = await startServer({ dataDir, tls: 'on' })
    await server.close()
    const file = join(dataDir, 'keys', 'server.key')
    writeFileSync(file, 'half a k')
    await expect(startServer({ dataDir, tls: 'on' })).rejects.toThrow(/server\.key are damaged/)
    expect(readFileSync(file, 'utf8')).toBe('half a k')
  })

  test('those of the owner', async () => {
    const dataDir = await temporaryDirectory()
    const one = await startServer({ dataDir, tls: 'on' })
    const other = await startServer({ tls: 'on' })
    const keys = (of: { dataDir: string }, name: string) => join(of.dataDir, 'keys', name)
    const tlsCert = keys(one, 'server.crt')
    const own = await startServer({ tls: 'on', tlsCert, tlsKey: keys(one, 'server.key') })
    expect(own.fingerprint).toBe(one.fingerprint)
    await expect(startServer({ tls: 'on', tlsCert, tlsKey: keys(other, 'server.key') })).rejects.toThrow(/is not the key of/)
    await expect(startServer({ tls: 'on', tlsCert })).rejects.toThrow(/needs its key/)
    await expect(startServer({ tls: 'on', tlsCert: join(dataDir, 'none.crt'), tlsKey: tlsCert })).rejects.toThrow(/none\.crt/)
  })

  test('and no encryption at all for others', async () => {
    await expect(startServer({ host: '0.0.0.0', tls: 'off' })).rejects.toThrow(/without encryption/)
  })
})

test('F62: six words stand for a certificate, and others for another', async () => {
  const one = await wordsOf('ab'.repeat(32))
  expect(one).toHaveLength(6)
  expect(await wordsOf('ab'.repeat(32))).toEqual(one)
  expect(await wordsOf('ac'.repeat(32))).not.toEqual(one)
  for (const word of one) expect(word).toMatch(/^[a-z]{3,8}$/)
})
