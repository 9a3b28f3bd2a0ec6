import type { CDPSession, Page } from '@playwright/test'

/** What is wrong with a window's network, both ways. */
export interface Impaired {
  /** Packets of media that are lost, of a hundred. */
  lossPercent?: number
  /** How much later everything comes. */
  delayMs?: number
  /** How much fits through. */
  rateKbit?: number
  /** Nothing goes through at all. */
  cut?: boolean
}

/**
 * Chromium's own emulation of a bad network, for one page: its media (UDP and TCP), its WebSockets, its requests. It works alike on every
 * system and needs no rights. What other processes send, as a server that the same app carries, is not concerned.
 */
export class Impairment {
  readonly #session: CDPSession

  private constructor(session: CDPSession) {
    this.#session = session
  }

  /** Only connections that are made afterwards can be impaired: so each page gets it before anything else. */
  static async on(page: Page): Promise<Impairment> {
    const session = await page.context().newCDPSession(page)
    await session.send('Network.enable')
    const impairment = new Impairment(session)
    await impairment.set({})
    return impairment
  }

  async set({ lossPercent = 0, delayMs = 0, rateKbit, cut = false }: Impaired): Promise<void> {
    // Bytes per second; −1 is without a limit.
    const throughput = rateKbit === undefined ? -1 : (rateKbit * 1_000) / 8
    const conditions = {
      urlPattern: '',
      latency: delayMs,
      downloadThroughput: throughput,
      uploadThroughput: throughput,
      packetLoss: lossPercent,
      offline: cut,
    }
    await this.#session.send('Network.emulateNetworkConditionsByRule', { offline: cut, matchedNetworkConditions: [conditions] })
  }
}
