import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root, runQuietly, say, seconds, SetupError } from './run.mjs'

const stamp = join(root, 'out', 'sources.sha256')

/** Builds the interface and the server into out/, where they are not already what the sources say. */
export async function build() {
  const sources = digestSources()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return
  const began = Date.now()
  say('Building (npm run build)')
  const built = await runQuietly('building', 'npm', ['run', '-s', 'build'])
  if (!built) throw new SetupError('The build has failed; its last lines are above.')
  writeFileSync(stamp, sources)
  say(`  built in ${seconds(began)}`)
}

/** Of the contents, because times say little after a checkout. */
function digestSources() {
  const hash = createHash('sha256')
  const files = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(relative(root, entry.parentPath), entry.name))
  for (const file of ['electron.vite.config.ts', 'package.json', 'package-lock.json', ...files.sort()]) {
    hash.update(`${file}\n`)
    hash.update(readFileSync(join(root, file)))
  }
  return hash.digest('hex')
}
