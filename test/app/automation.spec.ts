import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { _electron } from '@playwright/test'
import { findApp } from '../../examples/playwright/kit/findApp.ts'
import { attachLanyard, launchLanyard } from '../../examples/playwright/kit/LanyardApp.ts'
import { Desktop, expect, test } from './support/fixtures.ts'
import { runtime } from './support/runtime.ts'

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

const root = join(import.meta.dirname, '../..')

test('F69: without the flag nothing of it is reachable, whatever other switches there are', async ({ userData }) => {
  const app = await _electron.launch({
    executablePath: runtime.executable,
    args: [
      runtime.entry!,
      `--user-data-dir=${userData}`,
      ...['camera=/dev/null', 'microphone=/dev/null', 'host=127.0.0.1', 'port=1', 'rtc-ports=1', 'server-name=Studio'].map(
        (one) => `--automation-${one}`,
      ),
      ...['--automation-allow-origin=http://example.com', '--automation-clock=2001-01-01T00:00:00Z', '--lanyard-automation=1'],
    ],
  })
  try {
    const page = await app.firstWindow()
    await expect(page.getByRole('button', { name: 'Host a meeting' })).toBeEnabled()
    expect(await app.evaluate(() => ({ probe: 'lanyard' in globalThis, year: new Date().getFullYear() }))).toEqual({
      probe: false,
      year: new Date().getFullYear(),
    })
    const switches = ['use-fake-device-for-media-stream', 'use-fake-ui-for-media-stream', 'use-file-for-fake-video-capture']
    expect(await app.evaluate(({ app }, names) => names.filter((name) => app.commandLine.hasSwitch(name)), switches)).toEqual([])
    const inPage = await page.evaluate(async () => ({
      globals: ['lanyardAutomation', 'lanyardProbe'].filter((name) => name in window),
      answer: await window.lanyard!.probe({}),
      year: new Date().getFullYear(),
    }))
    expect(inPage.globals).toEqual([])
    expect(inPage.answer).toMatchObject({ ok: false, error: { code: 'forbidden' } })
    expect(inPage.year).toBe(new Date().getFullYear())
  } finally {
    app.process().kill('SIGTERM')
    await app.waitForEvent('close')
  }
})

for (const [wrong, why] of [
  [['--automation', '--automation-port=http'], '--automation-port is a number'],
  [['--automation'], '--automation needs a folder of its own'],
] as const)
  test(`started with ${wrong.join(' ')} it ends with a sentence`, async ({ userData }) => {
    const folder = wrong.length > 1 ? [`--user-data-dir=${userData}`] : []
    // The stand-in has its debuggers by itself, where Playwright asks for them on the command line.
    const child = spawn(runtime.executable, [runtime.entry!, ...folder, ...wrong], { stdio: ['ignore', 'ignore', 'pipe'] })
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
    expect(said).toContain(`lanyard: ${why}`)
    expect(code).toBe(2)
  })

test('the clock that is asked for is that of the window, of the app and of the server', async () => {
  const desktop = await Desktop.launch({ clock: '2031-03-29T09:00:00Z', port: 0 })
  const { code } = await desktop.hostRoom('Some day')
  expect(code).toMatch(/^\w{3}-\w{3}$/)
  expect(await desktop.page.evaluate(() => new Date().toISOString())).toMatch(/^2031-03-29T09:0/)
  expect(await desktop.app.evaluate(() => new Date().toISOString())).toMatch(/^2031-03-29T09:0/)
  await desktop.say('Hello')
  await expect(desktop.messages.locator('time')).toHaveAttribute('datetime', /^2031-03-29T09:0/)
})

test('an installed app, whose main process nobody can reach, is driven through its window', async () => {
  test.skip(process.platform === 'win32', 'the program of this test is a shell script')
  const folder = await mkdtemp(join(tmpdir(), 'lanyard-installed-'))
  const program = join(folder, 'lanyard')
  await writeFile(program, `#!/bin/sh\nexec '${runtime.executable}' '${runtime.entry}' "$@"\n`, { mode: 0o755 })
  const found = findApp({ LANYARD_APP: program })
  expect(found).toMatchObject({ executable: program, entry: null })
  const args = runtime.standin ? ['--automation-allow-origin=http://lanyard.app.localhost'] : []
  const ada = await launchLanyard({ name: 'Ada', app: found, args })
  try {
    const room = await ada.hostRoom('Installed')
    expect(room.link).toContain('/j/')
    expect(await ada.probe()).toMatchObject({ isWindowOpen: true, hosting: { status: 'on' }, server: { people: 1 } })
    await ada.leave()
  } finally {
    await ada.close()
    await rm(folder, { recursive: true, force: true })
  }
})

test('an app that somebody else has started can be driven, too, and goes on afterwards', async ({ userData }) => {
  const port = await freePort()
  const child = spawn(
    runtime.executable,
    [
      ...[runtime.entry!, `--user-data-dir=${userData}`, `--remote-debugging-port=${port}`, '--automation'],
      ...(runtime.standin ? ['--automation-host=127.0.0.1', '--automation-allow-origin=http://lanyard.app.localhost'] : []),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  try {
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    await expect.poll(() => said).toContain('DevTools listening')
    const grace = await attachLanyard(`http://127.0.0.1:${port}`, { name: 'Grace' })
    expect((await grace.probe()).hosting.status).toBe('off')
    await grace.close()
    expect(child.exitCode).toBeNull()
  } finally {
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  }
})

test('F69: the example passes as it is', async () => {
  test.setTimeout(240_000)
  const own = Object.entries(process.env).filter(([name]) => !/^(TEST_|PW_|PLAYWRIGHT)/.test(name))
  const playwright = join(root, 'node_modules/@playwright/test/cli.js')
  const child = spawn(process.execPath, [playwright, 'test'], {
    cwd: join(root, 'examples/playwright'),
    env: Object.fromEntries(own),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [said, complaints, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  expect(code, `${said}\n${complaints}`).toBe(0)
  expect(said).toContain(runtime.label)
  expect(said).toMatch(/\b[1-9]\d* passed/)
})
