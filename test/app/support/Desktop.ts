import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MessageBoxOptions } from 'electron'
import { expect, test, type ElectronApplication } from '@playwright/test'
import { LanyardApp, type WithProbe } from '../../../examples/playwright/kit/LanyardApp.ts'
import { browserSwitches, looks, writeDevices, type Look } from '../../../examples/playwright/kit/looks.ts'
import { start, type StartedHere, type StartOptions } from '../../../examples/playwright/kit/start.ts'
import { writeLauncher } from '../../support/lan/launcher.ts'
import type { Machine } from '../../support/lan/Machine.ts'
import { alive, describe, familyOf, killAll, withEnvironment, type ProcessId } from './processes.ts'
import { runtime } from './runtime.ts'

/** Processes are told apart by this variable, which they hand on to those that they start. */
const MARK = 'LANYARD_TEST_APP'
/** Browsers hide them behind names of multicast DNS as long as no device is in use. */
const SHOW_ADDRESSES = '--disable-features=WebRtcHideLocalIpsWithMdns'

export interface DesktopOptions extends Omit<StartOptions, 'app'> {
  /** Who is in front of it. */
  name?: string
  /** Another app than Lanyard. */
  entry?: string
  /** Where it runs. Default: here. */
  machine?: Machine
}

/** What a process ended with. */
export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
}

/** The app as the kit drives it, with what our own specs do besides: they look at its processes, and at what it does to the desktop. */
export class Desktop extends LanyardApp {
  /** All that this test has launched. */
  static readonly #launched = new Set<Desktop>()

  /** Resolves when the main process has ended, in whatever way. */
  readonly ended: Promise<Ended>
  override readonly userData: string
  readonly #process: ChildProcess
  readonly #started: StartedHere
  readonly #folder: string
  readonly #mark: string
  readonly #machine: Machine | undefined
  readonly #main: ProcessId | undefined
  readonly #seen = new Map<string, ProcessId>()

  private constructor(started: StartedHere, { folder, mark, machine, ...who }: Setting) {
    super(started, who)
    // Asked for now, because Playwright forgets it when it ends.
    this.#process = started.process
    this.#started = started
    this.userData = started.userData
    this.ended = once(this.#process, 'exit').then(([code, signal]): Ended => ({ code, signal }))
    this.#folder = folder
    this.#mark = mark
    this.#machine = machine
    this.#main = familyOf(this.pid)[0]
  }

  /** Starts the app, and waits for the document in its first window. Whatever it starts is gone after the test, or the test fails. */
  static async launch({ machine, entry, name = 'Ada', ...options }: DesktopOptions = {}): Promise<Desktop> {
    const folder = await mkdtemp(join(tmpdir(), 'lanyard-desktop-'))
    const mark = randomUUID()
    const look = { ...looks.red, ...(options.colour && { colour: options.colour }), ...(options.tone && { tone: options.tone }) }
    try {
      const executable = machine ? join(folder, 'electron') : runtime.executable
      if (machine) await writeLauncher(executable, machine, [runtime.executable])
      const started = await start({
        // Others host on this computer, too.
        port: 0,
        ...options,
        // Another app has its devices from Chromium itself.
        args: [
          SHOW_ADDRESSES,
          ...(entry === undefined ? [] : browserSwitches(writeDevices(folder, look))),
          ...(options.args ?? []),
        ],
        env: { ...options.env, [MARK]: mark },
        app: { ...runtime, executable, entry: entry ?? runtime.entry },
      })
      const desktop = new Desktop(started, { name, serverName: options.serverName ?? null, look, folder, mark, machine })
      this.#launched.add(desktop)
      await desktop.page.waitForLoadState('domcontentloaded')
      await desktop.#keepToItself()
      return desktop
    } catch (error) {
      killAll(withEnvironment(MARK, mark))
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
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
      await Promise.all(all.map((desktop) => desktop.#clear()))
    }
  }

  /** Playwright's way into its main process. */
  get app(): ElectronApplication {
    return this.electron!
  }

  get pid(): number {
    return this.#process.pid!
  }

  /** Does what brings the window anew, and waits until it is there and the old one gone. */
  async moves(act: () => Promise<unknown>): Promise<void> {
    const old = this.page
    await Promise.all([this.app.waitForEvent('window'), old.waitForEvent('close'), act()])
    await this.page.waitForLoadState('domcontentloaded')
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
    const { args: first, env } = this.#started.command
    const all = [...first, ...args]
    const options: SpawnOptions = { env, stdio: 'ignore' }
    const second = this.#machine?.run(runtime.executable, all, options) ?? spawn(runtime.executable, all, options)
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

  /** The notifications that were shown, the latest last. */
  async notifications(): Promise<{ title: string; body: string }[]> {
    return (await this.probe()).notifications
  }

  /** Clicks the newest notification with that title. */
  async clickNotification(title: string): Promise<void> {
    await this.app.evaluate((_electron, title) => (globalThis as unknown as WithProbe).lanyard.clickNotification(title), title)
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

  async #clear(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 })
    await this.#started.clear()
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
  }
}

interface Setting {
  name: string
  serverName: string | null
  look: Look
  folder: string
  mark: string
  machine: Machine | undefined
}

declare global {
  var lanyardDesk: Desk | undefined
}
