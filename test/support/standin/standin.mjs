/** A stand-in for Electron's executable: runs a built main process on Node, with Chromium for windows. See README.md. */
import { existsSync, readFileSync } from 'node:fs'
import inspector from 'node:inspector'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

// Arguments as Electron sees them. Playwright's loader cuts its own off by position, so they must all be here.
process.argv = [join(import.meta.dirname, 'electron'), ...process.argv.slice(2)]
const preloads = []
let entry
for (let i = 1; i < process.argv.length && entry === undefined; i++) {
  const arg = process.argv[i]
  if (arg === '-r' || arg === '--require') preloads.push(process.argv[++i])
  // Prints "Debugger listening on ws://…", which Playwright waits for.
  else if (arg.startsWith('--inspect')) inspector.open(Number(arg.split('=')[1]?.split(':').at(-1) ?? 9229))
  else if (!arg.startsWith('-')) entry = arg
}

const require = createRequire(join(process.cwd(), 'package.json'))
// Beside this file, wherever the tests are that start it.
const { version } = createRequire(import.meta.url)('electron/package.json')
const versions = { ...process.versions, electron: `${version}-standin`, chrome: '' }
Object.defineProperty(process, 'versions', { value: versions })
Object.assign(process, { type: 'browser', defaultApp: true, resourcesPath: import.meta.dirname, crash: () => process.abort() })
say(`this is not Electron ${version} but Node ${process.version} with Chromium; it proves nothing about Electron itself`)

// Not before: they read the arguments.
const { electron } = await import('./electron.mjs')
const { switches } = await import('./commandLine.mjs')
const { launchChromium } = await import('./chromium.mjs')
const { state } = await import('./core.mjs')
const { interceptRequests } = await import('./interception.mjs')
const { watchChromium } = await import('./pages.mjs')
const { provideElectron } = await import('./provide.mjs')
const { grantAll } = await import('./session.mjs')

const { app, dialog } = electron
provideElectron(electron)
app._version = version
// As Electron: an exception is shown in a box and the app goes on; an unhandled rejection is a warning (see ./electron).
process.on('uncaughtException', (error) => {
  if (process.listenerCount('uncaughtException') > 1) return
  dialog.showErrorBox('A JavaScript error occurred in the main process', error?.stack ?? String(error))
})

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => app.quit())

for (const path of preloads) require(path)
try {
  if (entry === undefined) throw new Error('no app to run was given')
  await loadApp(resolve(entry))
} catch (error) {
  say(`the main script failed\n${error?.stack ?? error}`)
  process.exit(1)
}

if (!app._leaving) {
  // Only now are all switches known; and Playwright, which waits for this line, finds the app's code in place.
  state.chromium = await launchChromium(switches, app.getPath('userData'), () => app._quitting)
  const [{ product }, devtools] = await Promise.all([
    state.chromium.send('Browser.getVersion'),
    state.chromium.devtools,
    watchChromium(),
    interceptRequests(),
    grantAll(),
  ])
  versions.chrome = product.split('/')[1]
  const own = `${app.name.replace(/\s/g, '')}/${app.getVersion()} Chrome/${versions.chrome} Electron/${versions.electron}`
  app.userAgentFallback ||= `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) ${own} Safari/537.36`
  if (devtools) process.stderr.write(`${devtools}\n`)
  app._becomeReady()
}

/** @param {string} path of a folder with a package.json, or of a script */
async function loadApp(path) {
  const packageJson = join(path, 'package.json')
  const isPackage = existsSync(packageJson)
  if (isPackage) {
    const { name, productName, version: own } = JSON.parse(readFileSync(packageJson, 'utf8'))
    if (own) app._version = own
    app.name = productName ?? name ?? app.name
  }
  const file = require.resolve(path)
  app._appPath = isPackage ? path : dirname(file)
  // As in Electron, ready waits until the main script has loaded: a top-level `await app.whenReady()` never ends.
  const hint = 'the main script still loads; does it await app.whenReady() at top level? That never ends, in Electron too'
  const stuck = setTimeout(() => say(hint), 8_000)
  await import(pathToFileURL(file).href)
  clearTimeout(stuck)
}

function say(text) {
  process.stderr.write(`stand-in: ${text}\n`)
}
