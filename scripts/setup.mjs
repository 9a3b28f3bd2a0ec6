/** `npm run setup`: brings in all that the app needs, builds it, and ends. For those who start it otherwise than by `npm start`. */
import { build } from './setup/build.mjs'
import { bringElectron } from './setup/electron.mjs'
import { bringPackages } from './setup/packages.mjs'
import { say, SetupError } from './setup/run.mjs'
import { bringWorker } from './setup/worker.mjs'

try {
  await bringPackages()
  await bringWorker()
  await build()
  await bringElectron()
  say('Lanyard is ready to be started.')
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  process.stderr.write(`lanyard: ${error.message}\n`)
  process.exitCode = 1
}
