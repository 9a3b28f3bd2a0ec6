import { defineConfig } from '@playwright/test'
import { runtime } from './test/app/support/runtime.ts'

/** The desktop app (npm run test:app), on Electron or on the stand-in for it: see docs/testing.md. */
export default defineConfig({
  testDir: 'test/app',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results/app',
  reporter: [['list'], ['json', { outputFile: 'test-results/app.json' }], ['./examples/playwright/kit/RuntimeReporter.ts']],
  metadata: { runtime: runtime.label },
  workers: 2,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
})
