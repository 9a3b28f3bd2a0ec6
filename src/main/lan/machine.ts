import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism, cpus, networkInterfaces, totalmem } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import type { Machine } from '../../shared/capacity.ts'

/** For how long it is looked at, in ms, and how much of its cores nobody may have used meanwhile for it to count as quiet. */
const LOOK_MS = 300
const QUIET = 0.6

/** What this machine has. */
export function thisMachine(): Machine {
  const constrained = process.constrainedMemory()
  return {
    cores: availableParallelism(),
    // 0 where there is no limit; or more than there is.
    memoryBytes: constrained > 0 ? Math.min(constrained, totalmem()) : totalmem(),
    linkMbps: linkMbps(),
  }
}

/** What the costs of moving media depend on, as the system names it. */
export const processorName = () => `${cpus()[0]?.model.trim() ?? 'unknown'} (${process.arch})`

/** Whether most of the machine has nothing to do at the moment. */
async function isQuiet(): Promise<boolean> {
  const before = times()
  await delay(LOOK_MS)
  const after = times()
  return after.idle - before.idle >= QUIET * (after.all - before.all)
}

/** Resolves with true as soon as it is quiet, and with false where it is not for so long, in ms. */
export async function becomesQuiet(withinMs: number, signal?: AbortSignal): Promise<boolean> {
  for (const until = performance.now() + withinMs; performance.now() < until; signal?.throwIfAborted())
    if (await isQuiet()) return true
  return false
}

/** Of all cores together since the machine was started, in ms. */
function times(): { idle: number; all: number } {
  const sum = { idle: 0, all: 0 }
  for (const { times } of cpus()) {
    sum.idle += times.idle
    sum.all += times.user + times.nice + times.sys + times.irq + times.idle
  }
  return sum
}

/**
 * The speed of the fastest link that is up, in Mbit/s; null where the system does not tell: Linux does, of cables and of most virtual
 * machines (Documentation/ABI/testing/sysfs-class-net), and of no radio.
 */
function linkMbps(): number | null {
  if (process.platform !== 'linux') return null
  const speeds = Object.entries(networkInterfaces())
    .filter(([name, addresses]) => addresses?.some(({ internal }) => !internal) && existsSync(`/sys/class/net/${name}/device`))
    .map(([name]) => speedOf(name))
    .filter((speed) => speed > 0)
  return speeds.length > 0 ? Math.max(...speeds) : null
}

/** −1 where its driver does not know. */
function speedOf(name: string): number {
  try {
    return Number(readFileSync(`/sys/class/net/${name}/speed`, 'utf8'))
  } catch {
    return -1
  }
}
