import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { _electron, chromium, type Browser, type BrowserContext, type ElectronApplication } from '@playwright/test'
import { findApp, type FoundApp } from './findApp.ts'
import { looks, writeDevices, type Look } from './looks.ts'

export interface StartOptions extends Partial<Look> {
  /** Files in place of `colour` and `tone`: Y4M or MJPEG, WAV. */
  camera?: string
  microphone?: string
  /** Where the server listens that it carries. Default: 127.0.0.1, for this computer alone; 0.0.0.0 is every network. */
  host?: string
  /** Default: 0, any free one. Null: the one that is set in the app. */
  port?: number | null
  /** For media: `44400-44409`. */
  rtcPorts?: string
  /** What others see as the name of the server. */
  serverName?: string
  /** What the app's clocks show when it starts, as `2026-03-29T09:00:00Z`; they go on from there. */
  clock?: string
  /** The folder of the app's user data. Default: a fresh one, removed at the end. */
  userData?: string
  /** More for its command line: other switches, a link to open. */
  args?: readonly string[]
  env?: Record<string, string>
  /** Another app than `findApp` finds, or another way to start it. */
  app?: FoundApp
}

/** The app in a process of its own. */
export interface Started {
  readonly context: BrowserContext
  /** Playwright's way into its main process. Null for an installed app, whose fuses close it. */
  readonly electron: ElectronApplication | null
  /** Null for one that was started by somebody else. */
  readonly process: ChildProcess | null
  /** Null for one that was started by somebody else. */
  readonly userData: string | null
  /** Lets go of it, and removes the folder that was made for it, once it has ended. */
  clear: () => Promise<void>
}

/** One that was started here. */
export interface StartedHere extends Started {
  readonly process: ChildProcess
  readonly command: Command
  readonly userData: string
}

interface Command {
  executable: string
  args: readonly string[]
  env: Record<string, string>
}

/** Starts the app and connects to it. Throws where it does not come up; then nothing of it is left. */
export async function start(options: StartOptions): Promise<StartedHere> {
  const app = options.app ?? builtApp()
  const folder = await mkdtemp(join(tmpdir(), 'lanyard-app-'))
  const clear = () => rm(folder, { recursive: true, force: true, maxRetries: 5 })
  const userData = options.userData ?? join(folder, 'user-data')
  const args = [...(app.entry === null ? [] : [app.entry]), ...switches(options, app, folder, userData), ...(options.args ?? [])]
  const command = { executable: app.executable, args, env: { ...(process.env as Record<string, string>), ...options.env } }
  try {
    const connected = await (app.entry === null ? connectToPackage(command) : connectToElectron(command))
    return { ...connected, command, userData, clear }
  } catch (error) {
    await clear()
    throw error
  }
}

/** Throws a sentence where there is a checkout that `npm run setup` has not been run in. */
function builtApp(): FoundApp {
  const app = findApp()
  const isBuilt = app.entry === null || existsSync(join(app.entry, 'out/main/index.js'))
  if (!isBuilt) throw new Error(`${app.entry} is not built: run \`npm run setup\` there.`)
  return app
}

/** What the app is told; docs/automation.md says what each means. */
function switches(options: StartOptions, app: FoundApp, folder: string, userData: string): string[] {
  const { host = '127.0.0.1', port = 0, rtcPorts, serverName, clock, colour, tone } = options
  const files = writeDevices(folder, { ...looks.red, ...(colour && { colour }), ...(tone !== undefined && { tone }) })
  const automation = {
    camera: options.camera ?? files.camera,
    microphone: options.microphone ?? files.microphone,
    host,
    port,
    'rtc-ports': rtcPorts,
    'server-name': serverName,
    clock,
    // There, app://lanyard travels as http, and its requests say so.
    'allow-origin': app.standin ? 'http://lanyard.app.localhost' : undefined,
  }
  const given = Object.entries(automation).filter(([, value]) => value !== undefined && value !== null)
  return [`--user-data-dir=${userData}`, '--automation', ...given.map(([name, value]) => `--automation-${name}=${String(value)}`)]
}

/**
 * Connects to an app that runs already, with `--automation` and a `--remote-debugging-port`: here, or on another machine to whose port a
 * tunnel leads. `url` is as `http://127.0.0.1:9222`.
 */
export async function attach(url: string): Promise<Started> {
  const { browser, context } = await connectToWindow(url)
  return { context, electron: null, process: null, userData: null, clear: () => browser.close() }
}

type Connected = Pick<StartedHere, 'context' | 'electron' | 'process'>

async function connectToElectron({ executable, args, env }: Command): Promise<Connected> {
  // Null: the colour scheme is the app's to choose, and not Playwright's.
  const electron = await _electron.launch({ executablePath: executable, args: [...args], env, colorScheme: null })
  // Asked for now, because Playwright forgets it when it ends.
  const child = electron.process()
  try {
    await electron.firstWindow()
    return { context: electron.context(), electron, process: child }
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
}

/** The debugger of its window is open where a port is given, that of its main process never is. */
async function connectToPackage({ executable, args, env }: Command): Promise<Connected> {
  const child = spawn(executable, [...args, '--remote-debugging-port=0'], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  try {
    const { context } = await connectToWindow(await debuggerOf(child))
    return { context, electron: null, process: child }
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
}

async function connectToWindow(url: string): Promise<{ browser: Browser; context: BrowserContext }> {
  const browser = await chromium.connectOverCDP(url)
  const [context] = browser.contexts()
  if (!context) throw new Error('The app shows nothing that Playwright can connect to')
  if (context.pages().length === 0) await context.waitForEvent('page')
  return { browser, context }
}

/** Chromium says it in a line on stderr. */
async function debuggerOf(child: ChildProcess): Promise<string> {
  const lines = createInterface({ input: child.stderr! })
  const said: string[] = []
  const found = new Promise<string>((resolve) =>
    lines.on('line', (line) => {
      said.push(line)
      const [, url] = /^DevTools listening on (ws:\/\/.*)$/.exec(line) ?? []
      if (url !== undefined) resolve(url)
    }),
  )
  const failed = once(child, 'exit').then(() => Promise.reject(new Error(`The app has ended:\n${said.join('\n')}`)))
  return Promise.race([found, failed])
}
