/** What `ip` does with network namespaces. */
import { execFile, type ChildProcess } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { once } from 'node:events'

/** Runs `ip`, and gives what it prints. */
export function ip(...args: string[]): Promise<string> {
  return runToEnd(execFile('ip', args))
}

/** Waits for a program's end, and gives what it printed. @throws what it complained of, where it failed */
export async function runToEnd(child: ChildProcess, input = ''): Promise<string> {
  // One that fails at once does not read; its code tells.
  child.stdin?.on('error', () => null).end(input)
  const [printed, complaint, [code]] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, 'close') as Promise<[number | null]>,
  ])
  if (code !== 0) throw new Error(`${child.spawnargs.join(' ')} failed: ${complaint.trim()}`)
  return printed
}

/** Kills every process that has that network. */
export async function killAllIn(namespace: string): Promise<void> {
  for (const pid of (await ip('netns', 'pids', namespace)).split('\n').filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
  }
}
