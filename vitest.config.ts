import { availableParallelism } from 'node:os'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

/** A real room server, real media: a test waits for events, and this is when it gives up. */
const patient = { testTimeout: 30_000, hookTimeout: 30_000 }
/** Brings the program to what the sources say: those that are started as processes are the built one. */
const globalSetup = ['test/support/build.ts']

export default defineConfig(({ mode }) => ({
  test: {
    // `--mode long` (npm run test:long): the reliability tests in their full size.
    provide: { long: mode === 'long' },
    passWithNoTests: true,
    // Tests wait more than they work.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    // Of the tests in one file that say they may.
    maxConcurrency: 4,
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/{app,shared,tooling}/**/*.test.ts'], testTimeout: 30_000 } },
      // A project of its own, because what lets Svelte's components be mounted keeps Socket.IO's server from being loaded.
      {
        extends: true,
        plugins: [svelte({ configFile: false })],
        resolve: { conditions: ['browser'] },
        test: { name: 'ui', include: ['test/ui/**/*.test.ts'], environment: 'jsdom' },
      },
      { extends: true, test: { name: 'server', include: ['test/server/**/*.test.ts'], ...patient, globalSetup } },
      { extends: true, test: { name: 'lan', include: ['test/lan/**/*.test.ts'], ...patient, globalSetup } },
      // Encoders and decoders: two files at once would measure each other.
      {
        extends: true,
        test: { name: 'session', include: ['test/session/**/*.test.ts'], ...patient, globalSetup, fileParallelism: false },
      },
    ],
  },
}))

declare module 'vitest' {
  export interface ProvidedContext {
    /** Whether the reliability tests run in their full size. */
    long: boolean
  }
}
