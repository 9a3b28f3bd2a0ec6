import { AppError } from '../../../shared/errors.ts'
import { capacityNow, type Capacity, type Use } from '../../../shared/capacity.ts'
import { Emitter } from '../../../shared/emitter.ts'
import { isQuiet, thisMachine } from '../../lan/machine.ts'
import type { Logger } from '../log.ts'
import { keepCosts, readCosts, type KeptCosts } from './keptCosts.ts'
import { measureCosts } from './probe.ts'

/** How often it is looked at how things stand, in ms. */
const LOOK_EVERY_MS = 5_000

export interface HeadroomOptions {
  /** The data directory. */
  dataDir: string
  workerBin: string | null
  /** How things stand. */
  use: () => Use
  /** How long after the start it is measured what is not known yet, once nobody meets and the machine is quiet, in ms; null: never by itself. */
  measureAfterMs: number | null
  log: Logger
}

/** How many people this machine can hold, and how many of those places are taken: from what was measured, and from how things stand. */
export class Headroom extends Emitter<{ changed: [Capacity] }> {
  readonly #options: HeadroomOptions
  readonly #end = new AbortController()
  readonly #looking: NodeJS.Timeout
  #measuring: { ends: Promise<KeptCosts>; abort: AbortController } | null = null
  #costs: KeptCosts | null
  #capacity: Capacity | null = null
  #measureAt: number

  constructor(options: HeadroomOptions) {
    super()
    this.#options = options
    this.#costs = readCosts(options.dataDir)
    this.#measureAt = performance.now() + (options.measureAfterMs ?? Infinity)
    this.look()
    this.#looking = setInterval(() => this.look(), Math.min(LOOK_EVERY_MS, options.measureAfterMs ?? LOOK_EVERY_MS))
  }

  /** Null until it is measured. */
  get capacity(): Capacity | null {
    return this.#capacity
  }

  /** Someone has come or gone, or time has passed. */
  look(): void {
    const use = this.#options.use()
    if (isMeeting(use)) this.#measuring?.abort.abort(new Error('someone has come'))
    else if (this.#costs === null && performance.now() >= this.#measureAt) this.#measureIfQuiet()
    this.#tell()
  }

  /** Measures anew. Throws `mediaUnavailable` while someone is in a room, and where it cannot be measured now. */
  async measure(): Promise<Capacity> {
    if (isMeeting(this.#options.use()))
      throw new AppError('mediaUnavailable', 'This is not measured while people meet here: it would disturb them')
    this.#measuring ??= this.#begin()
    try {
      await this.#measuring.ends
    } catch (cause) {
      throw new AppError('mediaUnavailable', 'It could not be measured now; try again when this machine has less to do', { cause })
    }
    return this.#capacity!
  }

  async close(): Promise<void> {
    clearInterval(this.#looking)
    this.#end.abort(new Error('the server stops'))
    await this.#measuring?.ends.catch(() => {})
  }

  #measureIfQuiet(): void {
    this.#measureAt = Infinity
    void isQuiet()
      .then(async (quiet) => {
        if (this.#end.signal.aborted) return
        if (quiet) await this.measure()
      })
      .catch((error: unknown) => this.#options.log.info({ err: error }, 'how many people this machine can hold is measured later'))
      .finally(() => (this.#measureAt = performance.now() + LOOK_EVERY_MS))
  }

  #begin() {
    const { dataDir, workerBin, log } = this.#options
    const abort = new AbortController()
    const ends = measureCosts(workerBin, AbortSignal.any([abort.signal, this.#end.signal]))
      .then((costs) => {
        this.#costs = keepCosts(dataDir, costs)
        this.#tell()
        log.info({ costs }, 'measured what it costs to move media')
        return this.#costs
      })
      .finally(() => (this.#measuring = null))
    return { ends, abort }
  }

  #tell(): void {
    if (this.#costs === null) return
    const before = this.#capacity
    this.#capacity = capacityBy(this.#costs, this.#options.use())
    const { people, bottleneck, measuredAt } = this.#capacity
    if (before?.measuredAt !== measuredAt)
      this.#options.log.info({ people, bottleneck, measuredAt }, `this machine can hold about ${people} people in a meeting`)
    if (!before || Object.entries(this.#capacity).some(([name, value]) => before[name as keyof Capacity] !== value))
      this.emit('changed', this.#capacity)
  }
}

/** A meeting is not to be disturbed, and would be counted in. Whoever is alone in a room has nobody to send to. */
const isMeeting = ({ rooms }: Use) => rooms.some((people) => people > 1)

/** How many people this machine can hold, where no server runs: as it was measured last. Null where that was not, or too long ago. */
export function keptCapacity(dataDir: string): Capacity | null {
  const kept = readCosts(dataDir)
  return kept && capacityBy(kept)
}

/** The same, measured now. Throws `mediaUnavailable` where the machine has too much to do. */
export async function measureCapacity(dataDir: string, workerBin: string | null): Promise<Capacity> {
  if (!(await isQuiet())) throw new AppError('mediaUnavailable', 'This machine has too much to do to be measured now')
  return capacityBy(keepCosts(dataDir, await measureCosts(workerBin)))
}

const NOBODY: Use = { rooms: [], processor: 0 }

const capacityBy = ({ costs, measuredAt }: KeptCosts, use = NOBODY): Capacity => ({
  ...capacityNow(costs, thisMachine(), use),
  measuredAt,
})
