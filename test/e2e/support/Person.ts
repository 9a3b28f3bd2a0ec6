import { mkdtemp, rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, expect, type BrowserContext, type Locator, type Page } from '@playwright/test'
import { writeColour, writeTone, type Colour } from './fakeMedia.ts'

const systemChromium = '/usr/bin/chromium'

/** Red, green and blue are told apart after a codec, and tones of these frequencies after another. */
export const looks = {
  red: { colour: { red: 200, green: 30, blue: 30 }, hertz: 440 },
  green: { colour: { red: 30, green: 180, blue: 30 }, hertz: 700 },
  blue: { colour: { red: 30, green: 30, blue: 210 }, hertz: 1100 },
} as const satisfies Record<string, { colour: Colour; hertz: number }>

export type Look = keyof typeof looks

export interface PersonOptions {
  /** What the fake camera shows and the fake microphone plays; null: a machine without devices. */
  look: Look | null
  /** Real browsers hide their addresses behind mDNS names; tests elsewhere show them, as multicast is not to be had. */
  hideAddresses?: boolean
  viewport?: { width: number; height: number }
}

/** Someone with a browser, a camera and a microphone of their own. */
export class Person {
  readonly name: string
  readonly page: Page
  readonly #context: BrowserContext
  readonly #folder: string

  private constructor(name: string, page: Page, context: BrowserContext, folder: string) {
    this.name = name
    this.page = page
    this.#context = context
    this.#folder = folder
  }

  static async start(
    name: string,
    { look, hideAddresses = false, viewport = { width: 1280, height: 800 } }: PersonOptions,
  ): Promise<Person> {
    const folder = await mkdtemp(join(tmpdir(), 'lanyard-person-'))
    const media: string[] = []
    if (look !== null) {
      writeColour(join(folder, 'camera.y4m'), looks[look].colour)
      writeTone(join(folder, 'microphone.wav'), looks[look].hertz)
      media.push(
        '--use-fake-device-for-media-stream',
        `--use-file-for-fake-video-capture=${join(folder, 'camera.y4m')}`,
        `--use-file-for-fake-audio-capture=${join(folder, 'microphone.wav')}`,
      )
    }
    const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
      ...(existsSync(systemChromium) && { executablePath: systemChromium }),
      viewport,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--use-fake-ui-for-media-stream',
        '--autoplay-policy=no-user-gesture-required',
        ...(hideAddresses ? [] : ['--disable-features=WebRtcHideLocalIpsWithMdns']),
        ...media,
      ],
    })
    const page = context.pages()[0] ?? (await context.newPage())
    return new Person(name, page, context, folder)
  }

  async close(): Promise<void> {
    await this.#context.close()
    await rm(this.#folder, { recursive: true, force: true })
  }

  /** Makes a room and joins it. Answers with its code. */
  async createRoom(url: string, roomName: string): Promise<string> {
    await this.page.goto(url)
    await this.page.getByRole('textbox', { name: 'Your name' }).fill(this.name)
    await this.page.getByRole('button', { name: 'Create a room' }).click()
    await this.page.getByRole('textbox', { name: 'Room name' }).fill(roomName)
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

  async #colourOf(other: Person): Promise<Look | null> {
    const video = this.figure(other.name).locator('video[data-source="camera"]')
    // Of all that there are, because asking for one waits until there is one.
    const seen = await video.evaluateAll(([element]) => {
      if (!(element instanceof HTMLVideoElement) || !element.checkVisibility() || element.videoWidth === 0) return null
      const canvas = Object.assign(document.createElement('canvas'), { width: 8, height: 8 })
      const context = canvas.getContext('2d', { willReadFrequently: true })
      context?.drawImage(element, 0, 0, 8, 8)
      const [red = 0, green = 0, blue = 0] = context?.getImageData(4, 4, 1, 1).data ?? []
      return { red, green, blue }
    })
    return seen && nearest((look) => distance(seen, looks[look].colour), 60)
  }

  async #toneOf(other: Person): Promise<Look | null> {
    const audio = this.figure(other.name).locator('audio[data-source="microphone"]')
    const heard = await audio.evaluateAll(async ([element]) => {
      if (!(element instanceof HTMLAudioElement)) return null
      if (!(element.srcObject instanceof MediaStream) || element.srcObject.getAudioTracks().length === 0) return null
      const context = new AudioContext()
      try {
        await context.resume()
        const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 })
        context.createMediaStreamSource(element.srcObject).connect(analyser)
        const bins = new Float32Array(analyser.frequencyBinCount)
        let peak = { hertz: 0, decibels: -Infinity }
        for (let i = 0; i < 12; i += 1) {
          await new Promise((resolve) => setTimeout(resolve, 50))
          analyser.getFloatFrequencyData(bins)
          bins.forEach((decibels, bin) => {
            if (decibels > peak.decibels) peak = { hertz: (bin * context.sampleRate) / analyser.fftSize, decibels }
          })
        }
        return peak
      } finally {
        await context.close()
      }
    })
    if (!heard || heard.decibels < -70) return null
    return nearest((look) => Math.abs(heard.hertz - looks[look].hertz), 60)
  }
}

function nearest(distanceTo: (look: Look) => number, limit: number): Look | null {
  const [best] = (Object.keys(looks) as Look[]).sort((a, b) => distanceTo(a) - distanceTo(b))
  return best !== undefined && distanceTo(best) <= limit ? best : null
}

function distance(a: Colour, b: Colour): number {
  return Math.hypot(a.red - b.red, a.green - b.green, a.blue - b.blue)
}
