/**
 * `npm run package:server`: packs the room server with all that it needs, its own Node included, into one tarball for Linux
 * machines like this one.
 *
 *   npm run package:server -- [--to FOLDER]   (default: dist)
 */
import { join } from 'node:path'
import { build } from './setup/build.mjs'
import { bringPackages } from './setup/packages.mjs'
import { node, root, run, SetupError } from './setup/run.mjs'
import { bringWorker } from './setup/worker.mjs'

try {
  if (process.platform !== 'linux') throw new SetupError('The server is packed on the system that it is for, which is Linux.')
  await bringPackages()
  await bringWorker()
  await build()
  // By the project's own Node: the one that runs this may be older.
  process.exitCode = (await run(node, [join(root, 'scripts/package/server.mjs'), ...process.argv.slice(2)])) ? 0 : 1
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  process.stderr.write(`lanyard: ${error.message}\n`)
  process.exitCode = 1
}
