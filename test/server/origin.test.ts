import { request } from 'node:http'
import { expect, test } from 'vitest'
import { Client } from '../support/Client.ts'
import { startServer } from '../support/server.ts'

const foreignHosts = [
  'evil.example',
  'evil.example:80',
  '127.0.0.1.evil.example',
  'localhost.evil.example',
  '10.0.0.1',
  '192.168.1.77:4433',
  '[::2]',
  '0.0.0.0',
  'a@127.0.0.1',
  '127.1',
  '',
]

function status(url: string, path: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(new URL(path, url), { headers, setHost: false }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .once('error', reject)
      .end()
  })
}

test('requests to another host are refused, for pages and for signaling', async () => {
  const server = await startServer()
  const host = new URL(server.url).host
  expect(await status(server.url, '/healthz', { Host: host })).toBe(200)
  for (const foreign of foreignHosts) {
    expect(await status(server.url, '/healthz', { Host: foreign }), foreign).toBeOneOf([400, 403])
    expect(await status(server.url, '/socket.io/?EIO=4&transport=polling', { Host: foreign }), foreign).toBeOneOf([400, 403])
  }
})

test('pages of other origins may not connect, its own may, and programs without an origin may', async () => {
  const server = await startServer({ allowedOrigins: ['https://desk.example'] })
  const { host, port } = new URL(server.url)
  for (const origin of [
    'http://evil.example',
    'null',
    `http://127.0.0.1:${Number(port) + 1}`,
    `https://evil.example/${host}`,
    `http://${host}.evil.example`,
    'file://',
    'app://other',
  ]) {
    await expect(Client.connect(server.url, { headers: { origin } }), origin).rejects.toThrow()
    expect(await status(server.url, '/healthz', { Host: host, Origin: origin }), origin).toBe(403)
  }
  for (const origin of [`http://${host}`, 'https://desk.example']) await Client.connect(server.url, { headers: { origin } })
  await Client.connect(server.url)
})

test('a script of another page reads nothing: no JSONP, and no answers to requests from elsewhere', async () => {
  const server = await startServer()
  const { host } = new URL(server.url)
  const polling = '/socket.io/?EIO=4&transport=polling'
  expect(await status(server.url, polling, { Host: host })).toBe(200)
  expect(await status(server.url, `${polling}&j=0`, { Host: host })).toBe(403)
  for (const site of ['cross-site', 'same-site']) {
    expect(await status(server.url, polling, { Host: host, 'Sec-Fetch-Site': site, 'Sec-Fetch-Mode': 'no-cors' })).toBe(403)
    expect(await status(server.url, '/healthz', { Host: host, 'Sec-Fetch-Site': site, 'Sec-Fetch-Mode': 'navigate' })).toBe(200)
  }
  // The later requests of a connection are looked at as well.
  const opened = await (await fetch(new URL(polling, server.url))).text()
  const { sid } = JSON.parse(opened.slice(1)) as { sid: string }
  expect(await status(server.url, `${polling}&sid=${sid}`, { Host: host, Origin: 'http://evil.example' })).toBe(403)
})
