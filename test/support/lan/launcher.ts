import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Machine } from './Machine.ts'

const relay = join(import.meta.dirname, 'relay.ts')

/**
 * Writes a program that starts another one on a machine, for Playwright, which starts programs itself. Its process becomes the
 * program's, and the ports that the program names for debuggers can be reached from the test.
 */
export async function writeLauncher(file: string, machine: Machine, command: string[]): Promise<void> {
  const there = ['ip', 'netns', 'exec', machine.namespace, ...command].map(quote).join(' ')
  const relayed = [process.execPath, relay, machine.namespace].map(quote).join(' ')
  await writeFile(file, `#!/bin/bash\nexec ${there} "$@" 2> >(exec ${relayed} >&2)\n`, { mode: 0o755 })
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}
