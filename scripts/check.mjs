/**
 * `npm run check`: everything that can be said of the code without starting the server. Says which checks failed, with
 * what they printed; those that passed take a line each.
 */
import { availableParallelism } from 'node:os'
import { capture, say, seconds } from './setup/run.mjs'

/** The longest first, so that no core waits for one at the end. */
const checks = {
  'unit tests': 'npm run -s test:unit',
  lint: 'eslint --max-warnings 0 .',
  components: 'svelte-check --tsconfig tsconfig.renderer.json --fail-on-warnings --output human',
  types: 'tsc -b',
  format: 'prettier --check --log-level warn .',
  layers: 'depcruise src test bench scripts --output-type err-long',
  'unused code': 'knip --no-progress',
  documents: 'npm run -s docs -- --check',
}

const waiting = Object.entries(checks)
/** @type {string[]} */
const failed = []
await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work))
if (failed.length > 0) say(`failed: ${failed.sort().join(', ')}`)
process.exitCode = failed.length > 0 ? 1 : 0

async function work() {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const [name, command] = next
    const began = Date.now()
    const { succeeded, output } = await capture(command, [], { shell: true })
    say(`${succeeded ? '✓' : '✗'} ${name}  ${seconds(began)}`)
    if (succeeded) continue
    failed.push(name)
    say(`\n${output}\n`)
  }
}
