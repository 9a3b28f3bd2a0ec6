import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startServer, temporaryDirectory } from '../support/server.ts'

test('F61: a link opens the page of the interface, with whatever code, and nothing else does', async () => {
  const webDir = await temporaryDirectory()
  await mkdir(join(webDir, 'assets'))
  await writeFile(join(webDir, 'index.html'), '<title>Lanyard</title>')
  await writeFile(join(webDir, 'assets/index.js'), '1')
  const { url } = await startServer({ webDir })
  for (const path of ['/', '/j/ABC123', '/j/ABC123/', '/j/abc-123', '/j/ABC12?username=Ada']) {
    const answer = await fetch(url + path)
    expect(answer.status, path).toBe(200)
    expect(await answer.text()).toContain('<title>Lanyard</title>')
    expect(answer.headers.get('content-type')).toContain('text/html')
    expect(answer.headers.get('cache-control')).toBe('no-cache')
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
    expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  }
  for (const path of ['/j', '/j/', '/j/ABC123/more', '/j/ABC123/assets/index.js', '/jj/ABC123', '/j/%2e%2e/lanyard.db'])
    expect((await fetch(url + path)).status, path).toBe(404)
  expect((await fetch(`${url}/j/ABC123`, { method: 'POST' })).status).toBe(405)
  expect((await fetch(`${url}/j/ABC123`, { headers: { Origin: 'https://evil.example' } })).status).toBe(403)
})

test('F61: a server without the interface has no such page', async () => {
  const { url } = await startServer()
  expect((await fetch(`${url}/j/ABC123`)).status).toBe(404)
})
