// Chromium as a child process: we speak CDP over its pipe (fd 3 and 4), Playwright over its port. The pipe also is
// the leash: when this process dies in whatever way, the pipe closes and Chromium ends itself.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// The last line: Electron's defaults. The one before: a person's click is gone when the picker has been answered, so that the
// page's guard (page/pageWorld.mjs) looks for it first.
const FLAGS = `--no-startup-window --no-sandbox --disable-gpu --disable-quic --no-first-run --no-default-browser-check
  --disable-background-networking --disable-component-update --disable-sync --disable-default-apps --disable-extensions
  --disable-breakpad --disable-crash-reporter --disable-dev-shm-usage --disable-search-engine-choice-screen
  --password-store=basic --use-mock-keychain --noerrdialogs --hide-crash-restore-bubble --disable-popup-blocking
  --disable-backgrounding-occluded-windows --disable-renderer-backgrounding --disable-background-timer-throttling
  --use-fake-device-for-media-stream --use-fake-ui-for-media-stream
  --disable-blink-features=GetDisplayMediaRequiresUserActivation
  --autoplay-policy=no-user-gesture-required --allow-file-access-from-files`.split(/\s+/)
// LocalNetworkAccessChecks: Chromium would ask the user; Electron asks the permission handler, which we cannot do at that point.
const DISABLED = [
  'WebRtcHideLocalIpsWithMdns',
  'LocalNetworkAccessChecks',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'Translate',
  'PaintHolding',
]

const OURS = new Set(['inspect', 'inspect-brk', 'user-data-dir', 'remote-debugging-pipe', 'require'])
// Debian's /usr/bin/chromium is a shell script that costs 50 ms and adds flags of its own: the binary behind it comes first.
const BINARIES = ['/usr/lib/chromium/chromium', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** A profile belongs to one Chromium at a time; Electron is less strict, so a second one gets a profile of its own. */
async function profile(userData) {
  const dir = join(userData, 'standin-chromium')
  mkdirSync(dir, { recursive: true })
  for (let tries = 0; tries < 100; tries++) {
    try {
      const pid = readlinkSync(join(dir, 'SingletonLock')).split('-').at(-1)
      const parent = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ')[1]
      if (readFileSync(`/proc/${parent}/cmdline`, 'utf8').includes('standin.mjs')) break // in use
    } catch {
      return { dir, remove() {} } // not locked, or by a process that is dead
    }
    await new Promise((resolve) => setTimeout(resolve, 30)) // its stand-in was killed: it is about to end
  }
  const own = mkdtempSync(join(tmpdir(), 'standin-chromium-'))
  return { dir: own, remove: () => rmSync(own, { recursive: true, force: true, maxRetries: 3 }) }
}

/** @param {Map<string, string>} switches of the app's command line, passed on */
export async function launchChromium(switches, userData, quitting) {
  const binary = process.env.STANDIN_CHROMIUM ?? BINARIES.find((path) => existsSync(path))
  if (!binary) throw new Error('stand-in: no Chromium found: apt-get install chromium, or set STANDIN_CHROMIUM')
  const headed = process.env.STANDIN_HEADED === '1'
  const list = (name, ours) =>
    `--${name}=${[...new Set([...ours, ...(switches.get(name) ?? '').split(',')])].filter(Boolean).join(',')}`
  const rest = [...switches]
    .filter(([name]) => !OURS.has(name) && !/^(en|dis)able-features$/.test(name))
    .map(([name, value]) => (value === '' ? `--${name}` : `--${name}=${value}`))
  const { dir, remove } = await profile(userData)
  const child = spawn(
    binary,
    [
      ...FLAGS,
      ...(headed ? [] : ['--headless=new', '--screen-info={1440x900}']),
      '--remote-debugging-pipe',
      `--user-data-dir=${dir}`,
      list('disable-features', DISABLED),
      list('enable-features', []),
      ...rest,
    ],
    { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] },
  )

  const [, , stderr, write, read] = child.stdio
  const pending = new Map()
  const handlers = new Map()
  const log = []
  let ids = 0
  let partial = ''
  let closing = false
  const wantsPort = switches.has('remote-debugging-port')
  const devtools = new Promise((resolve) => {
    if (!wantsPort) resolve(null)
    stderr.setEncoding('utf8').on('data', (text) => {
      log.push(text)
      if (log.length > 50) log.shift()
      if (process.env.STANDIN_DEBUG) process.stderr.write(text.replace('DevTools listening', "Chromium's DevTools listening"))
      const line = /^DevTools listening on ws:\/\/.*$/m.exec(text)
      if (line) resolve(line[0])
    })
  })
  const exited = new Promise((resolve) =>
    child.once('exit', (code, signal) => {
      for (const { reject } of pending.values()) reject(new Error('Chromium has exited'))
      pending.clear()
      try {
        remove()
      } catch {
        /* a leftover in the temporary folder */
      }
      resolve()
      if (closing) return
      // A signal to the whole group ends Chromium first: give ours a moment to arrive.
      setTimeout(() => {
        if (quitting()) process.exit(0)
        process.stderr.write(`stand-in: Chromium exited by itself (${code ?? signal})\n${log.join('')}\n`)
        process.exit(1)
      }, 100)
    }),
  )
  child.once('error', (error) => {
    process.stderr.write(`stand-in: cannot start ${binary}: ${error.message}\n`)
    process.exit(1)
  })
  write.on('error', () => {})
  read
    .setEncoding('utf8')
    .on('data', (chunk) => {
      const messages = (partial + chunk).split('\0')
      partial = messages.pop()
      for (const text of messages) {
        const message = JSON.parse(text)
        if (message.id === undefined) {
          handlers.get(message.sessionId ?? '')?.(message.method, message.params)
          continue
        }
        const { resolve, reject, method } = pending.get(message.id)
        pending.delete(message.id)
        if (message.error) reject(new Error(`${method}: ${message.error.message}`))
        else resolve(message.result)
      }
    })
    .on('error', () => {})

  const kill = () => {
    closing = true
    child.kill('SIGKILL')
  }
  process.once('exit', kill)
  const send = (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      pending.set(++ids, { resolve, reject, method })
      write.write(`${JSON.stringify({ id: ids, method, params, sessionId })}\0`)
    })
  return {
    pid: child.pid,
    send,
    handlers,
    devtools,
    kill,
    /** Asks first, so that the profile is written out. */
    async close() {
      closing = true
      send('Browser.close').catch(() => {})
      const timer = setTimeout(kill, 3000)
      await exited
      clearTimeout(timer)
    },
  }
}
