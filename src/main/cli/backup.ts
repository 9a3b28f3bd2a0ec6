import { existsSync, rmSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { CommonOptions, OwnerOptions } from './options.ts'
import { fail, print } from './output.ts'
import { owning } from './owner.ts'

/** A copy of a large database is made before its first byte comes; in ms. */
const PATIENCE_MS = 3_600_000

/** `lanyard backup` */
export function addBackupCommand(program: Command, common: CommonOptions): void {
  program
    .command('backup')
    .description('copy the database into a file, also while the server runs')
    .argument('<file>', 'which must not be there yet')
    .addOption(common.dataDir())
    .addOption(common.json())
    .action(async (to: string, options: OwnerOptions) => {
      const file = resolve(to)
      if (existsSync(file)) fail(`There is a file ${file} already`, 'choose another name')
      const bytes = await owning(options, async (owner) => {
        const copy = await owner.request('GET', '/owner/backup', { patienceMs: PATIENCE_MS })
        return write(copy, file).catch((error: unknown) =>
          fail(`The backup cannot be written to ${file}: ${error instanceof Error ? error.message : String(error)}`),
        )
      })
      print(options, { file, bytes }, `${file}: ${bytes} bytes\n`)
    })
}

/** All of it, durably, for this user alone; or nothing is left under that name. Resolves with its size, in bytes. */
async function write(copy: Response, file: string): Promise<number> {
  const part = `${file}.part`
  rmSync(part, { force: true })
  const target = await open(part, 'wx', 0o600)
  try {
    let bytes = 0
    for await (const chunk of (copy.body ?? []) as AsyncIterable<Uint8Array>) {
      await target.write(chunk)
      bytes += chunk.length
    }
    await target.sync()
    await rename(part, file)
    return bytes
  } finally {
    await target.close()
    await rm(part, { force: true })
  }
}
