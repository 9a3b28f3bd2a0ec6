import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from '@playwright/test'
import { Impairment, type Impaired } from './Impairment.ts'
import { browserSwitches, looks, writeDevices, type Look } from './looks.ts'
import { Participant, type Invitation } from './Participant.ts'

export interface GuestOptions extends Partial<Look> {
  name?: string
  /** Chromium's window. Default: none is seen. */
  headed?: boolean
}

/** On Debian, where Playwright's own may be missing. */
const SYSTEM_CHROMIUM = '/usr/bin/chromium'

/** Someone who comes with a browser. */
export class Guest extends Participant {
  readonly page: Page
  readonly #impairment: Impairment
  readonly #close: () => Promise<void>

  private constructor(name: string, look: Look, page: Page, impairment: Impairment, close: () => Promise<void>) {
    super(name, look)
    this.page = page
    this.#impairment = impairment
    this.#close = close
  }

  /** At the first screen of a server, or at the door of a room. */
  static async at(
    url: string,
    browser: Browser,
    { name, look, close }: { name: string; look: Look; close: () => Promise<void> },
  ) {
    // The server has made its certificate itself; whoever wants to see the browser's warning opens a page without this.
    const context = await browser.newContext({ ignoreHTTPSErrors: true })
    const page = await context.newPage()
    const impairment = await Impairment.on(page)
    await page.goto(url)
    return new Guest(name, look, page, impairment, close)
  }

  /** Joins the room whose link was opened. */
  async join(): Promise<void> {
    await this.fillName()
    await this.joinNow()
  }

  /** Makes a room on the server, and joins it. */
  async createRoom(roomName: string): Promise<Invitation> {
    await this.fillName()
    await this.page.getByRole('button', { name: 'Create a room' }).click()
    return this.nameRoom(roomName)
  }

  /** Makes the network of this window worse until `heal` is called. */
  impair(impaired: Impaired): Promise<void> {
    return this.#impairment.set(impaired)
  }

  heal(): Promise<void> {
    return this.impair({})
  }

  close(): Promise<void> {
    return this.#close()
  }
}

/** Opens a link in a browser of its own. Whoever opens it closes it; the fixture of the same name does. */
export async function openGuest(url: string, { name = 'Lin', ...options }: GuestOptions = {}): Promise<Guest> {
  const [guest] = await openGuests([name], url, options)
  return guest!
}

/**
 * So many guests in one browser, joined: Peer 1, Peer 2 … They share a camera and a microphone, which Chromium has once for all its pages.
 * Closing one closes them all.
 */
export function addPeers(count: number, url: string, { name = 'Peer', ...options }: GuestOptions = {}): Promise<Guest[]> {
  const names = Array.from({ length: count }, (_, index) => `${name} ${index + 1}`)
  return openGuests(names, url, options, (peer) => peer.join())
}

/** Each is made ready before the next one comes. Where one cannot be, the browser closes. */
async function openGuests(
  names: string[],
  url: string,
  { colour = looks.blue.colour, tone = looks.blue.tone, headed = false }: GuestOptions,
  makeReady: (guest: Guest) => Promise<void> = async () => {},
): Promise<Guest[]> {
  const look = { colour, tone }
  const { browser, close } = await launchChromium(look, headed)
  const guests: Guest[] = []
  try {
    for (const name of names) {
      const guest = await Guest.at(url, browser, { name, look, close })
      guests.push(guest)
      await makeReady(guest)
    }
    return guests
  } catch (error) {
    await close()
    throw error
  }
}

async function launchChromium(look: Look, headed: boolean): Promise<{ browser: Browser; close: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'lanyard-guest-'))
  const isMissing = !existsSync(chromium.executablePath())
  const browser = await chromium.launch({
    headless: !headed,
    // Playwright's shell without a window has no encoders; the whole Chromium has.
    ...(isMissing && existsSync(SYSTEM_CHROMIUM) ? { executablePath: SYSTEM_CHROMIUM } : { channel: 'chromium' }),
    args: [...browserSwitches(writeDevices(folder, look)), '--autoplay-policy=no-user-gesture-required'],
  })
  let closing: Promise<void> | null = null
  const end = async () => {
    await browser.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  return { browser, close: () => (closing ??= end()) }
}
