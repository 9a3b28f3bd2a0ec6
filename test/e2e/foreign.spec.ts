/** R9, with a real browser: the page of another origin tries all that pages can, and none of it gets in. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, leadsHere, test } from './support/open.ts'

const FOREIGN = 'foreign.test'

let foreign: Server
let port: number
test.beforeAll(async () => {
  foreign = createServer((_, response) =>
    response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>Foreign</title>'),
  )
  await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve))
  ;({ port } = foreign.address() as AddressInfo)
})
test.afterAll(() => void foreign.close())

/** All that a page can do to reach a server; what it has read, by how. Runs in the page. */
async function attack(url: string): Promise<string[]> {
  const read: string[] = []
  const paths = ['/', '/healthz', '/metrics', '/api/v1/rooms', '/api/rooms/create', '/socket.io/?EIO=4&transport=polling']
  const loaded = (element: HTMLElement, how: string) =>
    new Promise<void>((resolve) => {
      element.onload = () => {
        // A frame is loaded with an error, too; what is in it is not to be read.
        if (!(element instanceof HTMLIFrameElement)) read.push(how)
        else if (element.contentDocument?.body.textContent) read.push(how)
        resolve()
      }
      element.onerror = () => resolve()
      setTimeout(resolve, 3_000)
      document.body.append(element)
    })
  for (const path of paths) {
    const target = url + path
    for (const mode of ['cors', 'no-cors'] as const)
      for (const options of [
        { method: 'GET' },
        { method: 'POST', body: '{"name":"Mine"}', headers: { 'Content-Type': 'text/plain' } },
        { method: 'GET', credentials: 'include' as const },
      ])
        await fetch(target, { mode, ...options }).then(
          async (answer) => {
            if (answer.type !== 'opaque') read.push(`fetch ${mode} ${options.method} ${path}: ${await answer.text()}`)
          },
          () => {},
        )
    await fetch(target, { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } }).then(
      () => read.push(`fetch of JSON ${path}`),
      () => {},
    )
    navigator.sendBeacon(target, 'x')
    await loaded(Object.assign(document.createElement('script'), { src: target }), `script ${path}`)
    await loaded(Object.assign(document.createElement('img'), { src: target }), `picture ${path}`)
    await loaded(Object.assign(document.createElement('iframe'), { src: target }), `frame ${path}`)
    const form = Object.assign(document.createElement('form'), { action: target, method: 'post', target: 'sink' })
    document.body.append(form)
    const sink = loaded(Object.assign(document.createElement('iframe'), { name: 'sink' }), `form ${path}`)
    form.submit()
    await sink
  }
  await new Promise<void>((resolve) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
    socket.onopen = () => {
      read.push('WebSocket')
      resolve()
    }
    socket.onerror = () => resolve()
  })
  await new Promise<void>((resolve) => {
    const events = new EventSource(`${url}/socket.io/?EIO=4&transport=polling`)
    events.onmessage = () => read.push('EventSource')
    events.onerror = () => {
      events.close()
      resolve()
    }
  })
  return read
}

for (const [which, origin] of [
  ['another site', () => `http://${FOREIGN}:${port}`],
  ['another program of this computer', () => `http://127.0.0.1:${port}`],
] as const) {
  test(`a page of ${which} reaches nothing that the server has`, async ({ open, person }) => {
    test.setTimeout(180_000)
    // The worst case: a browser that takes any certificate.
    const { page } = await person('Eve', { look: null, args: [leadsHere(FOREIGN), '--ignore-certificate-errors'] })
    for (const [way, url] of Object.entries({ own: open.own, secure: open.secure, plain: open.plain }))
      await test.step(way, async () => {
        await page.goto(origin())
        const answers: { status: number; url: string }[] = []
        page.on('response', (response) => {
          if (response.url().startsWith(url)) answers.push({ status: response.status(), url: response.url() })
        })
        expect(await page.evaluate(attack, url)).toEqual([])
        page.removeAllListeners('response')
        expect(answers.length).toBeGreaterThan(20)
        // To a page that is not encrypted, a browser does not say for whom it asks: there, whoever comes is shown what everyone may see.
        const isPublic = (path: string) => way === 'plain' && ['/', '/healthz'].includes(path)
        const passed = answers.filter((answer) => answer.status < 400 && !isPublic(new URL(answer.url).pathname))
        expect(passed).toEqual([])
      })
    const metrics = await (await fetch(`${open.own}/metrics`)).text()
    expect(metrics).toMatch(/^lanyard_connections 0$/m)
    expect(metrics).not.toMatch(/^lanyard_(request_seconds_count|refusals_total)\{.*\} [1-9]/m)
  })
}

test('a name that its owner makes point here, once its page is open, leads to nothing', async ({ open, person }) => {
  const { page } = await person('Eve', { look: null, args: [leadsHere(FOREIGN), '--ignore-certificate-errors'] })
  for (const url of [open.own, open.secure, open.plain]) {
    const { protocol, port } = new URL(url)
    const answer = await page.goto(`${protocol}//${FOREIGN}:${port}/`)
    expect(answer?.status()).toBe(403)
    expect(await page.evaluate(() => fetch('/api/v1/rooms').then(({ status }) => status))).toBe(403)
  }
})
