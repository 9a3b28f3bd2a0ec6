/** R9: whoever asks in the name of another host or another page gets nothing, by whichever port and on whichever way. */
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { describe, expect, test } from 'vitest'
import type { RoomServer } from '../../src/main/server/index.ts'
import { Client } from '../support/Client.ts'
import { startServer } from '../support/server.ts'

/** Names and addresses that are none of the server's. */
const foreignHosts = [
  'evil.example',
  'evil.example:80',
  'evil.example:443',
  '127.0.0.1.evil.example',
  '127-0-0-1.evil.example',
  'localhost.evil.example',
  'evil.localhost',
  'localhost.',
  'xn--localhost',
  'localhost,127.0.0.1',
  'localhost evil.example',
  'localhost@evil.example',
  'localhost/evil.example',
  'localhost\\evil.example',
  'localhost#evil.example',
  'a@127.0.0.1',
  '127.1',
  '127.0.1',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '127.0.0.2',
  '0.0.0.0',
  '0',
  '10.0.0.1',
  '192.168.1.77:4433',
  '[::2]',
  '[::ffff:10.0.0.1]',
  '127.0.0.1:99999',
  '127.0.0.1:',
  '.local',
  '',
]

/** Origins of pages that are none of the server's; `host` is its own, with the port that is asked. */
const foreignOrigins = (host: string): string[] => {
  const [name, port] = [host.replace(/:\d+$/, ''), Number(/\d+$/.exec(host)?.[0])]
  return [
    'null',
    'NULL',
    '',
    'undefined',
    '*',
    'file://',
    'app://other',
    'app://lanyard.evil',
    'data:',
    'about:blank',
    'chrome-extension://abcdefghijklmnop',
    'http://evil.example',
    'https://evil.example',
    `https://evil.example/${host}`,
    `https://evil.example?${host}`,
    `https://evil.example#${host}`,
    `http://${host}.evil.example`,
    `http://evil.example:${port}`,
    `http://${name}`,
    `https://${name}`,
    `http://${name}:${port + 1}`,
    `https://${name}:${port + 1}`,
    `http://${name}:80`,
    `http://localhost:${port + 1}`,
    'http://127.0.0.2',
    `ws://${host}`,
    `ftp://${host}`,
    `//${host}`,
    host,
    `http://${host}/`,
    `http://a@${host}`,
    `http://${host} http://evil.example`,
    `http://${host},http://evil.example`,
  ]
}

interface Way {
  url: string
  /** The origin of its own pages. */
  origin: string
  hasRest: boolean
}

const open = () => startServer({ tls: 'on', plainPort: 0 })
const waysOf = (server: RoomServer): Record<string, Way> => ({
  'this computer': { url: server.url, origin: server.url, hasRest: true },
  TLS: { url: `https://127.0.0.1:${server.port}`, origin: `https://127.0.0.1:${server.port}`, hasRest: true },
  'the port without encryption': { url: server.plainUrls[0]!, origin: server.plainUrls[0]!, hasRest: false },
})

const wayNames = ['this computer', 'TLS', 'the port without encryption'] as const

/** What is asked for: pages, REST, and both ways of a connection. */
const paths = [
  '/',
  '/healthz',
  '/authority.crt',
  '/api/v1/rooms',
  '/api/rooms/join/ABC123',
  '/socket.io/?EIO=4&transport=polling',
]
const SOCKET = '/socket.io/?EIO=4&transport=websocket'
const upgrading = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
}

/** The status that is answered: 101 for a connection that is opened, 403 too for one that is closed without a word. */
function status(url: string, path: string, headers: Record<string, string>, method = 'GET'): Promise<number | undefined> {
  const isUpgrade = path === SOCKET
  const ask = url.startsWith('https:') ? httpsRequest : httpRequest
  const options = {
    method,
    headers: { ...headers, ...(isUpgrade && upgrading) },
    setHost: false,
    agent: false,
    rejectUnauthorized: false,
  }
  return new Promise((resolve, reject) => {
    ask(new URL(path, url), options, (response: IncomingMessage) => {
      response.resume()
      resolve(response.statusCode)
    })
      .once('upgrade', (response, socket) => {
        socket.destroy()
        resolve(response.statusCode)
      })
      .once('error', (error: NodeJS.ErrnoException) => (isUpgrade && error.code === 'ECONNRESET' ? resolve(403) : reject(error)))
      .end()
  })
}

/** Names that many are tried at once. */
async function all<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  for (let i = 0; i < items.length; i += 16) await Promise.all(items.slice(i, i + 16).map(act))
}

describe.each(wayNames)('by %s', (name) => {
  test('requests to 30 other hosts are refused, for pages, REST and connections', async () => {
    const { url } = waysOf(await open())[name]!
    const { host } = new URL(url)
    expect(foreignHosts.length).toBeGreaterThanOrEqual(30)
    expect(await status(url, '/healthz', { Host: host })).toBe(200)
    expect(await status(url, SOCKET, { Host: host })).toBe(101)
    await all(foreignHosts, async (foreign) => {
      for (const path of [...paths, SOCKET])
        expect(await status(url, path, { Host: foreign }), `${path} of ${foreign}`).toBeOneOf([400, 403])
    })
  })

  test('pages of 30 other origins get nothing, and its own and programs do', async () => {
    const { url, origin: own, hasRest } = waysOf(await open())[name]!
    const { host } = new URL(url)
    const origins = foreignOrigins(host)
    expect(new Set(origins).size).toBeGreaterThanOrEqual(30)
    for (const headers of [{ Host: host }, { Host: host, Origin: own }]) {
      expect(await status(url, '/healthz', headers)).toBe(200)
      expect(await status(url, SOCKET, headers)).toBe(101)
      expect(await status(url, '/api/v1/rooms', headers)).toBe(hasRest ? 401 : 403)
    }
    await all(origins, async (origin) => {
      for (const path of [...paths, SOCKET])
        for (const method of path === SOCKET ? ['GET'] : ['GET', 'POST', 'OPTIONS'])
          expect(await status(url, path, { Host: host, Origin: origin }, method), `${method} ${path} of ${origin}`).toBe(403)
    })
  })

  test('scripts, pictures and frames of other pages get nothing; a link leads in', async () => {
    const { url } = waysOf(await open())[name]!
    const { host } = new URL(url)
    for (const site of ['cross-site', 'same-site'])
      for (const [mode, destination] of [
        ['no-cors', 'script'],
        ['no-cors', 'image'],
        ['no-cors', 'empty'],
        ['cors', 'empty'],
        ['navigate', 'iframe'],
        ['navigate', 'embed'],
        ['navigate', 'object'],
        ['websocket', 'websocket'],
      ] as const) {
        const headers = { Host: host, 'Sec-Fetch-Site': site, 'Sec-Fetch-Mode': mode, 'Sec-Fetch-Dest': destination }
        for (const path of [...paths, SOCKET]) expect(await status(url, path, headers), `${path} as ${destination}`).toBe(403)
      }
    const link = { Host: host, 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' }
    expect(await status(url, '/healthz', link)).toBe(200)
  })
})

test('a page of one way has no say on another: each port takes its own pages, come as its connections do', async () => {
  const ways = waysOf(await open())
  const [here, tls, plain] = wayNames.map((name) => ways[name]!)
  for (const [page, target] of [
    [plain, tls],
    [plain, here],
    [tls, plain],
    [here, plain],
    // What came without encryption may be someone else’s page, under the very same name and port.
    [here, tls],
  ] as const) {
    const headers = { Host: new URL(target!.url).host, Origin: page!.origin }
    for (const path of ['/healthz', SOCKET]) expect(await status(target!.url, path, headers)).toBe(403)
  }
})

test('a name that was made to point here reads nothing, neither at once nor once a connection is open', async () => {
  const server = await startServer()
  const { port } = new URL(server.url)
  const rebound = { Host: `rebound.example:${port}`, Origin: `http://rebound.example:${port}`, 'Sec-Fetch-Site': 'same-origin' }
  for (const path of [...paths, SOCKET]) expect(await status(server.url, path, rebound)).toBe(403)
  const polling = '/socket.io/?EIO=4&transport=polling'
  const opened = await (await fetch(new URL(polling, server.url))).text()
  const { sid } = JSON.parse(opened.slice(1)) as { sid: string }
  expect(await status(server.url, `${polling}&sid=${sid}`, rebound)).toBe(403)
})

test('pages that the owner has named may connect by private ways, and by no other', async () => {
  const origin = 'https://desk.example'
  const ways = waysOf(await startServer({ tls: 'on', plainPort: 0, allowedOrigins: [origin] }))
  for (const name of wayNames) {
    const { url } = ways[name]!
    expect(await status(url, SOCKET, { Host: new URL(url).host, Origin: origin }), name).toBe(
      name === 'the port without encryption' ? 403 : 101,
    )
  }
  await Client.connect(ways['this computer']!.url, { headers: { origin } })
})

test('a script of another page reads nothing: no JSONP, and later requests of a connection are looked at as well', async () => {
  const server = await startServer()
  const { host } = new URL(server.url)
  const polling = '/socket.io/?EIO=4&transport=polling'
  expect(await status(server.url, polling, { Host: host })).toBe(200)
  expect(await status(server.url, `${polling}&j=0`, { Host: host })).toBe(403)
  const opened = await (await fetch(new URL(polling, server.url))).text()
  const { sid } = JSON.parse(opened.slice(1)) as { sid: string }
  expect(await status(server.url, `${polling}&sid=${sid}`, { Host: host, Origin: 'http://evil.example' })).toBe(403)
})

const lan = Object.values(networkInterfaces())
  .flatMap((all) => all ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address

test.skipIf(!lan)(
  'who comes without encryption from elsewhere is led to this server’s encrypted page, and nowhere else',
  async () => {
    const { port } = await startServer({ host: '0.0.0.0', mdns: false })
    /** Status and target, for what stands in the first lines of a request as it is. */
    const answer = (start: string, host: string) =>
      new Promise<string>((resolve, reject) => {
        const socket = connect(port, lan, () => socket.write(`${start} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`))
        let heard = ''
        socket.setEncoding('latin1')
        socket.on('data', (text: string) => (heard += text))
        socket.once('error', reject)
        socket.once('close', () => resolve(`${heard.slice(9, 12)} ${/^location: (.*)\r$/im.exec(heard)?.[1] ?? ''}`.trim()))
      })
    for (const host of [`${lan}:${port}`, `localhost:${port}`])
      expect(await answer('GET /j/ABC123', host)).toBe(`308 https://${host}/j/ABC123`)
    expect(await answer('GET //evil.example/x', `${lan}:${port}`)).toBe(`308 https://${lan}:${port}//evil.example/x`)
    for (const host of foreignHosts.filter((foreign) => foreign !== lan))
      expect(await answer('GET /', host), host).toBeOneOf(['400', '403'])
    for (const start of ['POST /', 'GET http://evil.example/', `GET http://${lan}:${port}/`, 'GET @evil.example/', 'OPTIONS *'])
      for (const host of [`${lan}:${port}`, lan!]) expect(await answer(start, host), start).toBeOneOf(['400', '403'])
  },
)
