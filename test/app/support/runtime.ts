import { findApp } from '../../../examples/playwright/kit/findApp.ts'

/** What the specs of the app run on: the real Electron where its runtime is installed, else the stand-in. */
export const runtime = findApp()
