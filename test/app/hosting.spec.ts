import { createServer as createHttpServer, type IncomingMessage } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import Database from 'better-sqlite3'
import { keepCosts } from '../../src/main/server/capacity/keptCosts.ts'
import { startRoomServer } from '../../src/main/server/index.ts'
import type { Hosting } from '../../src/shared/bridge.ts'
import { Person } from '../e2e/support/Person.ts'
import type { DesktopOptions } from './support/Desktop.ts'
import { Desktop, expect, test } from './support/fixtures.ts'

/** With its port as it is set in the app. */
const launch = (options: DesktopOptions = {}) => Desktop.launch({ port: null, ...options })
const host = (desktop: Desktop) => desktop.page.getByRole('button', { name: 'Host a meeting' })
const status = (desktop: Desktop) => desktop.page.getByRole('region', { name: 'On this computer' })

const addressOf = async (desktop: Desktop) => ((await desktop.probe()).hosting as Extract<Hosting, { status: 'on' }>).url

test('hosting is shown while it lasts, and stops with a click', async () => {
  const desktop = await launch()
  await host(desktop).click()
  await expect(desktop.page.getByRole('dialog', { name: 'New room' })).toBeVisible()
  await desktop.page.keyboard.press('Escape')
  await expect(status(desktop)).toContainText('Hosting. Nobody is here yet.')
  await expect(status(desktop)).toContainText('127.0.0.1:')
  const { serverPid } = await desktop.probe()
  await desktop.page.getByRole('button', { name: 'Stop hosting' }).click()
  await expect(status(desktop)).toBeHidden()
  await expect(desktop.page.getByRole('heading', { level: 1 })).toBeFocused()
  expect(await desktop.probe()).toMatchObject({ hosting: { status: 'off' }, serverPid: null })
  expect(() => process.kill(serverPid!, 0)).toThrow('ESRCH')
})

test('a port that is taken is named, with another one as the way out', async ({ userData }) => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const desktop = await launch({ userData })
  await desktop.page.evaluate((serverPort) => window.lanyard!.changeSettings({ serverPort }), port)
  await host(desktop).click()
  const program = process.platform === 'win32' ? '' : ` by ${basename(process.execPath)}`
  await expect(status(desktop)).toContainText(`Port ${port} is in use${program}`)
  await desktop.page.getByRole('button', { name: 'Use another port' }).click()
  await expect(desktop.page.getByRole('dialog', { name: 'New room' })).toBeVisible()
  const address = await addressOf(desktop)
  expect(address).not.toContain(`:${port}`)
  expect(await desktop.quit()).toBe(0)

  // Where the others have found it, they find it again, though the first port is still taken.
  const again = await launch({ userData })
  await host(again).click()
  await expect(again.page.getByRole('dialog', { name: 'New room' })).toBeVisible()
  expect(await addressOf(again)).toBe(address)
  taken.close()
})

test('F63: browsers come in without encryption where the owner wants it, and the card says where, and who can read along', async () => {
  const desktop = await launch({ host: '::' })
  await desktop.clickMenu('Meeting', 'Settings…')
  await desktop.page.getByRole('checkbox', { name: 'Let browsers in without encryption' }).check()
  await desktop.page.keyboard.press('Escape')
  await host(desktop).click()
  await expect(desktop.page.getByRole('dialog', { name: 'New room' })).toBeVisible()
  await desktop.page.keyboard.press('Escape')
  await expect(status(desktop)).toContainText('Without encryption, to watch, listen and chat')
  await expect(status(desktop)).toContainText('Others on the network can read along')
  const address = await status(desktop).locator('code', { hasText: 'http://' }).textContent()
  const page = await fetch(`http://127.0.0.1:${new URL(address!).port}/`)
  expect(await page.text()).toContain('<title>Lanyard</title>')
})

test('whoever takes the port of a server that has crashed is told nothing', async () => {
  const desktop = await launch()
  await Person.at('Ada', desktop).host('Design sync')
  const { hosting, serverPid } = await desktop.probe()
  const { hostname, port } = new URL((hosting as Extract<Hosting, { status: 'on' }>).url)
  let heard = ''
  const squatter = createHttpServer((request, response) => {
    heard += request.url ?? ''
    response.end()
  })
  squatter.on('upgrade', (request: IncomingMessage) => (heard += request.url ?? ''))
  process.kill(serverPid!, 'SIGKILL')
  // As soon as the port is free, and before the app has started another server on it.
  await expect(async () => {
    squatter.listen(Number(port), hostname)
    await once(squatter, 'listening')
  }).toPass({ intervals: [5], timeout: 10_000 })
  await expect(status(desktop)).toContainText(`Port ${port} is in use`)
  expect(heard).toBe('')
  squatter.close()
})

test('data that another server holds is named, and can be tried again when that one has gone', async ({ userData }) => {
  const other = await startRoomServer({ dataDir: join(userData, 'server'), port: 0, maxWorkers: 1 })
  const desktop = await launch({ userData })
  await host(desktop).click()
  await expect(status(desktop)).toContainText('Another server is using')
  await other.close()
  await desktop.page.getByRole('button', { name: 'Try again' }).click()
  await expect(desktop.page.getByRole('dialog', { name: 'New room' })).toBeVisible()
})

test('data of a newer Lanyard is left alone, and said to be so', async ({ userData }) => {
  const folder = join(userData, 'server')
  await mkdir(folder, { recursive: true })
  const db = new Database(join(folder, 'lanyard.db'))
  db.pragma('user_version = 9999')
  db.close()
  const desktop = await launch({ userData })
  await host(desktop).click()
  await expect(status(desktop)).toContainText('written by a newer Lanyard')
  await expect(desktop.page.getByRole('button', { name: 'Show the folder' })).toBeVisible()
})

test('damaged data is put aside, and the window says where', async ({ userData }) => {
  const folder = join(userData, 'server')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'lanyard.db'), 'this is no database'.repeat(1_000))
  const desktop = await launch({ userData })
  await host(desktop).click()
  await desktop.page.getByRole('dialog', { name: 'New room' }).waitFor()
  await desktop.page.keyboard.press('Escape')
  await expect(status(desktop)).toContainText('put aside as')
})

test('rooms are kept from one hosting to the next, and found again under recent rooms', async ({ userData }) => {
  const first = await launch({ userData })
  await first.page.getByRole('textbox', { name: 'Your name' }).fill('Ada')
  await host(first).click()
  await first.page.getByRole('textbox', { name: 'Room name' }).fill('Weekly')
  await first.page.getByRole('button', { name: 'Create room' }).click()
  await first.page.getByRole('button', { name: 'Join now' }).click()
  await expect(first.page.getByRole('region', { name: 'Call' })).toBeVisible()
  expect(await first.quit()).toBe(0)

  const second = await launch({ userData })
  await second.page.getByRole('list', { name: 'Recent rooms' }).getByText('Weekly').click()
  await expect(second.page.getByRole('heading', { name: 'Ready to join?' })).toBeVisible()
  await second.page.getByRole('button', { name: 'Join now' }).click()
  await expect(second.page.getByRole('button', { name: 'End for all' })).toBeVisible()
})

test('F76: how many people this computer can hold is said before hosting, while hosting, and in the settings', async ({
  userData,
}) => {
  keepCosts(join(userData, 'server'), {
    ...{ video: { in: 5, out: 7 }, audio: { in: 5, out: 5 } },
    ...{ personBytes: 100_000, streamBytes: 250_000 },
  })
  const desktop = await launch({ userData })
  const { page } = desktop
  await expect(page.getByText('This computer can hold')).toBeHidden()
  await host(desktop).click()
  await page.getByRole('dialog', { name: 'New room' }).waitFor()
  await page.keyboard.press('Escape')
  await expect(status(desktop)).toContainText('Nobody is here yet.')
  await expect(status(desktop)).toContainText(/This computer can hold about \d+ people/)
  await page.getByRole('button', { name: 'Settings' }).click()
  await expect(page.getByRole('dialog', { name: 'Settings' })).toContainText(
    /This computer can hold about \d+ people.*Measured on/,
  )
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Stop hosting' }).click()
  await expect(status(desktop)).toBeHidden()
  await expect(page.getByText(/^This computer can hold about \d+ people/)).toBeVisible()
  expect(await desktop.quit()).toBe(0)

  const again = await launch({ userData })
  await expect(again.page.getByText(/^This computer can hold about \d+ people/)).toBeVisible()
  // A machine on which other tests run may not come to be quiet: then that is what is said.
  await again.page.getByRole('button', { name: 'Settings' }).click()
  const settings = again.page.getByRole('dialog', { name: 'Settings' })
  const year = new Date().getFullYear()
  await settings.getByRole('button', { name: 'Measure again' }).click()
  await expect(settings.getByRole('button', { name: 'Measure again' })).toHaveAttribute('aria-busy', 'true')
  await expect(settings.getByRole('button', { name: 'Measure again' })).not.toHaveAttribute('aria-busy', { timeout: 30_000 })
  await expect(settings).toContainText(new RegExp(`Measured on .*${year}|when this machine has less to do`))
  expect((await again.probe()).serverPid).toBeNull()
})

test('the tray shows who is in which room, and leads there', async () => {
  const desktop = await launch()
  const { page } = desktop
  const { code, address } = await Person.at('Ada', desktop).host('Design & sync')
  await expect.poll(() => desktop.trayLabels()).toContain('Design && sync · 1 person')
  expect(await desktop.trayLabels()).toContain('hosting, 1 person here')
  await desktop.clickTray('Design && sync · 1 person', 'Open')
  const dialog = page.getByRole('dialog', { name: 'Open this meeting?' })
  await expect(dialog).toContainText('you are in this meeting already')
  await dialog.getByRole('button', { name: 'Stay' }).click()

  const lin = await Person.start('Lin', { look: 'blue' })
  await lin.joinByCode(address, code)
  await expect.poll(() => desktop.trayLabels()).toContain('Design && sync · 2 people')
  await page.getByRole('button', { name: 'Leave' }).click()
  await expect.poll(() => desktop.trayLabels()).toContain('Design && sync · 1 person')
  await desktop.clickTray('Design && sync · 1 person', 'Open')
  await dialog.getByRole('button', { name: 'Open', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Ready to join?' })).toBeVisible()
  await lin.close()
})

test('this computer stays awake while others meet on it, also without its own window', async () => {
  const desktop = await launch()
  const awake = () =>
    desktop.app.evaluate(({ powerSaveBlocker }) => {
      const ids = Array.from({ length: 50 }, (_, id) => id)
      return ids.filter((id) => powerSaveBlocker.isStarted(id)).length
    })
  expect(await awake()).toBe(0)
  const { code, address } = await Person.at('Ada', desktop).host('Design sync')
  const lin = await Person.start('Lin', { look: 'blue' })
  await lin.joinByCode(address, code)
  await expect.poll(awake).toBe(2)
  await desktop.page.getByRole('button', { name: 'Leave' }).click()
  await expect.poll(awake).toBe(1)
  await desktop.page.close()
  await expect.poll(async () => (await desktop.probe()).isWindowOpen).toBe(false)
  expect(await awake()).toBe(1)
  await lin.page.getByRole('button', { name: 'Leave' }).click()
  await expect.poll(awake).toBe(0)
  await lin.close()
})
