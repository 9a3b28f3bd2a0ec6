import type {} from '../../../src/renderer/src/platform/desktop.ts'
import { devices, expect, type Browser, type Locator, type Page } from '@playwright/test'
import { openBrowser, type BrowserOptions } from './browsers.ts'
import { arePicturesComing, lookOfPicture, lookOfSound, type Look } from '../../support/looks.ts'

export interface PersonOptions extends BrowserOptions {
  viewport?: { width: number; height: number }
  /** A telephone's size, and its touch. */
  phone?: boolean
}

/** What shows a page, and perhaps another one later. */
interface Screen {
  readonly page: Page
}

/** Someone with a browser (or the app), a camera and a microphone of their own. */
export class Person {
  readonly name: string
  readonly #screen: Screen
  readonly #close: () => Promise<void>

  private constructor(name: string, screen: Screen, close: () => Promise<void>) {
    this.name = name
    this.#screen = screen
    this.#close = close
  }

  /** Someone at a window that someone else opens and closes, as that of the app. */
  static at(name: string, screen: Screen): Person {
    return new Person(name, screen, () => Promise.resolve())
  }

  get page(): Page {
    return this.#screen.page
  }

  /** Someone in a browser of their own. */
  static async start(name: string, options: PersonOptions): Promise<Person> {
    const own = await openBrowser(options)
    return this.in(own.browser, name, options, own.close)
  }

  /** Someone in a browser that others are in, too, without meeting them there. */
  static async in(
    browser: Browser,
    name: string,
    { viewport = { width: 1280, height: 800 }, phone = false }: Omit<PersonOptions, keyof BrowserOptions>,
    after: () => Promise<void> = () => Promise.resolve(),
  ): Promise<Person> {
    const context = await browser.newContext(phone ? devices['Pixel 7'] : { viewport })
    const page = await context.newPage()
    return new Person(name, { page }, () => context.close().then(after))
  }

  close(): Promise<void> {
    return this.#close()
  }

  /** Makes a room and joins it. Answers with its code. */
  async createRoom(url: string, roomName: string): Promise<string> {
    await this.page.goto(url)
    await this.page.getByRole('textbox', { name: 'Your name' }).fill(this.name)
    await this.page.getByRole('button', { name: 'Create a room' }).click()
    return this.#nameRoom(roomName)
  }

  /** In the app: hosts a meeting in a new room and joins it. Answers with its code, and with the address of the server. */
  async host(roomName: string): Promise<{ code: string; address: string }> {
    await this.page.getByRole('textbox', { name: 'Your name' }).fill(this.name)
    await this.page.getByRole('button', { name: 'Host a meeting' }).click()
    const code = await this.#nameRoom(roomName)
    const hosting = await this.page.evaluate(() => window.lanyard!.getHosting({}))
    if (!hosting.ok || hosting.value.status !== 'on') throw new Error('the server of the app is not on')
    return { code, address: hosting.value.url }
  }

  /** In the app: joins a room of a server elsewhere. */
  async joinAt(address: string, code: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Your name' }).fill(this.name)
    await this.page.getByRole('textbox', { name: 'Join code' }).fill(code)
    await this.page.getByRole('textbox', { name: 'Address' }).fill(address)
    await this.page.getByRole('button', { name: 'Join' }).click()
    await this.joinNow()
  }

  async #nameRoom(name: string): Promise<string> {
    await this.page.getByRole('textbox', { name: 'Room name' }).fill(name)
    await this.page.getByRole('button', { name: 'Create room' }).click()
    await this.joinNow()
    await this.page.getByRole('button', { name: 'Invite' }).click()
    const code = (await this.page.getByLabel('Join code').textContent()) ?? ''
    await this.page.keyboard.press('Escape')
    return code.trim()
  }

  async joinByCode(url: string, code: string): Promise<void> {
    await this.page.goto(url)
    await this.page.getByRole('textbox', { name: 'Your name' }).fill(this.name)
    await this.page.getByRole('textbox', { name: 'Join code' }).fill(code)
    await this.page.getByRole('button', { name: 'Join' }).click()
    await this.joinNow()
  }

  /** From *Ready to join?* into the call, microphone and camera on where there are any. */
  async joinNow(): Promise<void> {
    await expect(this.page.getByRole('heading', { name: 'Ready to join?' })).toBeVisible()
    await this.page.getByRole('button', { name: 'Join now' }).click()
    await expect(this.page.getByRole('region', { name: 'Call' })).toBeVisible()
  }

  toggle(name: 'Microphone' | 'Camera' | 'Chat' | 'People'): Locator {
    return this.page.getByRole('button', { name })
  }

  figure(name: string): Locator {
    return this.page.getByRole('figure', { name })
  }

  async say(text: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Message' }).fill(text)
    await this.page.getByRole('button', { name: 'Send' }).click()
  }

  get messages(): Locator {
    return this.page.getByRole('list', { name: 'Messages' })
  }

  /** Waits until someone's picture is the colour that their camera shows. */
  async sees(other: Person, look: Look): Promise<void> {
    await expect
      .poll(() => this.#colourOf(other), { message: `${this.name} sees ${other.name} in ${look}`, timeout: 20_000 })
      .toBe(look)
  }

  /** Waits until pictures of someone come, and not one that stands still. */
  async seesMoving(other: Person): Promise<void> {
    await expect
      .poll(() => arePicturesComing(this.#cameraOf(other)), { message: `${this.name} sees ${other.name} move`, timeout: 20_000 })
      .toBe(true)
  }

  async seesNoPictureOf(other: Person): Promise<void> {
    await expect
      .poll(() => this.#colourOf(other), { message: `${this.name} sees no picture of ${other.name}`, timeout: 20_000 })
      .toBeNull()
  }

  /** Waits until someone sounds as their microphone plays. */
  async hears(other: Person, look: Look): Promise<void> {
    await expect.poll(() => this.#toneOf(other), { message: `${this.name} hears ${other.name}`, timeout: 20_000 }).toBe(look)
  }

  async hearsNothingOf(other: Person): Promise<void> {
    await expect
      .poll(() => this.#toneOf(other), { message: `${this.name} hears nothing of ${other.name}`, timeout: 20_000 })
      .toBeNull()
  }

  #colourOf(other: Person): Promise<Look | null> {
    return lookOfPicture(this.#cameraOf(other))
  }

  #cameraOf(other: Person): Locator {
    return this.figure(other.name).locator('video[data-source="camera"]')
  }

  #toneOf(other: Person): Promise<Look | null> {
    return lookOfSound(this.figure(other.name).locator('audio[data-source="microphone"]'))
  }
}
