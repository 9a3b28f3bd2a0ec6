import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { About, Settings } from '../../src/shared/bridge.ts'
import { outsider } from '../e2e/support/outsider.ts'
import { Person } from '../e2e/support/Person.ts'
import { Desktop, expect, test } from './support/fixtures.ts'

test('the page stays on its own: no other page, no other window', async () => {
  const desktop = await Desktop.launch()
  const { page } = desktop
  const home = page.url()
  await page.evaluate(() => location.assign('https://example.com/'))
  await page.evaluate(() => open('http://example.com/'))
  await page.evaluate(() => open('file:///etc/passwd'))
  await page.evaluate(() => open('https://example.com/help'))
  await expect.poll(() => desktop.openedLinks()).toEqual(['https://example.com/help'])
  expect(page.url()).toBe(home)
  expect(await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
})

test('nothing is loaded from elsewhere, and plain connections go to this computer alone', async () => {
  const { page } = await Desktop.launch()
  await page.evaluate(() => {
    const violations: string[] = []
    Object.assign(window, { violations })
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => violations.push(effectiveDirective))
    void fetch('http://192.0.2.1:4433/').catch(() => {})
    new WebSocket('ws://192.0.2.1:4433/').onerror = () => {}
    document.head.append(Object.assign(document.createElement('script'), { src: 'https://192.0.2.1/script.js' }))
    document.head.append(Object.assign(document.createElement('script'), { textContent: 'window.wasRun = true' }))
    document.body.append(Object.assign(document.createElement('iframe'), { src: 'https://192.0.2.1/' }))
  })
  await expect
    .poll(() => page.evaluate(() => [...(window as unknown as { violations: string[] }).violations].sort()))
    .toEqual(['connect-src', 'connect-src', 'frame-src', 'script-src-elem', 'script-src-elem'])
  expect(await page.evaluate(() => 'wasRun' in window)).toBe(false)
})

test('there is one app: a second start brings the first one forward, with its link, which waits for a click', async ({
  userData,
}) => {
  const desktop = await Desktop.launch({ userData })
  expect(await desktop.startAgain('lanyard://join/ABC123?at=127.0.0.1:9')).toEqual({ code: 0, signal: null })
  const dialog = desktop.page.getByRole('dialog', { name: 'Open this meeting?' })
  await expect(dialog).toContainText('ABC-123')
  await expect(dialog).toContainText('127.0.0.1:9')
  await dialog.getByRole('button', { name: 'Not now' }).click()
  await expect(dialog).toBeHidden()
})

test('a link that the app is opened with is shown, and one that is not understood is not', async () => {
  const desktop = await Desktop.launch({ args: ['lanyard://join/ABC123?at=192.168.1.20:4433'] })
  await expect(desktop.page.getByRole('dialog', { name: 'Open this meeting?' })).toContainText('ABC-123')
  const other = await Desktop.launch({ args: ['lanyard://join/ABC123?at=javascript:alert(1)'] })
  await expect(other.page.getByRole('button', { name: 'Host a meeting' })).toBeVisible()
  await expect(other.page.getByRole('dialog')).toBeHidden()
})

test('a link that comes while another one is asked about waits for its turn', async ({ userData }) => {
  const desktop = await Desktop.launch({ userData, args: ['lanyard://join/ABC123'] })
  const dialog = desktop.page.getByRole('dialog', { name: 'Open this meeting?' })
  await expect(dialog).toContainText('ABC-123')
  await desktop.startAgain('lanyard://join/DEF456?at=127.0.0.1:9')
  await expect(dialog).toContainText('ABC-123')
  await dialog.getByRole('button', { name: 'Not now' }).click()
  await expect(dialog).toContainText('DEF-456')
  await dialog.getByRole('button', { name: 'Not now' }).click()
  await expect(dialog).toBeHidden()
})

test('F61: a link leads to the same door, whether the system hands it over or it is pasted, and only after a click', async ({
  userData,
}) => {
  const desktop = await Desktop.launch({ userData })
  const { page } = desktop
  const url = await page.evaluate(async () => {
    const hosting = await window.lanyard!.startHosting({})
    return hosting.ok && hosting.value.status === 'on' ? hosting.value.url : ''
  })
  const other = await outsider(url)
  const { room } = await other.request('createRoom', { name: 'Design sync', visibility: 'private' })
  const at = new URL(url).host
  const atDoor = async () => {
    await expect(page.getByRole('heading', { name: 'Ready to join?' })).toBeVisible()
    await expect(page.getByText('Design sync')).toBeVisible()
    // That is for browsers.
    await expect(page.getByRole('link', { name: 'Open in the Lanyard app' })).toHaveCount(0)
    await page.getByRole('button', { name: 'Back' }).click()
    await expect(page.getByRole('button', { name: 'Host a meeting' })).toBeVisible()
  }

  await desktop.startAgain(`lanyard://join/${room.joinCode}?at=${at}&k=${room.linkKey}`)
  const dialog = page.getByRole('dialog', { name: 'Open this meeting?' })
  await expect(dialog).toContainText(at)
  await expect(page.getByRole('heading', { name: 'Ready to join?' })).toHaveCount(0)
  await dialog.getByRole('button', { name: 'Open' }).click()
  await atDoor()

  const code = page.getByRole('textbox', { name: 'Join code' })
  for (const link of [
    `Come in: ${url}/j/${room.joinCode}#k=${room.linkKey}.`,
    `${at}/?room=${room.id}`,
    `lanyard://join/${room.joinCode}?at=192.0.2.1:4433,${at}&k=${room.linkKey}`,
  ]) {
    await code.fill(link)
    await page.getByRole('button', { name: 'Join' }).click()
    await atDoor()
  }
  await code.fill(`lanyard://join/${room.joinCode}?at=${at}&k=${room.linkKey!.slice(1)}`)
  await page.getByRole('button', { name: 'Join' }).click()
  await expect(code).toHaveAccessibleDescription(/The end of that link/)
})

test('what was typed stays until it has led into a meeting, and what is wrong is said at its field', async () => {
  const { page } = await Desktop.launch()
  const code = page.getByRole('textbox', { name: 'Join code' })
  const address = page.getByRole('textbox', { name: 'Address' })
  const join = page.getByRole('button', { name: 'Join' })
  await code.fill('ABC-123')
  await join.click()
  await expect(address).toHaveAccessibleDescription(/Type this as well/)
  await expect(code).toHaveAccessibleDescription('')
  // Where nothing listens.
  await address.fill('127.0.0.1:9')
  await join.click()
  await expect(page.getByRole('heading', { name: 'The server does not answer' })).toBeVisible()
  await page.getByRole('button', { name: 'Back to the first screen' }).click()
  await expect(code).toHaveValue('ABC-123')
  await expect(address).toHaveValue('127.0.0.1:9')
  // At the server of this computer the first screen stays.
  await page.evaluate(() => window.lanyard!.startHosting({}))
  await address.fill('')
  await join.click()
  await expect(code).toHaveAccessibleDescription(/No room/i)
})

test('an address that is not encrypted is refused in words, and nothing is sent there', async () => {
  const { page } = await Desktop.launch()
  await page.getByRole('textbox', { name: 'Join code' }).fill('ABC-123')
  await page.getByRole('textbox', { name: 'Address' }).fill('http://192.0.2.1:4433')
  await page.getByRole('button', { name: 'Join' }).click()
  await expect(page.getByText('That address is not encrypted')).toBeVisible()
})

test('the window comes back where it was', async ({ userData }) => {
  const bounds = { x: 120, y: 90, width: 900, height: 700 }
  const first = await Desktop.launch({ userData })
  await first.app.evaluate(({ BrowserWindow }, at) => BrowserWindow.getAllWindows()[0]?.setBounds(at), bounds)
  await first.quit()
  const second = await Desktop.launch({ userData })
  expect(await second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds())).toMatchObject(bounds)
})

test('what is set is kept, and what is not understood of it falls back', async ({ userData }) => {
  const first = await Desktop.launch({ userData })
  const changed = await first.page.evaluate(() => window.lanyard!.changeSettings({ serverName: 'Studio', serverPort: 5_000 }))
  expect(changed).toMatchObject({ ok: true, value: { serverName: 'Studio', serverPort: 5_000 } satisfies Partial<Settings> })
  await first.quit()
  const second = await Desktop.launch({ userData })
  expect(await second.page.evaluate(() => window.lanyard!.getSettings({}))).toMatchObject({ value: { serverName: 'Studio' } })
})

test('it starts with the session of its user, where that is wanted', async ({ userData }) => {
  test.skip(process.platform !== 'linux', 'other systems keep that out of sight')
  const desktop = await Desktop.launch({ userData, env: { XDG_CONFIG_HOME: userData } })
  const entry = join(userData, 'autostart', 'lanyard.desktop')
  await desktop.page.evaluate(() => window.lanyard!.changeSettings({ launchAtLogin: true }))
  expect(readFileSync(entry, 'utf8')).toMatch(/^Exec=".+ --hidden$/m)
  await desktop.page.evaluate(() => window.lanyard!.changeSettings({ launchAtLogin: false }))
  expect(existsSync(entry)).toBe(false)
})

test('about, settings and shortcuts are in the menu', async () => {
  const desktop = await Desktop.launch()
  await desktop.clickMenu('Help', 'About Lanyard')
  const about = desktop.page.getByRole('dialog', { name: 'About Lanyard' })
  const versions = await desktop.page.evaluate(() => window.lanyard!.getAbout({}))
  await expect(about).toContainText((versions as { value: About }).value.electron)
  await desktop.page.keyboard.press('Escape')
  await desktop.clickMenu('Help', 'Keyboard shortcuts')
  await expect(desktop.page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
  await desktop.page.keyboard.press('Escape')
  await desktop.clickMenu('Meeting', 'Settings…')
  await expect(desktop.page.getByRole('dialog', { name: 'Settings' })).toBeVisible()
})

test('the app lives on in the tray while it hosts, and the window can be had back from there', async () => {
  const desktop = await Desktop.launch()
  await desktop.page.getByRole('button', { name: 'Host a meeting' }).click()
  await desktop.page.getByRole('dialog', { name: 'New room' }).waitFor()
  await desktop.page.close()
  expect((await desktop.probe()).hosting).toMatchObject({ status: 'on' })
  const again = desktop.app.waitForEvent('window')
  await desktop.clickTray('Open Lanyard')
  const page = await again
  await expect(page.getByRole('region', { name: 'On this computer' })).toContainText('Hosting')
  await page.close()
  await expect.poll(async () => (await desktop.probe()).isWindowOpen).toBe(false)
  const third = desktop.app.waitForEvent('window')
  await desktop.clickMenu('Help', 'About Lanyard')
  await expect((await third).getByRole('dialog', { name: 'About Lanyard' })).toBeVisible()
})

test('sharing a screen shows what there is; what is chosen is what the others see', async () => {
  const desktop = await Desktop.launch()
  const { page } = desktop
  const { code, address } = await Person.at('Ada', desktop).host('Show')
  const share = page.getByRole('button', { name: 'Share screen' })
  await share.click()
  const picker = page.getByRole('dialog', { name: 'Share a screen or a window' })
  await expect(picker.getByRole('radio')).not.toHaveCount(0)
  await picker.getByRole('button', { name: 'Cancel' }).click()
  await expect(share).toHaveAttribute('aria-pressed', 'false')
  await share.click()
  await picker.getByRole('radio').first().check({ force: true })
  await picker.getByRole('button', { name: 'Share' }).click()
  const lin = await Person.start('Lin', { look: 'blue' })
  await lin.joinByCode(address, code)
  await expect(lin.page.locator('video[data-source="screen"]')).toBeVisible()
  await expect(share).toHaveAttribute('aria-pressed', 'true')
  await lin.close()
})
