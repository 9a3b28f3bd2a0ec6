import { AppError } from '../../../shared/errors.ts'
import { capacityNow, type Capacity, type Use } from '../../../shared/capacity.ts'
import { Emitter } from '../../../shared/emitter.ts'
import { becomesQuiet, thisMachine } from '../../lan/machine.ts'
import type { Logger } from '../log.ts'
import { keepCosts, readCosts, type KeptCosts } from './keptCosts.ts'
import { measureCosts } from './probe.ts'

/** How often it is looked at how things stand, in ms. */
const LOOK_EVERY_MS = 5_000
/** For how long a quiet moment is waited for, in ms, and how long after that it is tried again where nobody has asked for it. */
const WAIT_MS = 10_000
const AGAIN_MS = 60_000

/** What is measured, and where that is kept. */
interface Measured {
  /** The data directory. */
  dataDir: string
  workerBin: string | null
  /** Waits for a quiet moment; the machine's own, where nothing is said. */
  quiet?: typeof becomesQuiet
}

export interface HeadroomOptions extends Measured {
  /** How things stand. */
  use: () => Use
  /** How long after the start what is not known yet may be measured, while nobody meets, in ms; null: only when it is asked for. */
  measureAfterMs: number | null
  log: Logger
}

/** How many people this machine can hold, and how many of those places are taken: from what was measured, and from how things stand. */
export class Headroom extends Emitter<{ changed: [Capacity] }> {
  readonly #options: HeadroomOptions
  readonly #looking: NodeJS.Timeout
  #measuring: { ends: Promise<void>; abort: AbortController } | null = null
  #costs: KeptCosts | null
  #capacity: Capacity | null = null
  /** Whether it may measure by itself now, and until then, what it waits with. */
  #mayMeasure = false
  #waiting: NodeJS.Timeout | null = null
  #closed = false

  constructor(options: HeadroomOptions) {
    super()
    this.#options = options
    this.#costs = readCosts(options.dataDir)
    this.#tell()
    this.#looking = setInterval(() => this.look(), LOOK_EVERY_MS)
    if (options.measureAfterMs !== null && this.#costs === null) this.#waitToMeasure(options.measureAfterMs)
  }

  /** Null until it is measured. */
  get capacity(): Capacity | null {
    return this.#capacity
  }

  /** Someone has come or gone, or time has passed. */
  look(): void {
    if (this.#closed) return
    if (isMeeting(this.#options.use())) this.#measuring?.abort.abort(new Error('a meeting has begun'))
    else if (this.#mayMeasure) this.#measureByItself()
    this.#tell()
  }

  /** Measures anew, as soon as the machine is quiet. Throws `mediaUnavailable` while people meet, and where it does not come to be quiet. */
  async measure(): Promise<Capacity> {
    if (this.#closed || isMeeting(this.#options.use()))
      throw new AppError('mediaUnavailable', 'This is not measured while people meet here: it would disturb them')
    this.#measuring ??= this.#begin()
    await this.#measuring.ends
    return this.#capacity!
  }

  /** Resolves when nothing is being measured any more. */
  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#looking)
    if (this.#waiting) clearTimeout(this.#waiting)
    this.#measuring?.abort.abort(new Error('the server stops'))
    await this.#measuring?.ends.catch(() => {})
  }

  #waitToMeasure(ms: number): void {
    this.#waiting = setTimeout(() => {
      this.#mayMeasure = true
      this.look()
    }, ms)
  }

  #measureByItself(): void {
    this.#mayMeasure = false
    this.measure().catch((error: unknown) => {
      if (this.#closed) return
      this.#options.log.info({ err: error }, 'how many people this machine can hold is measured later')
      this.#waitToMeasure(AGAIN_MS)
    })
  }

  #begin() {
    const { log } = this.#options
    const abort = new AbortController()
    const ends = measureInQuiet(this.#options, abort.signal)
      .then((kept) => {
        log.info({ costs: kept.costs }, 'measured what it costs to move media')
        this.#costs = kept
        this.#tell()
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

/** How many people this machine can hold, where no server runs: as it was measured last. Null where that was not, or too long ago. */
export function keptCapacity(dataDir: string): Capacity | null {
  const kept = readCosts(dataDir)
  return kept && capacityBy(kept, NOBODY)
}

/** The same, measured as soon as the machine is quiet. Throws `mediaUnavailable` where it does not come to be so. */
export async function measureCapacity(measured: Measured): Promise<Capacity> {
  return capacityBy(await measureInQuiet(measured), NOBODY)
}

const NOBODY: Use = { rooms: [], processor: 0 }

/** A meeting is not to be disturbed, and would be counted in. Whoever is alone in a room has nobody to send to. */
const isMeeting = ({ rooms }: Use) => rooms.some((people) => people > 1)

async function measureInQuiet({ dataDir, workerBin, quiet = becomesQuiet }: Measured, signal?: AbortSignal): Promise<KeptCosts> {
  try {
    if (!(await quiet(WAIT_MS, signal))) throw new Error('the machine has too much to do')
    signal?.throwIfAborted()
    return keepCosts(dataDir, await measureCosts(workerBin, signal))
  } catch (cause) {
    throw new AppError('mediaUnavailable', 'It could not be measured now; try again when this machine has less to do', { cause })
  }
}

const capacityBy = ({ costs, measuredAt }: KeptCosts, use: Use): Capacity => ({
  ...capacityNow(costs, thisMachine(), use),
  measuredAt,
})
