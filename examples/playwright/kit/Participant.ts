import { expect, test, type Locator, type Page } from '@playwright/test'
import type { Colour } from './fakeMedia.ts'
import { nameColour, nameTone, type Look } from './looks.ts'
import { isColour, isTone, listen, look } from './senses.ts'

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
    const isAtDoor = () =>
      this.page
        .getByRole('heading', { name: 'Ready to join?' })
        .isVisible()
        .catch(() => false)
    try {
      await expect.poll(isAtDoor, PATIENCE).toBe(true)
    } catch {
      throw new Error(`${this.name} does not come to the door of the room. The window says: ${await this.saying()}`)
    }
    await this.page.getByRole('button', { name: 'Join now' }).click()
    await expect(this.page.getByRole('region', { name: 'Call' })).toBeVisible()
  }

  /** What the window says of itself: its headings, and what it warns of. */
  async saying(): Promise<string> {
    const said = this.page.getByRole('heading').or(this.page.getByRole('alert')).or(this.page.getByRole('status'))
    const texts = (await said.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim())
    return [...new Set(texts.filter((text) => text !== ''))].map((text) => `“${text}”`).join(', ') || 'nothing'
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

  /** What a report of a failure shows of them. */
  async evidence(): Promise<Evidence[]> {
    return [
      { name: 'window.png', contentType: 'image/png', body: await this.page.screenshot() },
      { name: 'window.yml', contentType: 'text/yaml', body: await this.page.locator('body').ariaSnapshot() },
    ]
  }

  /** Someone's tile. */
  figure(name: string): Locator {
    return this.page.getByRole('figure', { name, exact: true })
  }

  /** Waits until someone's picture is there, goes on, and is of the colour that their camera shows. */
  async expectToSee(
    peer: Participant | string,
    { colour = lookOf(peer)?.colour }: { colour?: Colour | undefined } = {},
  ): Promise<void> {
    let frames: number | null = null
    const wanted = colour ? nameColour(colour) : 'a picture'
    const seen = async () => {
      const now = await look(this.#picture(peer))
      const moves = now !== null && frames !== null && now.frames > frames
      frames = now?.frames ?? null
      if (now === null) return (await this.#missing(peer)) ?? 'no picture'
      if (colour && !isColour(now.colour, colour)) return nameColour(now.colour)
      return moves ? wanted : 'a picture that stands still'
    }
    await this.#expects(`${this.name} sees ${nameOf(peer)} in ${wanted}`, seen, wanted)
  }

  /** Waits until someone is there and no picture of them is. */
  async expectNotToSee(peer: Participant | string): Promise<void> {
    const seen = async () => (await this.#missing(peer)) ?? ((await look(this.#picture(peer))) ? 'a picture' : 'no picture')
    await this.#expects(`${this.name} sees no picture of ${nameOf(peer)}`, seen, 'no picture')
  }

  /** Waits until someone sounds as their microphone plays. */
  async expectToHear(
    peer: Participant | string,
    { tone = lookOf(peer)?.tone }: { tone?: number | undefined } = {},
  ): Promise<void> {
    const wanted = tone === undefined ? 'something' : nameTone(tone)
    const heard = async () => {
      const now = await listen(this.#voice(peer))
      if (now === null) return (await this.#missing(peer)) ?? 'nothing'
      return tone === undefined || isTone(now.hertz, tone) ? wanted : nameTone(now.hertz)
    }
    await this.#expects(`${this.name} hears ${nameOf(peer)} at ${wanted}`, heard, wanted)
  }

  /** Waits until someone is there and not heard. */
  async expectNotToHear(peer: Participant | string): Promise<void> {
    const heard = async () => (await this.#missing(peer)) ?? ((await listen(this.#voice(peer))) ? 'something' : 'nothing')
    await this.#expects(`${this.name} hears nothing of ${nameOf(peer)}`, heard, 'nothing')
  }

  /** Waits until someone's tile says whether their microphone is off. */
  async expectMuted(peer: Participant | string, isMuted = true): Promise<void> {
    const said = async () =>
      (await this.#missing(peer)) ?? (/\bMuted\b.*:/.test(await this.figure(nameOf(peer)).innerText()) ? 'muted' : 'not muted')
    const wanted = isMuted ? 'muted' : 'not muted'
    await this.#expects(`for ${this.name}, ${nameOf(peer)} is ${wanted}`, said, wanted)
  }

  /** A step of the test, which a failure shows at the line of whoever expects it. */
  async #expects(what: string, look: () => Promise<string>, wanted: string): Promise<void> {
    await test.step(what, () => expect.poll(look, { message: what, ...PATIENCE }).toBe(wanted), { box: true })
  }

  /** Null where there is one tile of that name. */
  async #missing(peer: Participant | string): Promise<string | null> {
    const count = await this.figure(nameOf(peer)).count()
    if (count === 1) return null
    const there = await this.page.getByRole('figure').evaluateAll((figures) => figures.map((figure) => figure.ariaLabel ?? ''))
    return count > 1 ? `${count} people of that name` : `nobody of that name; there are ${there.join(', ') || 'none'}`
  }

  #picture(peer: Participant | string): Locator {
    return this.figure(nameOf(peer)).locator('video[data-source="camera"]')
  }

  #voice(peer: Participant | string): Locator {
    return this.figure(nameOf(peer)).locator('audio[data-source="microphone"]')
  }
}

/** What there was at a failure, for the report. */
export interface Evidence {
  /** With its ending. */
  name: string
  contentType: string
  body: string | Buffer
}

/** What leads others into a room. */
export interface Invitation {
  code: string
  /** For browsers; the app takes it too. */
  link: string
}

const nameOf = (peer: Participant | string) => (typeof peer === 'string' ? peer : peer.name)
const lookOf = (peer: Participant | string) => (typeof peer === 'string' ? null : peer.look)
