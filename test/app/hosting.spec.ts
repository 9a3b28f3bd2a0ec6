import { createServer as createHttpServer, type IncomingMessage } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { startRoomServer } from '../../src/main/server/index.ts'
import type { Hosting } from '../../src/shared/bridge.ts'
import { Person } from '../e2e/support/Person.ts'
import { Desktop, expect, test } from './support/fixtures.ts'

const host = (desktop: Desktop) => desktop.page.getByRole('button', { name: 'Host a meeting' })
const status = (desktop: Desktop) => desktop.page.getByRole('region', { name: 'On this computer' })

test('hosting is shown while it lasts, and stops with a click', async () => {
  const desktop = await Desktop.launch({ args: ['--automation'] })
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
  const desktop = await Desktop.launch({ userData, args: ['--automation'] })
  await desktop.page.evaluate((serverPort) => window.lanyard!.changeSettings({ serverPort }), port)
  await host(desktop).click()
  await expect(status(desktop)).toContainText(`Port ${port} is in use`)
  await desktop.page.getByRole('button', { name: 'Use another port' }).click()
  await expect(desktop.page.getByRole('dialog', { name: 'New room' })).toBeVisible()
  taken.close()
})

test('whoever takes the port of a server that has crashed is told nothing', async () => {
  const desktop = await Desktop.launch({ args: ['--automation'] })
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
  const desktop = await Desktop.launch({ userData, args: ['--automation'] })
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
  const desktop = await Desktop.launch({ userData, args: ['--automation'] })
  await host(desktop).click()
  await expect(status(desktop)).toContainText('written by a newer Lanyard')
  await expect(desktop.page.getByRole('button', { name: 'Show the folder' })).toBeVisible()
})

test('damaged data is put aside, and the window says where', async ({ userData }) => {
  const folder = join(userData, 'server')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'lanyard.db'), 'this is no database'.repeat(1_000))
  const desktop = await Desktop.launch({ userData, args: ['--automation'] })
  await host(desktop).click()
  await desktop.page.getByRole('dialog', { name: 'New room' }).waitFor()
  await desktop.page.keyboard.press('Escape')
  await expect(status(desktop)).toContainText('put aside as')
})

test('rooms are kept from one hosting to the next, and found again under recent rooms', async ({ userData }) => {
  const first = await Desktop.launch({ userData, args: ['--automation'] })
  await first.page.getByRole('textbox', { name: 'Your name' }).fill('Ada')
  await host(first).click()
  await first.page.getByRole('textbox', { name: 'Room name' }).fill('Weekly')
  await first.page.getByRole('button', { name: 'Create room' }).click()
  await first.page.getByRole('button', { name: 'Join now' }).click()
  await expect(first.page.getByRole('region', { name: 'Call' })).toBeVisible()
  expect(await first.quit()).toBe(0)

  const second = await Desktop.launch({ userData, args: ['--automation'] })
  await second.page.getByRole('list', { name: 'Recent rooms' }).getByText('Weekly').click()
  await expect(second.page.getByRole('heading', { name: 'Ready to join?' })).toBeVisible()
  await second.page.getByRole('button', { name: 'Join now' }).click()
  await expect(second.page.getByRole('button', { name: 'End for all' })).toBeVisible()
})
