import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** What the specs of the app run on. `label` is for reports. */
export interface Runtime {
  standin: boolean
  label: string
}

const root = join(import.meta.dirname, '../../..')
const electron = join(root, 'node_modules/electron')

/**
 * The real Electron where its runtime is installed, else the stand-in. LANYARD_ELECTRON=real or =standin asks for one of them.
 * @throws a sentence for whoever started the tests, where that one cannot be had
 */
function chooseRuntime(wanted: string | undefined, platform: NodeJS.Platform): Runtime {
  // electron's own installation writes this file last.
  const installed = existsSync(join(electron, 'path.txt'))
  if (wanted !== undefined && wanted !== 'real' && wanted !== 'standin') {
    throw new Error(`LANYARD_ELECTRON is "${wanted}"; it can be "real" or "standin".`)
  }
  if (wanted === 'real' && !installed) {
    throw new Error(
      'LANYARD_ELECTRON=real, but the Electron runtime is not installed. `npx install-electron` downloads it from GitHub; ' +
        'where that cannot be reached, set ELECTRON_MIRROR to the address of a mirror first.',
    )
  }
  if (wanted === 'real' || (wanted === undefined && installed)) {
    const { version } = JSON.parse(readFileSync(join(electron, 'package.json'), 'utf8')) as { version: string }
    return { standin: false, label: `on Electron ${version}` }
  }
  if (platform !== 'linux') {
    throw new Error('The stand-in for Electron runs on Linux only. `npx install-electron` brings the real one.')
  }
  // The electron package then answers with this folder's program when asked for its executable, here and in Playwright.
  process.env['ELECTRON_OVERRIDE_DIST_PATH'] = join(root, 'test/support/standin')
  return { standin: true, label: 'on a STAND-IN, not Electron' }
}

export const runtime = chooseRuntime(process.env['LANYARD_ELECTRON'], process.platform)

const require = createRequire(import.meta.url)

/** The program that runs an app: Electron's executable, or the stand-in. */
export const executable = require('electron') as string

/** What Playwright has Electron load before the app, unless it is told which executable to start. */
export const loader = join(dirname(require.resolve('playwright-core/package.json')), 'lib/server/electron/loader.js')
