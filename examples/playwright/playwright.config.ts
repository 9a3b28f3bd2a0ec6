import { defineConfig } from '@playwright/test'
import { findApp } from './kit/findApp.ts'

export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results',
  reporter: [['list'], ['./kit/RuntimeReporter.ts']],
  metadata: { runtime: findApp().label },
  // Each app and each guest is a Chromium of its own, with encoders and decoders.
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 15_000 },
})
