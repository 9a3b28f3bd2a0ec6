/** The costs of moving media, as they were measured last on this machine, in a file of the data directory. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { Costs, COSTS_LAST_MS } from '../../../shared/capacity.ts'
import { processorName } from '../../lan/machine.ts'
import { workerVersion } from '../sfu.ts'

const KeptCosts = z.object({
  /** What they hold for: a directory may come to another machine, and the worker may be replaced. */
  processor: z.string(),
  worker: z.string(),
  measuredAt: z.iso.datetime(),
  costs: Costs,
})
export type KeptCosts = z.infer<typeof KeptCosts>

const fileIn = (dataDir: string) => join(dataDir, 'capacity.json')

/** Null where there are none, or none that hold for this machine now. */
export function readCosts(dataDir: string): KeptCosts | null {
  const kept = KeptCosts.safeParse(parsed(fileIn(dataDir))).data
  if (kept?.processor !== processorName() || kept.worker !== workerVersion) return null
  const age = Date.now() - Date.parse(kept.measuredAt)
  return age >= 0 && age < COSTS_LAST_MS ? kept : null
}

/** Where the disk refuses, they are good for this run. */
export function keepCosts(dataDir: string, costs: Costs): KeptCosts {
  const kept = { processor: processorName(), worker: workerVersion, measuredAt: new Date().toISOString(), costs }
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    writeFileSync(`${fileIn(dataDir)}.new`, JSON.stringify(kept))
    renameSync(`${fileIn(dataDir)}.new`, fileIn(dataDir))
  } catch {
    // They are measured again at the next start.
  }
  return kept
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}
