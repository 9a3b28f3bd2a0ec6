/** What lets browsers recognise a server: its authority to install, and its certificate to look at and to renew. */
import { X509Certificate } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { connect, createServer } from 'node:tls'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { signServer } from '../../src/main/server/tls/authority.ts'
import { formatFingerprint, parseFingerprint } from '../../src/shared/fingerprint.ts'
import { Client } from '../support/Client.ts'
import { lanyard, serve } from '../support/serve.ts'
import { startServer, temporaryDirectory } from '../support/server.ts'

const keyFile = ({ dataDir }: { dataDir: string }, name: string) => readFileSync(join(dataDir, 'keys', name), 'utf8')

/** The fingerprint that a server shows in a handshake, and why its certificate is not good for that name, if so. */
function shownBy(port: number, { ca, servername }: { ca?: string; servername?: string } = {}) {
  return new Promise<{ fingerprint: string | null; fault: string | null }>((resolve, reject) => {
    const options = { host: '127.0.0.1', port, rejectUnauthorized: false, ...(ca !== undefined && { ca }) }
    const socket = connect({ ...options, ...(servername !== undefined && { servername }) }, () => {
      const { authorizationError } = socket as unknown as { authorizationError: string | null }
      resolve({ fingerprint: parseFingerprint(socket.getPeerCertificate().fingerprint256), fault: authorizationError })
      socket.destroy()
    })
    socket.once('error', reject)
  })
}

describe('the authority', () => {
  test('F63: is there to download on every way, as systems take it', async () => {
    const server = await startServer({ tls: 'on', plainPort: 0 })
    const kept = new X509Certificate(keyFile(server, 'authority.crt'))
    for (const url of [server.url, server.plainUrls[0]!]) {
      const answer = await fetch(`${url}/authority.crt`)
      expect(answer.headers.get('content-type')).toBe('application/x-x509-ca-cert')
      expect(new X509Certificate(new Uint8Array(await answer.arrayBuffer())).fingerprint256).toBe(kept.fingerprint256)
      expect(new X509Certificate(await (await fetch(`${url}/authority.pem`)).text()).fingerprint256).toBe(kept.fingerprint256)
    }
    expect((await shownBy(server.port, { ca: kept.toString() })).fault).toBeNull()
  })

  test('is explained for the system that asks first, with what to compare and where to go afterwards', async () => {
    const server = await startServer({ tls: 'on', name: '<b>Kitchen</b>' })
    const page = async (agent: string) => (await fetch(`${server.url}/trust`, { headers: { 'User-Agent': agent } })).text()
    for (const [agent, first] of [
      ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)', 'iPhone and iPad'],
      ['Mozilla/5.0 (Linux; Android 14; Pixel 7)', 'Android'],
      ['Mozilla/5.0 (Windows NT 10.0; Win64; x64)', 'Windows'],
      ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)', 'macOS'],
      ['Mozilla/5.0 (X11; CrOS x86_64 14541.0.0)', 'ChromeOS'],
      ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0)', 'Linux'],
      ['', 'Linux'],
    ] as const) {
      const text = await page(agent)
      expect(/<details open>\s*<summary>([^<]*)/.exec(text)?.[1], agent).toBe(first)
      expect(text.match(/<details>/g)).toHaveLength(5)
    }
    const text = await page('')
    expect(text).toContain(new X509Certificate(keyFile(server, 'authority.crt')).fingerprint256)
    expect(text).toContain(formatFingerprint(server.fingerprint!))
    expect(text).toMatch(new RegExp(`https://[a-z0-9-]+\\.local:${server.port}`))
    expect(text).not.toContain('<b>')
  })

  test('vouches for names and addresses of private networks alone, whoever has its key', async () => {
    const server = await startServer({ tls: 'on' })
    const authority = { certificate: keyFile(server, 'authority.crt'), key: keyFile(server, 'authority.key') }
    const faults: Record<string, string | null> = {}
    const [bare] = hostname().toLowerCase().split('.')
    for (const name of ['bank.example', `accounts.${bare}`, `${bare}`, 'local.example', 'any.local']) {
      const { certificate: cert, key } = await signServer(authority, { server: 'Eve', hosts: [name], addresses: [] })
      const eve = createServer({ cert, key }).listen(0, '127.0.0.1')
      onTestFinished(() => void eve.close())
      await new Promise((resolve) => eve.once('listening', resolve))
      const { port } = eve.address() as AddressInfo
      faults[name] = (await shownBy(port, { ca: authority.certificate, servername: name })).fault
    }
    // So Node calls what it has no name for: OpenSSL’s word for a name outside of those that are permitted.
    const { 'any.local': local, ...others } = faults
    expect(local).toBeNull()
    expect(Object.values(others)).toEqual(Array.from({ length: 4 }, () => 'UNSPECIFIED'))
  })

  test('is not there where the owner has brought a certificate, nor without one', async () => {
    const one = await startServer({ tls: 'on' })
    const keys = (name: string) => join(one.dataDir, 'keys', name)
    const own = await startServer({ tls: 'on', tlsCert: keys('server.crt'), tlsKey: keys('server.key') })
    for (const { url } of [own, await startServer()])
      for (const path of ['/authority.crt', '/authority.pem', '/trust']) expect((await fetch(url + path)).status, path).toBe(404)
    const { welcome } = await Client.connect(own.url)
    expect(welcome.features['ownAuthority']).toBe(false)
    // By loopback there is no certificate to warn of: so comes also who comes by a proxy, which has another one.
    expect((await Client.connect(one.url)).welcome.features).toMatchObject({ ownAuthority: true, byOwnAuthority: false })
    const secure = await Client.connect(`https://127.0.0.1:${one.port}`, { anyCertificate: true })
    expect(secure.welcome.features).toMatchObject({ ownAuthority: true, byOwnAuthority: true })
  })
})

describe('lanyard certificate', () => {
  test('shows what a server is recognised by, and renews it while the server goes on', async () => {
    const dataDir = await temporaryDirectory()
    const server = await serve(dataDir, { flags: ['--tls', 'on'] })
    onTestFinished(() => server.stop('SIGKILL').then(() => {}))
    const port = Number(new URL(server.ready.url).port)
    const inside = await Client.connect(server.ready.url)

    const run = async (...args: string[]) => lanyard('certificate', ...args, '--data-dir', dataDir)
    const shown = JSON.parse((await run('show', '--json')).stdout) as { fingerprint: string; words: string[]; authority: string }
    expect(shown.fingerprint).toBe(server.ready['fingerprint'])
    expect(shown.words).toEqual(inside.welcome.server.words)
    const text = (await run('show')).stdout
    for (const part of [shown.fingerprint, shown.authority, shown.words.join(' '), 'localhost']) expect(text).toContain(part)

    const renewed = JSON.parse((await run('renew', '--json')).stdout) as typeof shown
    expect(renewed.fingerprint).not.toBe(shown.fingerprint)
    expect(renewed.authority).toBe(shown.authority)
    const ca = readFileSync(join(dataDir, 'keys', 'authority.crt'), 'utf8')
    expect(await shownBy(port, { ca })).toEqual({ fingerprint: parseFingerprint(renewed.fingerprint), fault: null })
    const later = await Client.connect(`https://127.0.0.1:${port}`, { anyCertificate: true })
    expect(later.welcome.server).toMatchObject({ fingerprint: parseFingerprint(renewed.fingerprint), words: renewed.words })
    // Whoever is in goes on.
    expect(inside.socket.connected).toBe(true)

    const { stderr } = await server.stop('SIGTERM')
    expect(stderr).toContain(`people recognise this server by the words: ${shown.words.join(' ')}`)
    const alone = JSON.parse((await run('renew', '--json')).stdout) as typeof shown
    expect(alone.fingerprint).not.toBe(renewed.fingerprint)
    expect(JSON.parse((await run('show', '--json')).stdout)).toEqual(alone)
  })

  test('says why there is nothing to show or to renew', async () => {
    const dataDir = await temporaryDirectory()
    const plain = await startServer({ dataDir })
    for (const name of ['show', 'renew']) {
      const { code, stderr } = await lanyard('certificate', name, '--data-dir', dataDir)
      expect({ name, code }).toEqual({ name, code: 1 })
      expect(stderr).toMatch(/certificate/)
    }
    await plain.close()

    const other = await startServer({ tls: 'on' })
    const [tlsCert, tlsKey] = ['server.crt', 'server.key'].map((name) => {
      writeFileSync(join(dataDir, name), keyFile(other, name))
      return join(dataDir, name)
    }) as [string, string]
    await startServer({ dataDir, tls: 'on', tlsCert, tlsKey })
    const { code, stderr } = await lanyard('certificate', 'renew', '--data-dir', dataDir)
    expect(code).toBe(1)
    expect(stderr).toContain('is renewed where it comes from')
  })
})
