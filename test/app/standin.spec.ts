import type { EventEmitter } from 'node:events'
import { join } from 'node:path'
import type { ElectronApplication, Page } from '@playwright/test'
import { looks } from '../../examples/playwright/kit/looks.ts'
import { lookOfPicture } from '../support/looks.ts'
import { Desktop, expect, test } from './support/fixtures.ts'
import { alive } from './support/processes.ts'
import { runtime } from './support/runtime.ts'

/** The stand-in for Electron, with a sample app: what the app's own specs rely on when they run on it. */

const entry = join(import.meta.dirname, 'support/sample')

test.skip(!runtime.standin, 'about the stand-in alone')

test('it never passes for Electron, and says so of what it lacks', async () => {
  const { app } = await Desktop.launch({ entry })
  const said = await app.evaluate(({ app, BrowserWindow }) => {
    const lacks: string[] = []
    for (const use of [() => app.moveToApplicationsFolder(), () => BrowserWindow.getAllWindows()[0]?.previewFile('x')]) {
      try {
        use()
      } catch (error) {
        lacks.push(String(error))
      }
    }
    return { electron: process.versions.electron, name: app.getName(), version: app.getVersion(), lacks }
  })
  expect(said).toEqual({
    electron: expect.stringMatching(/^45\..*-standin$/),
    name: 'Sample of the stand-in',
    version: '1.2.3',
    lacks: [
      'Error: stand-in: electron.app.moveToApplicationsFolder is not implemented',
      'Error: stand-in: electron.BrowserWindow.previewFile is not implemented',
    ],
  })
})

test('messages go both ways as structured clones, and errors keep their sentence', async () => {
  const { page } = await Desktop.launch({ entry })
  const answers = await page.evaluate(async () => {
    const { sample } = window
    const values = [new Map([['key', new Set([1])]]), new Date(5), new Uint8Array([1, 250]), 12n, undefined, { list: [null] }]
    const failed = (promise: Promise<unknown>) => promise.catch((error: unknown) => String(error))
    const [map, ...same] = (await sample.invoke('echo', ...values)) as [Map<string, Set<number>>]
    const noted = new Promise((resolve) => sample.on('noted', resolve))
    sample.send('note', 'heard')
    return {
      types: await sample.invoke('types', ...values),
      map: map.get('key')?.has(1),
      same,
      failure: await failed(sample.invoke('fail')),
      unknown: await failed(sample.invoke('nobody')),
      functions: await failed(sample.invoke('echo', () => 1)),
      noted: await noted,
    }
  })
  expect(answers).toEqual({
    types: ['Map', 'Date', 'Uint8Array', 'BigInt', 'Undefined', 'Object'],
    map: true,
    same: [new Date(5), new Uint8Array([1, 250]), 12n, undefined, { list: [null] }],
    failure: "Error: Error invoking remote method 'fail': RangeError: no luck",
    unknown: "Error: Error invoking remote method 'nobody': Error: No handler registered for 'nobody'",
    functions: 'Error: An object could not be cloned.',
    noted: 'heard!',
  })
})

test('main knows which frame a message comes from, and only top frames have a bridge', async () => {
  const { app, page } = await Desktop.launch({ entry })
  expect(await page.evaluate(() => window.sample.invoke('secret'))).toMatch(/^standin-plain:/)
  const bridges = await page.evaluate(async () => {
    const frame = document.createElement('iframe')
    frame.src = '/index.html'
    const loaded = new Promise((resolve) => (frame.onload = resolve))
    document.body.append(frame)
    await loaded
    return [window, frame.contentWindow!].map((each) => 'sample' in each)
  })
  expect(bridges).toEqual([true, false])

  const [stranger] = await Promise.all([
    app.waitForEvent('window'),
    app.evaluate(async ({ app, BrowserWindow }) => {
      const win = new BrowserWindow({ webPreferences: { preload: `${app.getAppPath()}/preload.cjs` } })
      await win.loadURL('app://stranger/index.html')
    }),
  ])
  const refusal = stranger.evaluate(() => window.sample.invoke('secret').catch((error: unknown) => String(error)))
  expect(await refusal).toContain('Error: not for app://stranger')
})

test('app:// answers with its policy in force, and the page sees nothing behind the bridge', async () => {
  const { page } = await Desktop.launch({ entry })
  await expect(page.getByRole('heading')).toHaveText('Sample')
  const facts = await page.evaluate(async () => ({
    scripts: { ...document.documentElement.dataset },
    secure: isSecureContext,
    own: (await fetch('/package.json')).status,
    foreign: await fetch('http://127.0.0.1:9/').catch((error: unknown) => String(error)),
    leaked: ['require', 'process', 'module', 'Buffer', 'ipcRenderer', 'electron'].filter((name) => name in window),
    bridge: Object.keys(window.sample),
  }))
  expect(facts).toEqual({
    scripts: { external: 'ran' },
    secure: true,
    own: 200,
    foreign: expect.stringContaining('TypeError'),
    leaked: [],
    bridge: ['invoke', 'send', 'on'],
  })
})

test('the page stays where it is: links go to the handlers, and out', async () => {
  const desktop = await Desktop.launch({ entry })
  await desktop.page.getByRole('link', { name: 'Leave' }).click()
  await expect.poll(() => seen(desktop.app)).toContainEqual({ navigate: 'https://elsewhere.test/' })
  await desktop.page.getByRole('link', { name: 'New window' }).click()
  await expect.poll(() => desktop.openedLinks()).toEqual(['https://elsewhere.test/new'])
  expect(desktop.app.windows()).toHaveLength(1)
  await expect(desktop.page.getByRole('heading')).toHaveText('Sample')
})

test('the permission handler decides about the camera, which shows the colour of this app', async () => {
  const { app, page } = await Desktop.launch({ entry, ...looks.green })
  await permit(app, { media: false })
  expect(await openCamera(page)).toBe('NotAllowedError')
  await permit(app, { media: true })
  expect(await openCamera(page)).toBe('open')
  await expect.poll(() => lookOfPicture(page.locator('video'))).toBe('green')
  const asked = { permission: 'media', from: 'app://sample/index.html', mediaTypes: ['video'] }
  expect(await seen(app)).toEqual([asked, asked])
  const states = await page.evaluate(async () => {
    const names = ['camera', 'geolocation'] as PermissionName[]
    return Promise.all(names.map(async (name) => (await navigator.permissions.query({ name })).state))
  })
  expect(states).toEqual(['granted', 'denied'])
})

test('the display media handler chooses among pictures, or refuses', async () => {
  const { app, page } = await Desktop.launch({ entry })
  const share = page.getByRole('button', { name: 'Share' })
  await permit(app, { share: false })
  await share.click()
  await expect(page).toHaveTitle('NotAllowedError')
  await permit(app, { share: true })
  await share.click()
  await expect(page).toHaveTitle('sharing')
  const [, , , asked] = await seen(app)
  expect(asked).toEqual({
    videoRequested: true,
    pictures: [
      { name: 'Entire screen', width: 320, height: 200, url: expect.stringMatching(/^data:image\/png;base64,/) },
      { name: 'NotAllowedError', width: 281, height: 200, url: expect.stringMatching(/^data:image\/png;base64,/) },
    ],
  })
})

test('a utility process answers, and how it ended is told', async () => {
  const { app, page } = await Desktop.launch({ entry })
  const ask = (message: unknown) => page.evaluate((each) => window.sample.invoke('utility', each), message)
  expect(await ask([1, 'two'])).toEqual({ echo: [1, 'two'], type: 'utility' })
  expect(await ask('exit')).toEqual({ code: 7 })
  expect(await ask('crash')).toEqual({ code: 6 })
  expect(await ask('again')).toEqual({ echo: 'again', type: 'utility' })
  expect(await seen(app)).toEqual([
    { gone: { type: 'Utility', reason: 'abnormal-exit', name: 'echo' } },
    { gone: { type: 'Utility', reason: 'crashed', name: 'echo' } },
  ])
})

test('a second instance gives way, and hands over its arguments', async ({ userData }) => {
  const first = await Desktop.launch({ entry, userData })
  expect(await first.startAgain('sample://room/abc')).toEqual({ code: 4, signal: null })
  await expect.poll(() => seen(first.app)).toEqual([{ second: 'sample://room/abc', data: { from: 'sample' } }])
  await first.quit()
  const next = await Desktop.launch({ entry, userData })
  expect(await next.app.evaluate(({ app }) => app.hasSingleInstanceLock())).toBe(true)
})

test('electron-store keeps its values in the user data, from one start to the next', async ({ userData }) => {
  for (const starts of [1, 2]) {
    const desktop = await Desktop.launch({ entry, userData })
    const kept = await desktop.page.evaluate(() => window.sample.invoke('starts'))
    expect(kept).toEqual({ starts, file: join(userData, 'config.json') })
    await desktop.quit()
  }
})

test('menus, the tray, notifications and questions can be acted on', async () => {
  const desktop = await Desktop.launch({ entry })
  await desktop.app.evaluate(({ app, dialog, Menu, nativeImage, Notification, powerMonitor, Tray }) => {
    const note = (what: string) => () => void globalThis.seen.push(what)
    const ask = () => dialog.showMessageBox({ message: 'Really?', buttons: ['No', 'Yes'], cancelId: 0 })
    const answered = () => void ask().then(({ response }) => globalThis.seen.push(response))
    Menu.setApplicationMenu(Menu.buildFromTemplate([{ label: '&File', submenu: [{ label: 'Ask', click: answered }] }]))
    const tray = new Tray(nativeImage.createEmpty())
    tray.setContextMenu(Menu.buildFromTemplate([{ label: 'Show', click: note('tray') }]))
    const notification = new Notification({ title: app.getName(), body: 'ready' })
    notification.on('click', note('notification'))
    notification.show()
    powerMonitor.on('resume', note('resume'))
  })
  await desktop.clickMenu('File', 'Ask')
  await expect.poll(() => seen(desktop.app)).toEqual([0])
  await desktop.answerWith(1)
  await desktop.clickMenu('File', 'Ask')
  await expect.poll(() => seen(desktop.app)).toEqual([0, 1])
  await desktop.clickTray('Show')
  const shown = await desktop.app.evaluate((electron) => {
    const { standin } = electron as unknown as { standin: { notifications: (EventEmitter & { title: string; body: string })[] } }
    for (const notification of standin.notifications) notification.emit('click')
    return standin.notifications.map(({ title, body }) => ({ title, body }))
  })
  await desktop.power('resume')
  expect(await seen(desktop.app)).toEqual([0, 1, 'tray', 'notification', 'resume'])
  expect(shown).toEqual([{ title: 'Sample of the stand-in', body: 'ready' }])
  expect(await desktop.questions()).toEqual(['Really?', 'Really?'])
})

test('windows have the size and place that they are given', async () => {
  const { app, page } = await Desktop.launch({ entry })
  const inner = () => page.evaluate(() => [innerWidth, innerHeight])
  expect(await inner()).toEqual([900, 640])
  const bounds = await app.evaluate(({ BrowserWindow }) => {
    const [win] = BrowserWindow.getAllWindows()
    win!.setBounds({ x: 40, y: 30, width: 480, height: 360 })
    win!.maximize()
    return { normal: win!.getNormalBounds(), now: win!.getBounds(), maximized: win!.isMaximized() }
  })
  expect(bounds).toEqual({
    normal: { x: 40, y: 30, width: 480, height: 360 },
    now: { x: 0, y: 0, width: 1440, height: 900 },
    maximized: true,
  })
  await expect.poll(inner).toEqual([1440, 900])
})

test('quitting can be refused, and ends with its code', async () => {
  const desktop = await Desktop.launch({ entry })
  const stayed = await desktop.app.evaluate(({ app, BrowserWindow }) => {
    app.once('before-quit', (event) => event.preventDefault())
    app.quit()
    return BrowserWindow.getAllWindows().length
  })
  expect(stayed).toBe(1)
  expect(await desktop.quit()).toBe(0)
  const failing = await Desktop.launch({ entry })
  await failing.app.evaluate(({ app }) => app.exit(3))
  expect(await failing.ended).toEqual({ code: 3, signal: null })
})

test('memory is that of real processes, and none of them outlives a killed app', async () => {
  const desktop = await Desktop.launch({ entry })
  await desktop.page.evaluate(() => window.sample.invoke('utility', 'hello'))
  const metrics = await desktop.app.evaluate(({ app }) => app.getAppMetrics())
  const running = desktop.processes().map(({ pid }) => pid)
  expect(metrics.map(({ type }) => type)).toEqual(expect.arrayContaining(['Browser', 'Tab', 'Utility']))
  expect(metrics.find(({ type }) => type === 'Browser')?.pid).toBe(desktop.pid)
  expect(metrics.filter(({ name }) => name === 'echo')).toHaveLength(1)
  for (const { pid, memory } of metrics) {
    expect(running).toContain(pid)
    expect(memory.workingSetSize, `memory of ${pid} in kB`).toBeGreaterThan(100)
  }
  const family = await desktop.kill()
  expect(family.length).toBeGreaterThan(4)
  await expect.poll(() => alive(family)).toEqual([])
})

/** What the sample app has noted. */
function seen(app: ElectronApplication): Promise<unknown[]> {
  return app.evaluate(() => globalThis.seen)
}

async function permit(app: ElectronApplication, allowed: Partial<typeof globalThis.allow>): Promise<void> {
  await app.evaluate((_electron, each) => void Object.assign(globalThis.allow, each), allowed)
}

function openCamera(page: Page): Promise<string> {
  return page.evaluate(async () => {
    try {
      const video = document.querySelector('video')!
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: true })
      await video.play()
      return 'open'
    } catch (error) {
      return (error as DOMException).name
    }
  })
}

declare global {
  /** The sample's bridge in its page; what it notes and what it allows in its main process. */
  interface Window {
    sample: {
      invoke(channel: string, ...args: unknown[]): Promise<unknown>
      send(channel: string, ...args: unknown[]): void
      on(channel: string, listener: (...args: unknown[]) => void): () => void
    }
  }
  var seen: unknown[]
  var allow: { media: boolean; share: boolean }
}
