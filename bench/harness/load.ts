import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { onCore } from './Subject.ts'

/** Runs a load generator, which is a process of its own, and resolves with its result. Throws where it fails. */
export async function generate<R>(generator: string, job: object, { pinned = false } = {}): Promise<R> {
  const [command, ...rest] = [
    ...onCore(pinned ? 1 : null),
    process.execPath,
    join(import.meta.dirname, '../load', `${generator}.ts`),
    JSON.stringify(job),
  ]
  const child = spawn(command, rest, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  let result: R | null = null
  child.on('message', (message) => (result = message as R))
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0 || result === null) throw new Error(`the load generator ${generator} failed`)
  return result
}

/** A load generator's side of it: what to do. */
export function job<J>(): J {
  return JSON.parse(process.argv[2] ?? '') as J
}

/** Hands the result over and ends the process, whatever is still open in it. */
export function finish(result: object): void {
  process.send!(result, () => process.exit(0))
}
