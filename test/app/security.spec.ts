import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { runtime } from './support/runtime.ts'
import { Desktop, expect, test } from './support/fixtures.ts'

/**
 * Electron's security checklist (https://www.electronjs.org/docs/latest/tutorial/security), item by item. What only the real Electron can
 * prove says so, and runs there.
 */
const item = (number: number, title: string, proof: (desktop: Desktop) => Promise<void>) =>
  test(`${number}. ${title}`, { annotation: { type: 'proof', description: 'proven here' } }, async () =>
    proof(await Desktop.launch()),
  )

const real = (number: number, title: string, proof: (desktop: Desktop) => Promise<void>) =>
  test(`${number}. ${title}`, { annotation: { type: 'proof', description: 'to be proven on real Electron' } }, async () => {
    test.skip(runtime.standin, 'to be proven on real Electron')
    await proof(await Desktop.launch())
  })

item(1, 'only secure content is loaded', async ({ page }) => {
  expect(await page.evaluate(() => isSecureContext)).toBe(true)
  const violated = await page.evaluate(async () => {
    const heard = new Promise<string>((resolve) =>
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => resolve(effectiveDirective)),
    )
    await fetch('http://192.0.2.1/').catch(() => {})
    return heard
  })
  expect(violated).toBe('connect-src')
})

item(2, 'there is no Node in the page', async ({ page }) => {
  const found = await page.evaluate(() => ['require', 'module', 'process', 'Buffer', 'global'].filter((name) => name in window))
  expect(found).toEqual([])
})

item(3, 'the page cannot reach into the preload', async ({ page }) => {
  const result = await page.evaluate(() => {
    const bridge = window.lanyard as unknown as Record<string, unknown>
    try {
      bridge['getAbout'] = () => 'mine'
      bridge['more'] = 1
    } catch {
      // A frozen object throws in strict code.
    }
    return {
      isFrozen: Object.isFrozen(bridge),
      more: 'more' in bridge,
      globals: 'ipcRenderer' in window || 'contextBridge' in window,
    }
  })
  expect(result).toEqual({ isFrozen: true, more: false, globals: false })
})

real(4, 'the page’s process is in a sandbox', async ({ app }) => {
  const tabs = await app.evaluate(({ app }) => app.getAppMetrics().filter(({ type }) => type === 'Tab'))
  expect(tabs.length).toBeGreaterThan(0)
  if (process.platform !== 'linux') for (const { sandboxed } of tabs) expect(sandboxed).toBe(true)
})

item(5, 'permissions that a call does not need are refused', async ({ page }) => {
  const answers = await page.evaluate(async () => ({
    notifications: await Notification.requestPermission(),
    clipboard: await navigator.clipboard.readText().then(
      () => 'read',
      () => 'refused',
    ),
    microphone: await navigator.mediaDevices.getUserMedia({ audio: true }).then(
      () => 'given',
      () => 'refused',
    ),
  }))
  expect(answers).toEqual({ notifications: 'denied', clipboard: 'refused', microphone: 'given' })
})

item(6, 'web security is on: another origin’s answers cannot be read', async ({ page }) => {
  const server = createServer((_, response) => response.end('secret')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const read = await page.evaluate(
    (url) =>
      fetch(url).then(
        (response) => response.text(),
        () => 'refused',
      ),
    `http://127.0.0.1:${port}/`,
  )
  server.close()
  expect(read).toBe('refused')
})

item(7, 'there is a strict content security policy', async ({ page }) => {
  const policy = await page.evaluate(async () => (await fetch('/index.html')).headers.get('content-security-policy'))
  expect(policy).toContain("default-src 'self'")
  expect(policy).toContain("object-src 'none'")
  expect(policy).not.toContain('unsafe-eval')
  expect(policy).not.toMatch(/script-src[^;]*unsafe-inline/)
})

real(8, 'insecure content is not allowed to run', async ({ app }) => {
  expect(await webPreference(app, 'allowRunningInsecureContent')).not.toBe(true)
})

real(9, 'experimental features of Chromium are off', async ({ app }) => {
  expect(await webPreference(app, 'experimentalFeatures')).not.toBe(true)
})

real(10, 'no features of Blink are switched on', async ({ app }) => {
  expect(await webPreference(app, 'enableBlinkFeatures')).toBeUndefined()
})

item(11, 'there is no webview, and so none with popups', async ({ page }) => {
  expect(await page.evaluate(() => document.createElement('webview').constructor.name)).toBe('HTMLElement')
})

item(12, 'a webview that is asked for is not attached', async ({ app, page }) => {
  await page.evaluate(() => document.body.append(Object.assign(document.createElement('webview'), { src: 'https://192.0.2.1/' })))
  expect(await app.evaluate(({ webContents }) => webContents.getAllWebContents().length)).toBe(1)
})

item(13, 'the page goes nowhere else', async ({ page }) => {
  const home = page.url()
  await page.evaluate(() => location.assign('https://192.0.2.1/'))
  await page.evaluate(() =>
    document.body.append(Object.assign(document.createElement('a'), { href: 'file:///etc/passwd', id: 'way' })),
  )
  await page.evaluate(() => document.querySelector<HTMLElement>('#way')?.click())
  await expect(page.getByRole('button', { name: 'Host a meeting' })).toBeVisible()
  expect(page.url()).toBe(home)
})

item(14, 'the page opens no windows', async ({ app, page }) => {
  await page.evaluate(() => open('about:blank'))
  await page.evaluate(() => open('https://192.0.2.1/', '_blank', 'nodeIntegration=yes'))
  await expect(page.getByRole('button', { name: 'Host a meeting' })).toBeVisible()
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
})

item(15, 'only pages of the web are given to the system', async (desktop) => {
  const { page } = desktop
  for (const url of ['file:///etc/passwd', 'smb://192.0.2.1/share', 'javascript:alert(1)', 'http://192.0.2.1/', 'ms-settings:']) {
    expect(await page.evaluate((url) => window.lanyard!.openExternal({ url }), url), url).toMatchObject({ ok: false })
    await page.evaluate((url) => open(url), url)
  }
  await page.evaluate(() => window.lanyard!.openExternal({ url: 'https://example.com/' }))
  expect(await desktop.openedLinks()).toEqual(['https://example.com/'])
})

real(16, 'Electron is current', async ({ app }) => {
  expect(Number((await app.evaluate(() => process.versions.electron)).split('.')[0])).toBeGreaterThanOrEqual(45)
})

item(17, 'who asks main is checked', async ({ app }) => {
  const codes = await app.evaluate(async ({ app, BrowserWindow }) => {
    const preload = `${app.getAppPath()}/out/preload/index.cjs`
    const window = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true, contextIsolation: true } })
    await window.loadURL('data:text/html,<title>foreign</title>')
    const asked: unknown = await window.webContents.executeJavaScript(
      `Promise.all(Object.keys(window.lanyard).filter((name) => !name.startsWith('on')).map((name) => window.lanyard[name]({})))`,
    )
    window.destroy()
    return (asked as { ok: boolean; error?: { code: string } }[]).map(({ error }) => error?.code)
  })
  expect(codes.length).toBeGreaterThan(10)
  expect(new Set(codes)).toEqual(new Set(['forbidden']))
})

item(18, 'the page is not from file://, and nothing beside it is served', async ({ app, page }) => {
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getURL())).toBe(
    'app://lanyard/index.html',
  )
  const statuses = await page.evaluate(() =>
    Promise.all(
      ['/../main/index.js', '/%2e%2e/main/index.js', '/..%2fmain%2findex.js', '/%00', '/nothing.html', '//etc/passwd'].map(
        async (path) => {
          const response = await fetch(path).catch(() => null)
          return response?.status ?? 404
        },
      ),
    ),
  )
  expect(new Set(statuses)).toEqual(new Set([404]))
})

// Packages are made with fuses, which test/tooling/package.test.ts reads back from one.
real(19, 'fuses are set in packages', async ({ app }) => {
  expect(await app.evaluate(({ app }) => app.isPackaged)).toBe(false)
})

item(20, 'the bridge offers functions by name and no piece of Electron', async ({ page }) => {
  const kinds = await page.evaluate(() => Object.values(window.lanyard ?? {}).map((value) => typeof value))
  expect(new Set(kinds)).toEqual(new Set(['function']))
  // What a listener hears is its payload, and not Electron's event, which has the sender in it.
  const heard = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        window.lanyard!.onHostingChanged((...args: unknown[]) => resolve(args.length))
        void window.lanyard!.changeSettings({ serverPort: 0 }).then(() => window.lanyard!.startHosting({}))
      }),
  )
  expect(heard).toBe(1)
})

async function webPreference(app: Desktop['app'], name: string): Promise<unknown> {
  return app.evaluate(({ BrowserWindow }, name) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
      getLastWebPreferences(): Record<string, unknown>
    }
    return contents.getLastWebPreferences()[name]
  }, name)
}
