import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, type ElectronApplication, type Page } from '@playwright/test'
import { Impairment, type Impaired } from './Impairment.ts'
import { looks, type Look } from './looks.ts'
import { Participant, type Evidence, type Invitation } from './Participant.ts'
import type { AppProbe, InMain, PageProbe } from './probe.ts'
import { attach, start, type Started, type StartOptions } from './start.ts'

export interface LaunchOptions extends StartOptions {
  /** Who is in front of it. Default: Ada. */
  name?: string
}

/** A room that this app hosts. */
export interface HostedRoom extends Invitation {
  /** Of its server, for this computer. */
  url: string
}

/** How long its server may take to start, in ms. */
const START_MS = 30_000
/** How long the app may take to end, in ms: its server has time to say goodbye. */
const END_MS = 15_000

/** Starts the app with someone in front of it. Whoever starts it closes it; the fixture of the same name does. */
export async function launchLanyard({ name = 'Ada', ...options }: LaunchOptions = {}): Promise<LanyardApp> {
  const { serverName = `${name}’s computer`, colour = looks.red.colour, tone = looks.red.tone } = options
  const app = new LanyardApp(await start({ ...options, serverName }), { name, serverName, look: { colour, tone } })
  try {
    await app.page.waitForLoadState('domcontentloaded')
    await app.readyNetwork()
    return app
  } catch (error) {
    await app.close()
    throw error
  }
}

/** Takes the place in front of an app that runs already: see `attach`. Closing it leaves the app as it is. */
export async function attachLanyard(url: string, { name = 'Ada', look = null }: { name?: string; look?: Look | null } = {}) {
  const app = new LanyardApp(await attach(url), { name, serverName: null, look })
  await app.readyNetwork()
  return app
}

/** The app, and whoever is in front of it. */
export class LanyardApp extends Participant {
  /** What others see as the name of its server; null where the app decides. */
  readonly serverName: string | null
  /** Playwright's way into its main process; null for an installed app. */
  readonly electron: ElectronApplication | null
  /** Where it keeps all that is its own; null for one that was attached to. */
  readonly userData: string | null
  readonly #started: Started
  #page: Page
  #impairment: Promise<Impairment> | null = null
  #impaired: Impaired = {}

  constructor(started: Started, { name, serverName, look }: { name: string; serverName: string | null; look: Look | null }) {
    super(name, look)
    const { context, electron, userData } = started
    this.userData = userData
    this.#started = started
    this.serverName = serverName
    this.electron = electron
    this.#page = context.pages().at(-1)!
    context.on('page', (page) => {
      this.#page = page
      if (this.#impairment) void this.readyNetwork()
    })
  }

  get page(): Page {
    return this.#page
  }

  /** Hosts a meeting in a new room, and joins it. */
  async hostRoom(roomName: string): Promise<HostedRoom> {
    await this.fillName()
    await this.page.getByRole('button', { name: 'Host a meeting' }).click()
    const hosting = async () => (await this.probe()).hosting
    await expect.poll(async () => (await hosting()).status, { timeout: START_MS }).toMatch(/^(on|failed)$/)
    const state = await hosting()
    if (state.status !== 'on') throw new Error(`${this.name} cannot host: ${'message' in state ? state.message : state.status}`)
    return { ...(await this.nameRoom(roomName)), url: state.url }
  }

  /** With `at`, the address of a server on this computer; without, the room is looked for on the servers that the app knows. */
  override async joinByCode(code: string, { at = '' }: { at?: string } = {}): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Address' }).fill(at)
    await super.joinByCode(code)
  }

  /** As someone pastes it: a link for browsers, or one for the app. */
  joinByLink(link: string): Promise<void> {
    return this.joinByCode(link)
  }

  /** Joins a room from the list of those on this network. */
  async joinFromList(roomName: string): Promise<void> {
    await this.fillName()
    await this.page.getByRole('list', { name: 'Rooms on this network' }).getByText(roomName, { exact: true }).click()
    await this.joinNow()
  }

  /**
   * Meets the server of another app, which is seen in the network: compares the words that both show, as two people would, and confirms
   * them. Throws where they differ, and refuses then.
   */
  async meet(host: LanyardApp): Promise<void> {
    const { hosting } = await host.probe()
    const theirs = hosting.status === 'on' ? hosting.words : null
    if (!theirs) throw new Error(`${host.name} hosts nothing that others on the network could meet`)
    const { page } = this
    await page.getByRole('button', { name: `Meet ${host.serverName ?? ''}` }).click()
    const dialog = page.getByRole('dialog', { name: `First meeting with ${host.serverName ?? ''}` })
    const words = dialog.getByRole('list', { name: 'Words to compare' }).getByRole('listitem')
    await expect(words).toHaveCount(theirs.length)
    const mine = await words.allTextContents()
    const isSame = mine.join(' ') === theirs.join(' ')
    await dialog.getByRole('button', { name: isSame ? 'They match' : 'They differ' }).click()
    if (!isSame) throw new Error(`${this.name} sees the words ${mine.join(' ')}, and ${host.name} ${theirs.join(' ')}`)
    await expect(dialog).toBeHidden()
  }

  /** How the app fares. An installed one is asked through its window. */
  async probe(): Promise<AppProbe> {
    if (!this.electron) return (await this.probeWindow()).app
    return this.electron.evaluate(() => (globalThis as unknown as WithProbe).lanyard.probe())
  }

  /** How the window fares, and the app around it. */
  async probeWindow(): Promise<PageProbe> {
    await this.page.waitForFunction(() => 'lanyardProbe' in window)
    return this.page.evaluate(() => window.lanyardProbe())
  }

  override async evidence(): Promise<Evidence[]> {
    const log = this.userData === null ? null : await readFile(join(this.userData, 'logs/lanyard.log')).catch(() => null)
    const probe = await this.probeWindow().catch(() => null)
    return [
      ...(await super.evidence()),
      ...(probe === null ? [] : [{ name: 'probe.json', contentType: 'application/json', body: JSON.stringify(probe, null, 2) }]),
      ...(log === null ? [] : [{ name: 'lanyard.log', contentType: 'text/plain', body: log }]),
    ]
  }

  /** Makes the network of this window worse until `heal` is called. That of the app's other processes stays as it is. */
  async impair(impaired: Impaired): Promise<void> {
    this.#impaired = impaired
    await (await this.#impairment)?.set(impaired)
  }

  heal(): Promise<void> {
    return this.impair({})
  }

  /** Lets the network of the window be impaired from now on, and as it was said last. */
  async readyNetwork(): Promise<void> {
    this.#impairment = Impairment.on(this.#page)
    await this.#impairment
      .then((impairment) => impairment.set(this.#impaired))
      .catch(() => {
        // The window has gone already.
      })
  }

  /** Ends it as the system ends programs: it says goodbye, and asks nobody. One that was attached to goes on. */
  async close(): Promise<void> {
    const { process: child, clear } = this.#started
    if (child?.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit')
      const patience = setTimeout(() => child.kill('SIGKILL'), END_MS)
      child.kill('SIGTERM')
      await ended
      clearTimeout(patience)
    }
    await clear()
  }
}

/** Its main process. */
export interface WithProbe {
  lanyard: InMain
}

declare global {
  interface Window {
    lanyardProbe(): Promise<PageProbe>
  }
}
