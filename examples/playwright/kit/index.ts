/** All that a test needs: see docs/automation.md. */
import { test as base } from '@playwright/test'
import { findApp } from './findApp.ts'
import { addPeers, openGuest } from './Guest.ts'
import { launchLanyard } from './LanyardApp.ts'

interface Kit {
  launchLanyard: typeof launchLanyard
  openGuest: typeof openGuest
  addPeers: typeof addPeers
}

/** With what starts apps and guests, and closes them after the test. */
export const test = base.extend<Kit & { opened: { close(): Promise<void> }[] }>({
  opened: async ({}, use, { annotations }) => {
    annotations.push({ type: 'runtime', description: findApp().label })
    const opened: { close(): Promise<void> }[] = []
    await use(opened)
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
