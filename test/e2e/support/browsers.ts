/** Browsers with a camera and a microphone. */
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser } from '@playwright/test'
import { browserSwitches, looks, writeDevices } from '../../../examples/playwright/kit/looks.ts'
import { writeLauncher } from '../../support/lan/launcher.ts'
import type { Machine } from '../../support/lan/Machine.ts'
import type { Look } from '../../support/looks.ts'

const systemChromium = '/usr/bin/chromium'

export interface BrowserOptions {
  /** What the fake camera shows and the fake microphone plays; null: a machine without devices. */
  look: Look | null
  /** Real browsers hide their addresses behind mDNS names; tests elsewhere show them, as multicast is not to be had. */
  hideAddresses?: boolean
  /** Further switches. */
  args?: readonly string[]
  /** The folder that it takes for its user's. Default: that of whoever runs the test. */
  home?: string
  /** Where it runs. Default: here. */
  machine?: Machine
}

export interface OpenBrowser {
  browser: Browser
  close: () => Promise<void>
}

export async function openBrowser(options: BrowserOptions): Promise<OpenBrowser> {
  const { look, hideAddresses = false, args = [], home, machine } = options
  const folder = await mkdtemp(join(tmpdir(), 'lanyard-browser-'))
  const media = look === null ? [] : browserSwitches(writeDevices(folder, looks[look]))
  const installed = existsSync(systemChromium) ? systemChromium : null
  const launcher = machine ? join(folder, 'browser') : null
  if (machine && launcher) await writeLauncher(launcher, machine, [installed ?? chromium.executablePath()])
  const executablePath = launcher ?? installed
  const browser = await chromium.launch({
    ...(executablePath && { executablePath }),
    ...(home !== undefined && { env: { ...process.env, HOME: home } }),
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
      ...args,
    ],
  })
  return {
    browser,
    close: async () => {
      await browser.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Browsers that one test after the other takes people of: starting one takes longer than most of what is done with it. */
export class Browsers {
  readonly #open = new Map<string, Promise<OpenBrowser>>()

  async like(options: Omit<BrowserOptions, 'home' | 'machine'>): Promise<Browser> {
    const key = JSON.stringify([options.look, options.hideAddresses ?? false, options.args ?? []])
    const open = this.#open.get(key) ?? openBrowser(options)
    this.#open.set(key, open)
    return (await open).browser
  }

  async close(): Promise<void> {
    const all = await Promise.all(this.#open.values())
    await Promise.all(all.map((open) => open.close()))
  }
}
