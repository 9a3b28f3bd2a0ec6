import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '@playwright/test'
import { Desktop } from './Desktop.ts'

export const test = base.extend<{
  /** A folder for the user data of an app that is started more than once. */
  userData: string
  /** After each test: what `Desktop.launch` has started is ended, and no process of it is left. */
  ended: undefined
}>({
  userData: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'lanyard-app-data-'))
    await use(folder)
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  },
  // It wants the folder so as to be done before that is removed.
  ended: [
    async ({ userData: _ }, use) => {
      await use(undefined)
      await Desktop.endAll()
    },
    { auto: true },
  ],
})

export { expect } from '@playwright/test'
export { Desktop } from './Desktop.ts'
