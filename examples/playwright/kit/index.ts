/** All that a test needs: see docs/automation.md. */
import { test as base, type TestInfo } from '@playwright/test'
import { findApp } from './findApp.ts'
import { addPeers, openGuest, type Guest } from './Guest.ts'
import { launchLanyard, type LanyardApp } from './LanyardApp.ts'
import type { Evidence } from './Participant.ts'

interface Kit {
  launchLanyard: typeof launchLanyard
  openGuest: typeof openGuest
  addPeers: typeof addPeers
}

type Opened = LanyardApp | Guest

/** How long a window may take to show itself after a failure, in ms: it may be gone, or stuck. */
const EVIDENCE_MS = 5_000

async function attachEvidence(one: Opened, info: TestInfo): Promise<void> {
  const patience = new Promise<Evidence[]>((resolve) => setTimeout(resolve, EVIDENCE_MS, []))
  const evidence = await Promise.race([one.evidence().catch(() => []), patience])
  for (const { name, contentType, body } of evidence) await info.attach(`${one.name}: ${name}`, { contentType, body })
}

/** With what starts apps and guests, and closes them after the test. */
export const test = base.extend<Kit & { opened: Opened[] }>({
  opened: async ({}, use, info) => {
    info.annotations.push({ type: 'runtime', description: findApp().label })
    const opened: Opened[] = []
    await use(opened)
    if (info.status !== info.expectedStatus) for (const one of opened) await attachEvidence(one, info)
    // Guests before hosts, whose end they would only report.
    for (const one of opened.reverse()) await one.close()
  },
  launchLanyard: async ({ opened }, use) => {
    await use(async (options) => {
      const app = await launchLanyard(options)
      opened.push(app)
      return app
    })
  },
  openGuest: async ({ opened }, use) => {
    await use(async (url, options) => {
      const guest = await openGuest(url, options)
      opened.push(guest)
      return guest
    })
  },
  addPeers: async ({ opened }, use) => {
    await use(async (count, url, options) => {
      const peers = await addPeers(count, url, options)
      opened.push(...peers)
      return peers
    })
  },
})

export { expect } from '@playwright/test'
export { addPeers, openGuest } from './Guest.ts'
export { attachLanyard, launchLanyard } from './LanyardApp.ts'
export { looks } from './looks.ts'
export type { Guest, GuestOptions } from './Guest.ts'
export type { Impaired } from './Impairment.ts'
export type { HostedRoom, LanyardApp, LaunchOptions } from './LanyardApp.ts'
export type { Invitation, Participant } from './Participant.ts'
export type { AppProbe, MemberProbe, PageProbe, PictureProbe, ServerProbe, SoundProbe } from './probe.ts'
