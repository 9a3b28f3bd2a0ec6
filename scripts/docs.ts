/**
 * `npm run docs` writes the documents that are generated from the code; with `-- --check` it only says whether they are
 * stale, and then ends with 1.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { featuresDocument } from './docs/features.ts'
import { protocolDocument } from './docs/protocol.ts'

const documents = { 'docs/protocol.md': protocolDocument, 'docs/features.md': featuresDocument }

for (const [path, write] of Object.entries(documents)) {
  const file = new URL(`../${path}`, import.meta.url)
  const text = write()
  if (read(file) === text) continue
  if (process.argv.includes('--check')) {
    process.stdout.write(`${path} is stale: run npm run docs\n`)
    process.exitCode = 1
  } else {
    writeFileSync(file, text)
    process.stdout.write(`${path} is written\n`)
  }
}

function read(file: URL): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
