/** Guests in a browser: past the browser's warning, knowingly; without encryption; and with the server's authority installed. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from '@playwright/test'
import { signServer } from '../../src/main/server/tls/authority.ts'
import { formatFingerprint, parseFingerprint } from '../../src/shared/fingerprint.ts'
import { lanyard } from '../support/serve.ts'
import { findsNothing } from './support/axe.ts'
import { expect, leadsHere, NAME, test } from './support/open.ts'

/** As someone goes past the browser's own warning, by its own page. */
async function passWarning(page: Page, url: string): Promise<void> {
  await expect(page.goto(url)).rejects.toThrow('ERR_CERT_AUTHORITY_INVALID')
  await page.locator('#details-button').click()
  await page.locator('#proceed-link').click()
}

const shownWords = (page: Page) => page.getByRole('list', { name: 'Words to compare' }).getByRole('listitem').allTextContents()

test('F63: with a telephone one passes the warning knowingly, compares the words, joins, and is seen and heard', async ({
  open,
  person,
}) => {
  const ada = await person('Ada', { look: 'red' })
  const code = await ada.createRoom(open.own, 'Standup')
  const grace = await person('Grace', { look: 'green', phone: true, args: [leadsHere()] })
  await passWarning(grace.page, `${open.secure}/?room=${code.replace('-', '')}`)

  await expect(grace.page.getByRole('heading', { name: /^Is this really “.*”\?$/ })).toBeVisible()
  await expect(grace.page.getByText('for another certificate')).toHaveCount(0)
  const { words, fingerprint } = JSON.parse(
    (await lanyard('certificate', 'show', '--json', '--data-dir', open.dataDir)).stdout,
  ) as {
    words: string[]
    fingerprint: string
  }
  expect(await shownWords(grace.page)).toEqual(words)
  await grace.page.getByText('Be surer than that').click()
  await expect(grace.page.getByText(fingerprint)).toBeVisible()
  await findsNothing(grace.page, 'the first contact')
  await grace.page.getByRole('button', { name: 'They match' }).tap()

  await grace.page.getByRole('textbox', { name: 'Your name' }).fill('Grace')
  await grace.joinNow()
  await ada.sees(grace, 'green')
  await ada.hears(grace, 'green')
  await grace.hears(ada, 'red')
  await expect(ada.figure('Grace')).not.toContainText('not encrypted')

  await test.step('and is not asked again', async () => {
    await grace.page.goto(open.secure)
    await expect(grace.page.getByRole('button', { name: 'Create a room' })).toBeVisible()
  })

  await test.step('until the server shows another certificate', async () => {
    await lanyard('certificate', 'renew', '--data-dir', open.dataDir)
    // A browser that keeps its connections keeps what it has seen there, too.
    const lin = await person('Lin', { look: null, args: [leadsHere()] })
    await passWarning(lin.page, `${open.secure}/j/${code.replace('-', '')}#fp=${parseFingerprint(fingerprint)}`)
    await expect(lin.page.getByRole('list', { name: 'Words to compare' })).toBeVisible()
    expect(await shownWords(lin.page)).not.toEqual(words)
    await expect(lin.page.getByText('Your link was made for another certificate.')).toBeVisible()
  })
})

test('where the words differ, nothing more is said to that server, and what was kept for it is forgotten', async ({
  open,
  person,
}) => {
  const grace = await person('Grace', { look: null, phone: true, args: [leadsHere()] })
  await passWarning(grace.page, open.secure)
  const kept = () => grace.page.evaluate(() => localStorage.getItem('lanyard.device'))
  await expect(grace.page.getByRole('button', { name: 'They differ' })).toBeVisible()
  expect(await kept()).toMatch(/^"[\w-]{43}"$/)
  await grace.page.getByRole('button', { name: 'They differ' }).click()
  await expect(grace.page.getByRole('heading', { name: 'Do not go on here' })).toBeVisible()
  expect(await kept()).toBe('null')
  const told: string[] = []
  grace.page.on('request', (request) => told.push(request.url()))
  grace.page.on('websocket', (socket) => told.push(socket.url()))
  await expect.poll(async () => (await fetch(`${open.own}/metrics`)).text()).toMatch(/^lanyard_connections 0$/m)
  expect(told).toEqual([])
  await findsNothing(grace.page, 'the refusal')
})

test('F63: without encryption one watches, listens and chats, is told why one cannot speak, and is seen as such', async ({
  open,
  person,
}) => {
  const ada = await person('Ada', { look: 'red' })
  const code = await ada.createRoom(open.own, 'Standup')
  const grace = await person('Grace', { look: 'green', phone: true, args: [leadsHere()] })
  const { page } = grace
  await page.goto(open.plain)
  // For real: what browsers keep from such pages is not there.
  expect(
    await page.evaluate(() => [
      isSecureContext,
      'randomUUID' in crypto,
      'subtle' in crypto,
      'clipboard' in navigator,
      'mediaDevices' in navigator,
    ]),
  ).toEqual([false, false, false, false, false])
  await expect(page.getByText('This page is not encrypted')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Create a room' })).toHaveCount(0)
  expect(await page.evaluate(() => localStorage.getItem('lanyard.device'))).toBeNull()
  await findsNothing(page, 'home without encryption')

  await page.getByRole('textbox', { name: 'Your name' }).fill('Grace')
  await page.getByRole('textbox', { name: 'Join code' }).fill(code)
  await page.getByRole('button', { name: 'Join' }).click()
  await expect(page.getByRole('heading', { name: 'Ready to join?' })).toBeVisible()
  await expect(page.getByRole('link', { name: open.secure })).toHaveAttribute('href', `${open.secure}/j/${code.replace('-', '')}`)
  await findsNothing(page, 'the door without encryption')
  await grace.joinNow()

  await test.step('sees, hears and writes', async () => {
    await grace.sees(ada, 'red')
    await grace.hears(ada, 'red')
    await grace.toggle('Chat').click()
    await grace.say('I can see you')
    await ada.toggle('Chat').click()
    await expect(ada.messages).toContainText('I can see you')
    await ada.say('Everyone else can, too')
    await expect(grace.messages).toContainText('Everyone else can, too')
    await grace.toggle('Chat').click()
  })

  await test.step('is told why there is no microphone', async () => {
    for (const name of ['Microphone', 'Camera', 'Share screen']) await expect(page.getByRole('button', { name })).toHaveCount(0)
    await page.getByRole('button', { name: 'Speak' }).click()
    await expect(page.getByRole('dialog', { name: 'You cannot speak here' })).toContainText('encrypted pages only')
    await expect(page.getByRole('dialog').getByRole('link', { name: open.secure })).toBeVisible()
    await findsNothing(page, 'why one cannot speak')
    await page.keyboard.press('Escape')
    await page.keyboard.press('m')
    await expect(page.getByRole('dialog', { name: 'You cannot speak here' })).toBeVisible()
    await page.keyboard.press('Escape')
  })

  await test.step('and the others know', async () => {
    await expect(ada.page.getByText('Grace is here without encryption')).toBeVisible()
    await ada.toggle('People').click()
    await expect(ada.page.getByRole('list', { name: 'People' })).toContainText('Not encrypted')
    await ada.page.getByRole('button', { name: 'Actions for Grace' }).click()
    await expect(ada.page.getByRole('menuitem', { name: 'Make co-host' })).toHaveCount(0)
    await expect(ada.page.getByRole('menuitem', { name: 'Ring Grace' })).toHaveCount(0)
    await ada.page.keyboard.press('Escape')
  })

  await test.step('a room that keeps others out from now on sends them out, with the way back in', async () => {
    await ada.page.getByRole('button', { name: 'More' }).click()
    await ada.page.getByRole('menuitem', { name: 'Room settings' }).click()
    await ada.page.getByRole('checkbox', { name: /lobby/i }).check()
    await ada.page.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(page.getByRole('heading', { name: 'Encrypted only' })).toBeVisible()
    await expect(page.getByRole('link', { name: open.secure })).toBeVisible()
    await findsNothing(page, 'sent out')
  })
})

test('a page without encryption opens nothing on the encrypted port', async ({ open, person }) => {
  const grace = await person('Grace', { look: null, args: [leadsHere(), '--ignore-certificate-errors'] })
  await grace.page.goto(open.plain)
  const opened = await grace.page.evaluate(
    (secure) =>
      new Promise((resolve) => {
        const socket = new WebSocket(`${secure.replace('https', 'wss')}/socket.io/?EIO=4&transport=websocket`)
        socket.onopen = () => resolve('open')
        socket.onerror = () => resolve('refused')
      }),
    open.secure,
  )
  expect(opened).toBe('refused')
})

test.describe('with the authority installed', () => {
  const run = promisify(execFile)
  let home: string
  let elsewhere: Server

  test.beforeAll(async () => {
    const hasTool = await run('certutil', ['-H']).then(
      () => true,
      (error: unknown) => (error as NodeJS.ErrnoException).code !== 'ENOENT',
    )
    // Where the set-up brings it, it has to be there.
    if (process.platform === 'linux' && process.getuid?.() === 0) expect(hasTool).toBe(true)
    test.skip(!hasTool, 'certutil (Debian: libnss3-tools) is not installed')
  })

  test.beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'lanyard-home-'))
  })

  test.afterEach(async () => {
    elsewhere?.close()
    await rm(home, { recursive: true, force: true })
  })

  /** As a user's browser keeps what its user has installed, on Linux. */
  async function install(pem: string): Promise<void> {
    const file = join(home, 'authority.pem')
    await writeFile(file, pem)
    for (const folder of ['.pki/nssdb', '.local/share/pki/nssdb']) {
      const store = `sql:${join(home, folder)}`
      await mkdir(join(home, folder), { recursive: true })
      await run('certutil', ['-d', store, '-N', '--empty-password'])
      await run('certutil', ['-d', store, '-A', '-t', 'C,,', '-n', 'lanyard', '-i', file])
    }
  }

  test('there is no warning, and one may still compare', async ({ open, person }) => {
    const answer = await fetch(`${open.own}/authority.pem`)
    await install(await answer.text())
    const grace = await person('Grace', { look: null, home })
    const { port } = new URL(open.own)
    await grace.page.goto(`https://127.0.0.1:${port}/trust`)
    const authority = parseFingerprint(await grace.page.locator('.fingerprint code').innerText())
    const shown = await lanyard('certificate', 'show', '--json', '--data-dir', open.dataDir)
    expect(formatFingerprint(authority!)).toBe((JSON.parse(shown.stdout) as { authority: string }).authority)
    await findsNothing(grace.page, 'how to install the authority')
    await grace.page.getByRole('link', { name: 'Back to Lanyard' }).click()
    await expect(grace.page.getByRole('heading', { name: /^Is this really/ })).toBeVisible()
  })

  test('it vouches for no name outside of private networks', async ({ open, person }) => {
    const keys = join(open.dataDir, 'keys')
    const authority = {
      certificate: readFileSync(join(keys, 'authority.crt'), 'utf8'),
      key: readFileSync(join(keys, 'authority.key'), 'utf8'),
    }
    await install(authority.certificate)
    // Whoever has stolen the key signs what they like.
    const stolen = await signServer(authority, { server: 'bank', hosts: [NAME], addresses: [] })
    elsewhere = createServer({ cert: `${stolen.certificate}\n${authority.certificate}`, key: stolen.key }, (_, response) =>
      response.end('bank'),
    )
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
    const { port } = elsewhere.address() as AddressInfo
    const grace = await person('Grace', { look: null, home, args: [leadsHere()] })
    await expect(grace.page.goto(`https://${NAME}:${port}`)).rejects.toThrow(/ERR_CERT/)
  })
})
