import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MessageBoxOptions } from 'electron'
import { _electron, expect, test, type ElectronApplication, type Page } from '@playwright/test'
import type { Probe } from '../../../src/main/app/probe.ts'
import type { Colour } from '../../support/fakeMedia.ts'
import { writeLauncher } from '../../support/lan/launcher.ts'
import type { Machine } from '../../support/lan/Machine.ts'
import { fakeDevices, looks } from '../../support/looks.ts'
import { alive, describe, familyOf, killAll, withEnvironment, type ProcessId } from './processes.ts'
import { executable, loader, runtime } from './runtime.ts'

/** Processes are told apart by this variable, which they hand on to those that they start. */
const MARK = 'LANYARD_TEST_APP'

export interface DesktopOptions {
  /** The folder of the app's user data. Default: a fresh one, removed after the test. */
  userData?: string
  args?: string[]
  env?: Record<string, string>
  /** What the fake camera shows, and the frequency (Hz) that the fake microphone plays. `...looks.green` sets both. */
  colour?: Colour
  tone?: number
  /** Default: the app itself, as it is built. */
  entry?: string
  /** Where it runs. Default: here. */
  machine?: Machine
}

/** What a process ended with. */
export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
}

/** The app in a process of its own, on Electron or on the stand-in for it. */
export class Desktop {
  /** All that this test has launched. */
  static readonly #launched = new Set<Desktop>()

  readonly app: ElectronApplication
  readonly userData: string
  /** Resolves when the main process has ended, in whatever way. */
  readonly ended: Promise<Ended>
  readonly #process: ChildProcess
  readonly #folder: string
  readonly #mark: string
  readonly #args: string[]
  readonly #env: Record<string, string>
  readonly #machine: Machine | undefined
  readonly #main: ProcessId | undefined
  readonly #seen = new Map<string, ProcessId>()
  #page: Page

  private constructor(app: ElectronApplication, page: Page, process: ChildProcess, ended: Promise<Ended>, setting: Setting) {
    this.app = app
    this.#page = page
    app.on('window', (next) => (this.#page = next))
    this.ended = ended
    this.#process = process
    this.userData = setting.userData
    this.#folder = setting.folder
    this.#mark = setting.mark
    this.#args = setting.args
    this.#env = setting.env
    this.#machine = setting.machine
    this.#main = familyOf(this.pid)[0]
  }

  /** Starts the app, and waits for the document in its first window. Whatever it starts is gone after the test, or the test fails. */
  static async launch(options: DesktopOptions = {}): Promise<Desktop> {
    const setting = await prepare(options)
    // Null: the colour scheme is the app's to choose, and not Playwright's.
    const app = await _electron.launch({ args: setting.args, env: setting.env, colorScheme: null, ...setting.launcher })
    // Asked for now, because Playwright forgets it when it ends.
    const child = app.process()
    const ended = once(child, 'exit').then(([code, signal]): Ended => ({ code, signal }))
    try {
      const desktop = new Desktop(app, await app.firstWindow(), child, ended, setting)
      this.#launched.add(desktop)
      await desktop.page.waitForLoadState('domcontentloaded')
      await desktop.#keepToItself()
      return desktop
    } catch (error) {
      child.kill('SIGKILL')
      await ended
      await rm(setting.folder, { recursive: true, force: true, maxRetries: 5 })
      throw error
    }
  }

  /** Ends what the test has left, and fails where a process stays. The fixture calls it after each test. */
  static async endAll(): Promise<void> {
    const all = [...this.#launched]
    this.#launched.clear()
    const families = await Promise.all(all.map((desktop) => desktop.kill()))
    const left = () => alive(families.flat()).map(describe)
    try {
      await expect.poll(left, { message: 'no process of the app is left' }).toEqual([])
    } finally {
      // One that was left must not trouble the next test.
      killAll(alive(families.flat()))
      await Promise.all(all.map((desktop) => rm(desktop.#folder, { recursive: true, force: true, maxRetries: 5 })))
    }
  }

  get pid(): number {
    return this.#process.pid!
  }

  /** The page in the app's window; where the window has come anew, as it does at another's server, the new one's. */
  get page(): Page {
    return this.#page
  }

  /** Does what brings the window anew, and waits until it is there and the old one gone. */
  async moves(act: () => Promise<unknown>): Promise<void> {
    const old = this.#page
    await Promise.all([this.app.waitForEvent('window'), old.waitForEvent('close'), act()])
    await this.#page.waitForLoadState('domcontentloaded')
  }

  /** The processes of this app that run now, or ran when this was asked before: main, windows, servers, their workers. */
  processes(): ProcessId[] {
    // Its pid may be another's by now.
    const family = this.#main && alive([this.#main]).length > 0 ? familyOf(this.#main.pid) : []
    for (const found of [...family, ...withEnvironment(MARK, this.#mark)]) {
      this.#seen.set(`${found.pid} ${found.started}`, found)
    }
    return [...this.#seen.values()]
  }

  /** As its user quits. Resolves with the exit code when the main process has ended. */
  async quit(): Promise<number | null> {
    this.processes()
    // The answer may be lost, because the process goes.
    await this.app.evaluate(({ app }) => app.quit()).catch(() => {})
    return (await this.ended).code
  }

  /** As a crash or a power cut: SIGKILL to the main process alone. Resolves with the processes that now have to go. */
  async kill(): Promise<ProcessId[]> {
    this.processes()
    this.#process.kill('SIGKILL')
    await this.ended
    return this.processes()
  }

  /** Starts the app once more with the same user data, as a click on a link does. Resolves when that one has ended. */
  async startAgain(...args: string[]): Promise<Ended> {
    const all = [...this.#args, ...args]
    const options: SpawnOptions = { env: this.#env, stdio: 'ignore' }
    const second = this.#machine?.run(executable, all, options) ?? spawn(executable, all, options)
    const [code, signal] = (await once(second, 'exit')) as [number | null, NodeJS.Signals | null]
    return { code, signal }
  }

  /** The links that the app has given to the system's browser, which does not open. */
  async openedLinks(): Promise<string[]> {
    return (await this.#desk()).links
  }

  /** What the message boxes of the app have asked so far. */
  async questions(): Promise<string[]> {
    return (await this.#desk()).questions
  }

  /** The button (by index) for the next message box. Without, it is cancelled. */
  async answerWith(response: number): Promise<void> {
    await this.app.evaluate((_electron, answer) => globalThis.lanyardDesk?.answers.push(answer), response)
  }

  /** Clicks an item of the application menu, named from the top: `clickMenu('File', 'Settings…')`. */
  async clickMenu(...labels: string[]): Promise<void> {
    await this.app.evaluate(({ BrowserWindow, Menu }, labels) => {
      let menu = Menu.getApplicationMenu() as unknown as MenuLike | null | undefined
      let found: MenuItemLike | undefined
      for (const label of labels) {
        found = menu?.items.find((item) => item.label.replaceAll('&', '') === label)
        if (!found) throw new Error(`no ${label} in the menu, which has ${menu?.items.map((item) => item.label).join(', ')}`)
        menu = found.submenu
      }
      const [win] = BrowserWindow.getAllWindows()
      found?.click({}, win, win?.webContents)
    }, labels)
  }

  /** What the system tells: 'suspend', 'resume', 'lock-screen' … */
  async power(event: 'suspend' | 'resume' | 'lock-screen' | 'unlock-screen' | 'shutdown'): Promise<void> {
    // The union has no common overload.
    await this.app.evaluate(({ powerMonitor }, name) => void powerMonitor.emit(name as 'suspend'), event)
  }

  /** Clicks an item of the menu in the tray, by its labels from there on. Skips the test on the real Electron, where nobody can from outside. */
  async clickTray(...labels: string[]): Promise<void> {
    this.#needsStandin('the real tray cannot be clicked from outside')
    await this.app.evaluate((electron, labels) => {
      const { standin } = electron as unknown as WithStandin
      let items = standin.trays.flatMap((tray) => tray.menu?.items ?? [])
      for (const [depth, label] of labels.entries()) {
        const item = items.find((item) => item.label === label)
        if (!item) throw new Error(`no ${label} in the tray, which has ${items.map((item) => item.label).join(', ')}`)
        if (depth === labels.length - 1) return item.click()
        items = item.submenu?.items ?? []
      }
    }, labels)
  }

  /** What the menu in the tray offers. Skips the test on the real Electron, which does not tell. */
  async trayLabels(): Promise<string[]> {
    this.#needsStandin('the real tray cannot be read from outside')
    return this.app.evaluate((electron) =>
      (electron as unknown as WithStandin).standin.trays.flatMap((tray) => tray.menu?.items ?? []).map(({ label }) => label),
    )
  }

  /** The notifications that were shown. Skips the test on the real Electron, which does not tell. */
  async notifications(): Promise<{ title: string; body: string }[]> {
    this.#needsStandin('real notifications cannot be read from outside')
    return this.app.evaluate((electron) =>
      (electron as unknown as WithStandin).standin.notifications.map(({ title, body }) => ({ title, body })),
    )
  }

  /** Clicks the newest notification with that title. Skips the test on the real Electron. */
  async clickNotification(title: string): Promise<void> {
    this.#needsStandin('real notifications cannot be clicked from outside')
    await this.app.evaluate((electron, title) => {
      const { standin } = electron as unknown as WithStandin
      const notification = standin.notifications.findLast((shown) => shown.title === title)
      if (!notification) throw new Error(`no notification ${title}`)
      notification.emit('click')
    }, title)
  }

  /** What main says of itself, where it was started with `--automation`. */
  async probe(): Promise<Probe> {
    return this.app.evaluate(() => (globalThis as unknown as { lanyard: { probe(): Probe } }).lanyard.probe())
  }

  #needsStandin(reason: string): void {
    test.skip(!runtime.standin, reason)
  }

  /** Puts itself in front of what would leave the app: browsers that open, message boxes that wait for a person. */
  async #keepToItself(): Promise<void> {
    await this.app.evaluate(({ dialog, shell }) => {
      const desk: Desk = { links: [], questions: [], answers: [] }
      globalThis.lanyardDesk = desk
      shell.openExternal = async (url) => void desk.links.push(url)
      dialog.showMessageBox = async (...args: unknown[]) => {
        const options = args.at(-1) as MessageBoxOptions
        desk.questions.push(options.message)
        return { response: desk.answers.shift() ?? options.cancelId ?? 0, checkboxChecked: false }
      }
    })
  }

  #desk(): Promise<Desk> {
    return this.app.evaluate(() => globalThis.lanyardDesk!)
  }
}

/** In the app's main process: what it did to the desktop around it. */
interface Desk {
  links: string[]
  questions: string[]
  answers: number[]
}

/** Electron's Menu and MenuItem, whose click is of type Function there. */
interface MenuLike {
  items: MenuItemLike[]
}

interface MenuItemLike {
  label: string
  submenu?: MenuLike | undefined
  click(event?: object, win?: object, contents?: object): void
}

/** What the stand-in keeps of the desktop (test/support/standin/core.mjs). */
interface WithStandin {
  standin: {
    trays: { menu: MenuLike | null }[]
    notifications: { title: string; body: string; emit(event: string): void }[]
  }
}

interface Setting {
  folder: string
  userData: string
  mark: string
  args: string[]
  env: Record<string, string>
  machine: Machine | undefined
  /** What is started in Electron's place so that it runs on that machine. */
  launcher: { executablePath: string } | null
}

async function prepare(options: DesktopOptions): Promise<Setting> {
  const folder = await mkdtemp(join(tmpdir(), 'lanyard-app-'))
  const userData = options.userData ?? join(folder, 'user-data')
  const { colour = looks.red.colour, tone = looks.red.tone, entry = join(import.meta.dirname, '../../..') } = options
  const mark = randomUUID()
  const args = [
    entry,
    `--user-data-dir=${userData}`,
    '--disable-features=WebRtcHideLocalIpsWithMdns',
    ...fakeDevices(folder, { colour, tone }),
    ...(options.args ?? []),
  ]
  const env = {
    ...(process.env as Record<string, string>),
    // There, app://lanyard travels as http, and its requests say so (test/support/standin/README.md).
    ...(runtime.standin && { LANYARD_ALLOW_ORIGIN: 'http://lanyard.app.localhost' }),
    // Nobody but this computer is to reach what a test hosts; in a network of its own the test says otherwise.
    LANYARD_HOST: '127.0.0.1',
    ...options.env,
    [MARK]: mark,
  }
  const { machine } = options
  return { folder, userData, mark, args, env, machine, launcher: machine ? await makeLauncher(folder, machine) : null }
}

async function makeLauncher(folder: string, machine: Machine): Promise<{ executablePath: string }> {
  const executablePath = join(folder, 'electron')
  await writeLauncher(executablePath, machine, [executable, '-r', loader])
  return { executablePath }
}

declare global {
  var lanyardDesk: Desk | undefined
}
