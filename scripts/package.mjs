/**
 * `npm run package`: packs the desktop app for this system (AppImage and deb, dmg, or nsis) into dist/.
 *
 *   npm run package -- [what electron-builder takes: --dir, --linux deb, …]
 *
 * It fetches the Electron runtime and its tools, from ELECTRON_MIRROR (and ELECTRON_BUILDER_BINARIES_MIRROR) where these are set.
 */
import { build } from './setup/build.mjs'
import { bringPackages } from './setup/packages.mjs'
import { run, say, seconds, SetupError } from './setup/run.mjs'
import { answers, bringWorker } from './setup/worker.mjs'

const { ELECTRON_MIRROR = 'https://github.com' } = process.env

try {
  await bringPackages()
  if (!(await answers(ELECTRON_MIRROR))) {
    const { host } = new URL(ELECTRON_MIRROR)
    throw new SetupError(`The Electron runtime cannot be fetched: ${host} does not answer. ELECTRON_MIRROR names another place.`)
  }
  await bringWorker()
  await build()
  const began = Date.now()
  const args = ['--config', 'electron-builder.config.mjs', '--publish', 'never', ...process.argv.slice(2)]
  if (!(await run('electron-builder', args))) throw new SetupError('electron-builder has failed; its words are above.')
  say(`packed in ${seconds(began)}; see dist/`)
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  process.stderr.write(`lanyard: ${error.message}\n`)
  process.exitCode = 1
}
