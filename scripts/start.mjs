/**
 * `npm start`: brings in what is missing, builds what is stale, and opens the desktop app. Where Electron cannot be had, it starts the room
 * server on this machine and opens its page in the browser.
 *
 *   npm start -- [--browser | --no-open] [what `lanyard serve` takes: --host, --port, --data-dir, …]
 *
 * `--browser` takes the browser anyway, `--no-open` only prints the address; so does whatever is for the server.
 */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { build } from './setup/build.mjs'
import { bringElectron } from './setup/electron.mjs'
import { bringPackages } from './setup/packages.mjs'
import { node, projectEnv, root, say, SetupError, start } from './setup/run.mjs'
import { bringWorker } from './setup/worker.mjs'

const args = process.argv.slice(2)
const serverArgs = args.filter((arg) => arg !== '--no-open' && arg !== '--browser')
const opens = !args.includes('--no-open')

/** @type {string | null} */
let electron = null
try {
  await bringPackages()
  await bringWorker()
  await build()
  if (args.length === 0) {
    if (hasDisplay()) electron = await bringElectron()
    else say('No display for the desktop window.')
    if (electron === null) say('The browser page it is.')
  }
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  process.stderr.write(`lanyard: ${error.message}\n`)
  process.exit(1)
}

process.exitCode = electron === null ? await serve() : await start(electron, [root]).ended

function serve() {
  const { child, ended } = start(node, ['out/main/headless.js', 'serve', ...serverArgs], {
    env: { LANYARD_LOG_LEVEL: 'warn', LANYARD_LOG_FORMAT: 'text', ...projectEnv },
    stdio: ['inherit', 'pipe', 'inherit'],
  })
  if (child.stdout) createInterface(child.stdout).on('line', announce)
  return ended
}

/** @param {string} line what the server prints: one line of JSON, when it is ready */
function announce(line) {
  if (!line.startsWith('{"ready":true')) return say(line)
  /** @type {{ url: string, urls: string[], plainUrls?: string[], words?: string[], dataDir: string }} */
  const { url, urls, plainUrls = [], words, dataDir } = JSON.parse(line)
  say(`Lanyard is ready: ${url}`)
  for (const other of urls.filter((other) => other !== url)) say(`  also at ${other}`)
  for (const plain of plainUrls)
    say(`  without encryption, to watch, listen and chat: ${plain} (others on the network can read along)`)
  if (words) say(`  Guests compare these words with you: ${words.join(' ')}`)
  else say('  For this computer alone. To let others in: npm start -- --host 0.0.0.0')
  say(`Rooms and messages are kept in ${dataDir}. Ctrl+C ends the server.`)
  if (opens) open(url)
}

/**
 * Opens the page in the user's browser, where there is a screen. What fails needs no word: the address is printed.
 * @param {string} url
 */
function open(url) {
  const command = opener()
  if (command === null) return
  const browser = spawn(command, [url], { stdio: 'ignore', detached: true })
  browser.on('error', () => {})
  browser.unref()
}

function opener() {
  if (process.platform === 'darwin') return 'open'
  if (process.platform === 'win32') return 'explorer'
  return hasDisplay() ? 'xdg-open' : null
}

function hasDisplay() {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env
  return process.platform !== 'linux' || Boolean(DISPLAY || WAYLAND_DISPLAY)
}
