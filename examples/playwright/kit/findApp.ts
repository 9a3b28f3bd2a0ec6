import { existsSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'

/** The app, and what it runs on. */
export interface FoundApp {
  executable: string
  /** The folder that Electron runs; null where the executable is the app itself, installed. */
  entry: string | null
  /** Whether it is a stand-in for Electron, which only a checkout has (docs/testing.md). */
  standin: boolean
  /** For reports: "on Electron 45.4.1". */
  label: string
}

/** Where this kit lies in a checkout of Lanyard. */
const CHECKOUT = resolve(import.meta.dirname, '../../..')

/**
 * `LANYARD_APP` is the folder of a checkout that is built, or the program of an installed app; without it, the checkout around this file.
 * In a checkout `LANYARD_ELECTRON` is `real` or `standin`; without it, Electron is taken where it is installed, and the stand-in elsewhere.
 * Throws a sentence for whoever has started the tests.
 */
export function findApp(env: NodeJS.ProcessEnv = process.env): FoundApp {
  const app = resolve(env['LANYARD_APP'] ?? CHECKOUT)
  if (!existsSync(app)) throw new Error(`LANYARD_APP is ${app}, where there is nothing.`)
  if (statSync(app).isFile()) return { executable: app, entry: null, standin: false, label: `on the installed app ${app}` }
  const manifest = join(app, 'package.json')
  if (!existsSync(manifest) || readJson(manifest)['name'] !== 'lanyard')
    throw new Error(
      env['LANYARD_APP'] === undefined
        ? 'Which app? Set LANYARD_APP to the folder of a checkout of Lanyard, or to the program of an installed one.'
        : `LANYARD_APP is ${app}, which is no checkout of Lanyard, nor the program of an installed one.`,
    )

  const electron = join(app, 'node_modules/electron')
  // Electron's own installation writes this file last.
  const isInstalled = existsSync(join(electron, 'path.txt'))
  const wanted = env['LANYARD_ELECTRON'] ?? (isInstalled ? 'real' : 'standin')
  if (wanted === 'real' && isInstalled) {
    const executable = createRequire(manifest)('electron') as string
    return {
      executable,
      entry: app,
      standin: false,
      label: `on Electron ${String(readJson(join(electron, 'package.json'))['version'])}`,
    }
  }
  if (wanted === 'real')
    throw new Error(
      'LANYARD_ELECTRON=real, but the Electron runtime is not installed. `npx install-electron` downloads it from GitHub; where that ' +
        'cannot be reached, set ELECTRON_MIRROR to the address of a mirror first.',
    )
  if (wanted !== 'standin') throw new Error(`LANYARD_ELECTRON is "${wanted}"; it can be "real" or "standin".`)
  if (process.platform !== 'linux')
    throw new Error('The stand-in for Electron runs on Linux only. `npx install-electron` brings the real one.')
  const executable = join(app, 'test/support/standin/electron')
  return { executable, entry: app, standin: true, label: 'on a STAND-IN, not Electron' }
}

function readJson(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
}
