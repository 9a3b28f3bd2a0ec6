import { expect, type Locator, type Page } from '@playwright/test'
import type { Colour } from './fakeMedia.ts'
import { isColour, isTone, listen, look } from './senses.ts'
import type { Look } from './looks.ts'

/** How long pictures and sound may take to come, or to go, in ms. */
const PATIENCE = { timeout: 20_000 }

/** Someone at a window of Lanyard, with a camera and a microphone of their own: in the app, or as a guest in a browser. */
export abstract class Participant {
  readonly name: string
  /** What the others see and hear of them; null where that is not known. */
  readonly look: Look | null

  constructor(name: string, look: Look | null) {
    this.name = name
    this.look = look
  }

  /** What the window shows. In the app it is another one after each way to another server. */
  abstract get page(): Page

  async fillName(): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Your name' }).fill(this.name)
  }

  /** Joins a room of the server that the window is at, or, in the app, of any that it knows. */
  async joinByCode(code: string): Promise<void> {
    await this.fillName()
    await this.page.getByRole('textbox', { name: 'Join code' }).fill(code)
    await this.page.getByRole('button', { name: 'Join' }).click()
    await this.joinNow()
  }

  /** From *Ready to join?* into the call, microphone and camera on where there are any. The app's window may come anew on the way. */
  async joinNow(): Promise<void> {
    await expect(async () => {
      await expect(this.page.getByRole('heading', { name: 'Ready to join?' })).toBeVisible({ timeout: 1_000 })
    }).toPass(PATIENCE)
    await this.page.getByRole('button', { name: 'Join now' }).click()
    await expect(this.page.getByRole('region', { name: 'Call' })).toBeVisible()
  }

  /** The new room's name, its door, and its call. Resolves with what leads others there. */
  protected async nameRoom(name: string): Promise<Invitation> {
    await this.page.getByRole('textbox', { name: 'Room name' }).fill(name)
    await this.page.getByRole('button', { name: 'Create room' }).click()
    await this.joinNow()
    return this.invitation()
  }

  /** What *Invite* shows. */
  async invitation(): Promise<Invitation> {
    await this.page.getByRole('button', { name: 'Invite' }).click()
    const code = (await this.page.getByLabel('Join code').textContent()) ?? ''
    const link = await this.page.getByRole('textbox', { name: 'Link' }).inputValue()
    await this.page.keyboard.press('Escape')
    return { code: code.trim(), link }
  }

  async leave(): Promise<void> {
    await this.page.getByRole('button', { name: 'Leave' }).click()
    // The app's window comes anew where it has left the server of somebody else.
    const isOut = () => expect(this.page.getByRole('region', { name: 'Call' })).toBeHidden({ timeout: 1_000 })
    await expect(isOut).toPass(PATIENCE)
  }

  mute(): Promise<void> {
    return this.switch('Microphone', false)
  }

  unmute(): Promise<void> {
    return this.switch('Microphone', true)
  }

  /** Resolves when it is so, and at once where it is so already. */
  async switch(name: 'Microphone' | 'Camera', on: boolean): Promise<void> {
    const button = this.toggle(name)
    if ((await button.getAttribute('aria-pressed')) !== String(on)) await button.click()
    await expect(button).toHaveAttribute('aria-pressed', String(on))
  }

  async say(text: string): Promise<void> {
    const chat = this.toggle('Chat')
    if ((await chat.getAttribute('aria-pressed')) !== 'true') await chat.click()
    await this.page.getByRole('textbox', { name: 'Message' }).fill(text)
    await this.page.getByRole('button', { name: 'Send' }).click()
  }

  get messages(): Locator {
    return this.page.getByRole('list', { name: 'Messages' })
  }

  toggle(name: 'Microphone' | 'Camera' | 'Share screen' | 'Chat' | 'People'): Locator {
    return this.page.getByRole('button', { name })
  }

  /** Someone's tile. */
  figure(name: string): Locator {
    return this.page.getByRole('figure', { name })
  }

  /** Waits until someone's picture is there, goes on, and is of the colour that their camera shows. */
  async expectToSee(
    peer: Participant | string,
    { colour = lookOf(peer)?.colour }: { colour?: Colour | undefined } = {},
  ): Promise<void> {
    let frames: number | null = null
    const seen = async () => {
      const now = await look(this.#picture(peer))
      const moves = now !== null && frames !== null && now.frames > frames
      frames = now?.frames ?? null
      if (now === null) return 'nothing'
      if (colour && !isColour(now.colour, colour)) return `another colour: ${JSON.stringify(now.colour)}`
      return moves ? 'them' : 'a picture that stands still'
    }
    await expect.poll(seen, { message: `${this.name} sees ${nameOf(peer)}`, ...PATIENCE }).toBe('them')
  }

  async expectNotToSee(peer: Participant | string): Promise<void> {
    const seen = () => look(this.#picture(peer))
    await expect.poll(seen, { message: `${this.name} sees no picture of ${nameOf(peer)}`, ...PATIENCE }).toBeNull()
  }

  /** Waits until someone sounds as their microphone plays. */
  async expectToHear(
    peer: Participant | string,
    { tone = lookOf(peer)?.tone }: { tone?: number | undefined } = {},
  ): Promise<void> {
    const heard = async () => {
      const now = await listen(this.#voice(peer))
      if (now === null) return 'nothing'
      return tone === undefined || isTone(now.hertz, tone) ? 'them' : `another tone: ${Math.round(now.hertz)} Hz`
    }
    await expect.poll(heard, { message: `${this.name} hears ${nameOf(peer)}`, ...PATIENCE }).toBe('them')
  }

  async expectNotToHear(peer: Participant | string): Promise<void> {
    const heard = () => listen(this.#voice(peer))
    await expect.poll(heard, { message: `${this.name} hears nothing of ${nameOf(peer)}`, ...PATIENCE }).toBeNull()
  }

  #picture(peer: Participant | string): Locator {
    return this.figure(nameOf(peer)).locator('video[data-source="camera"]')
  }

  #voice(peer: Participant | string): Locator {
    return this.figure(nameOf(peer)).locator('audio[data-source="microphone"]')
  }
}

/** What leads others into a room. */
export interface Invitation {
  code: string
  /** For browsers; the app takes it too. */
  link: string
}

const nameOf = (peer: Participant | string) => (typeof peer === 'string' ? peer : peer.name)
const lookOf = (peer: Participant | string) => (typeof peer === 'string' ? null : peer.look)
