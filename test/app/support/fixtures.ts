import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '@playwright/test'
import { Network } from '../../support/lan/Network.ts'
import { Desktop } from './Desktop.ts'

export const test = base.extend<{
  /** A folder for the user data of an app that is started more than once. */
  userData: string
  /** A network for apps that run on machines of their own: see `whyNoNetworks`. */
  makeNetwork: () => Promise<Network>
  /** After each test: what `Desktop.launch` has started is ended, and no process of it is left. */
  ended: undefined
}>({
  userData: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'lanyard-app-data-'))
    await use(folder)
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  },
  makeNetwork: async ({}, use) => {
    const made: Network[] = []
    await use(async () => {
      const network = await Network.make()
      made.push(network)
      return network
    })
    for (const network of made) await network.close()
  },
  // It wants the folder and the networks so as to be done before those are removed.
  ended: [
    async ({ userData: _data, makeNetwork: _networks }, use) => {
      await use(undefined)
      await Desktop.endAll()
    },
    { auto: true },
  ],
})

export { expect } from '@playwright/test'
export { Desktop } from './Desktop.ts'
