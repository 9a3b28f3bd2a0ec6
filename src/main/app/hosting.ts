import type { Logger } from 'pino'
import { Emitter } from '../../shared/emitter.ts'
import type { Hosting as HostingState } from '../../shared/bridge.ts'
import type { Capacity } from '../../shared/capacity.ts'
import { AppError } from '../../shared/errors.ts'
import { HostedNews, type HostedOrder, type HostedRoom } from '../../shared/hosted.ts'

/** The process of a carried server, as Electron's UtilityProcess gives it. */
export interface HostedProcess {
  readonly pid: number | undefined
  postMessage(order: HostedOrder): void
  /** Ends it at once, whatever it is at. */
  kill(): void
  on(event: 'message', listener: (news: unknown) => void): unknown
  once(event: 'exit', listener: (code: number) => void): unknown
}

/** Pauses before a crashed server is started again, in ms: the last one for every further time. */
const PAUSES_MS = [250, 1_000, 4_000, 15_000]
/** A server that was on for this long has not crashed in its start; the pauses begin anew. In ms. */
const PROVEN_MS = 60_000
/** Starts that end before the server is on; after these it is left. */
const MOST_FALSE_STARTS = 3
/** How long an orderly stop may take, in ms. */
const STOP_MS = 8_000
/** How often it is asked for a sign of life, in ms, and how often it may fail to give one. Not a time: that would count a sleep. */
const PULSE_MS = 5_000
const MOST_UNANSWERED = 3

export interface HostingOptions {
  fork: () => HostedProcess
  /** What the server is started with. Asked at each start. */
  config: () => Record<string, unknown>
  /** How many people this computer can hold, as it was known last. */
  capacity: Capacity | null
  log: Logger
}

type Events = {
  changed: [HostingState]
  /** The server is on a port that the system has chosen. */
  moved: [port: number]
  /** There are other rooms that someone is in, or others in them. */
  rooms: []
  /** It is known anew how many people this computer can hold. */
  capacity: [Capacity]
  /** Whoever was to measure that has done so, or cannot. */
  answered: [Capacity | null, message: string]
}

/**
 * The room server that the app carries: started, watched, started again when it crashes, stopped. It runs in a process of its own,
 * so that nothing of it can hold the window up.
 */
export class Hosting extends Emitter<Events> {
  readonly #options: HostingOptions
  #state: HostingState
  #capacity: Capacity | null
  #rooms: readonly HostedRoom[] = []
  #process: HostedProcess | null = null
  /** One that is to measure: the server's, or one that serves nobody. */
  #measuring: HostedProcess | null = null
  /** The port to start on instead of the one that is set: any (0), or the one that people know by now. */
  #port: number | null = null
  #takesAnyPort = false
  #crashes = 0
  #retry: NodeJS.Timeout | null = null
  #pulse: NodeJS.Timeout | null = null
  #unanswered = 0
  /** What was asked for last. */
  #isWanted = false
  #onSince = 0

  constructor(options: HostingOptions) {
    super()
    this.#options = options
    this.#capacity = options.capacity
    this.#state = { status: 'off', capacity: this.#capacity }
  }

  get state(): HostingState {
    return this.#state
  }

  /** How many people are in its rooms. */
  get people(): number {
    return this.#state.status === 'on' ? this.#state.people : 0
  }

  /** Those that someone is in. */
  get rooms(): readonly HostedRoom[] {
    return this.#rooms
  }

  /** Of the server's process; null where there is none. */
  get pid(): number | null {
    return this.#process?.pid ?? null
  }

  /** Resolves when it is on, or cannot be. With `anyPort` it takes a free port where its own is taken. */
  start({ anyPort = false } = {}): Promise<HostingState> {
    this.#isWanted = true
    // One that is stopping is started again when it has ended.
    if (['off', 'failed', 'crashed'].includes(this.#state.status)) {
      this.#port = anyPort ? 0 : null
      this.#crashes = 0
      this.#launch()
    }
    return this.#settled(['on', 'failed', 'off'])
  }

  /** Resolves when it is off, or was started again meanwhile. */
  stop(): Promise<HostingState> {
    this.#isWanted = false
    const running = this.#process
    this.#clearTimers()
    if (!running) {
      this.#off()
    } else if (this.#state.status !== 'stopping') {
      this.#set({ status: 'stopping' })
      running.postMessage({ type: 'stop' })
      const patience = setTimeout(() => running.kill(), STOP_MS)
      running.once('exit', () => clearTimeout(patience))
    }
    return this.#settled(['off', 'on', 'failed'])
  }

  /**
   * Measures anew how many people this computer can hold: by the server where it is on, else by a process that ends with that. Rejects
   * with `mediaUnavailable` where it cannot be measured now.
   */
  async measure(): Promise<Capacity> {
    const { status } = this.#state
    if (this.#measuring || !['on', 'off', 'failed'].includes(status))
      throw unmeasured('This computer is busy; try again in a moment')
    const asked = this.#process ?? this.#forkToMeasure()
    this.#measuring = asked
    const answer = this.once('answered')
    asked.postMessage({ type: 'measure', config: this.#options.config() })
    const [capacity, message] = await answer
    this.#measuring = null
    if (asked !== this.#process) asked.kill()
    if (!capacity) throw unmeasured(message)
    this.#know(capacity)
    return capacity
  }

  #forkToMeasure(): HostedProcess {
    const asked = this.#options.fork()
    asked.on('message', (news) => this.#hear(HostedNews.parse(news)))
    asked.once('exit', () => this.#measuring === asked && this.emit('answered', null, 'It could not be measured'))
    return asked
  }

  #launch(): void {
    const { fork, config, log } = this.#options
    this.#clearTimers()
    this.#measuring?.kill()
    this.#set({ status: 'starting', step: 'folder' })
    const started = fork()
    this.#process = started
    this.#unanswered = 0
    started.on('message', (news) => {
      if (this.#process === started) this.#hear(HostedNews.parse(news))
    })
    started.once('exit', (code) => {
      log.info({ code }, 'the room server has ended')
      if (this.#process === started) this.#ended()
    })
    this.#pulse = setInterval(() => this.#feelPulse(started), PULSE_MS)
    const given = config()
    // Where one port may be any, so may the other.
    const isAny = this.#port === 0 && typeof given['plainPort'] === 'number'
    const settings = { ...given, ...(this.#port !== null && { port: this.#port }), ...(isAny && { plainPort: 0 }) }
    this.#takesAnyPort = settings.port === 0
    started.postMessage({ type: 'start', config: settings })
  }

  #hear(news: HostedNews): void {
    this.#unanswered = 0
    const isStarting = this.#state.status === 'starting'
    switch (news.type) {
      case 'step':
        if (isStarting) this.#set({ status: 'starting', step: news.step })
        return
      case 'ready': {
        this.#onSince = Date.now()
        const { url, urls, fingerprint, words, port, plainPort, firewall, setAside } = news
        // After a crash it is found where it was.
        this.#port = port
        const about = { url, urls, plainPort, fingerprint, words, firewall, setAside }
        if (isStarting) this.#set({ status: 'on', ...about, people: 0, capacity: this.#capacity })
        if (this.#takesAnyPort) this.emit('moved', port)
        return
      }
      case 'failed':
        if (!isStarting) return
        this.#set({ status: 'failed', reason: news.reason, message: news.message })
        // It has nothing more to do, and may not end by itself.
        this.#process?.kill()
        return
      case 'addresses':
        if (this.#state.status === 'on') this.#set({ ...this.#state, urls: news.urls })
        return
      case 'people':
        if (this.#state.status === 'on') this.#set({ ...this.#state, people: news.count })
        return
      case 'rooms':
        this.#rooms = news.rooms
        return this.emit('rooms')
      case 'capacity':
        return this.#know(news.capacity)
      case 'measured':
        return this.emit('answered', news.capacity, '')
      case 'unmeasured':
        return this.emit('answered', null, news.message)
      case 'pong':
        return
    }
  }

  #know(capacity: Capacity): void {
    this.#capacity = capacity
    const { status } = this.#state
    if (status === 'on' || status === 'off') this.#set({ ...this.#state, capacity })
    this.emit('capacity', capacity)
  }

  /** Its process is gone: as it was asked to, because it cannot start, or by a crash. */
  #ended(): void {
    if (this.#measuring && this.#measuring === this.#process) this.emit('answered', null, 'The server has stopped meanwhile')
    this.#process = null
    this.#rooms = []
    this.#clearTimers()
    const { status } = this.#state
    if (status === 'failed') return
    if (status === 'stopping' || status === 'off') return this.#isWanted ? this.#launch() : this.#off()
    if (status === 'on' && Date.now() - this.#onSince > PROVEN_MS) this.#crashes = 0
    if (status === 'starting' && this.#crashes >= MOST_FALSE_STARTS) {
      return this.#set({
        status: 'failed',
        reason: 'other',
        message: 'The room server ends as soon as it is started; the log says more',
      })
    }
    const pause = PAUSES_MS[Math.min(this.#crashes, PAUSES_MS.length - 1)]!
    this.#crashes += 1
    this.#options.log.error({ crashes: this.#crashes, pause }, 'the room server has crashed and is started again')
    this.#retry = setTimeout(() => this.#launch(), pause)
    this.#set({ status: 'crashed', retryAt: Date.now() + pause })
  }

  /** One that hangs is killed, and started again like any that crashed. */
  #feelPulse(running: HostedProcess): void {
    if (this.#unanswered >= MOST_UNANSWERED) {
      this.#options.log.error('the room server hangs and is killed')
      running.kill()
    } else {
      this.#unanswered += 1
      running.postMessage({ type: 'ping' })
    }
  }

  #clearTimers(): void {
    if (this.#retry) clearTimeout(this.#retry)
    if (this.#pulse) clearInterval(this.#pulse)
    this.#retry = this.#pulse = null
  }

  async #settled(wanted: HostingState['status'][]): Promise<HostingState> {
    while (!wanted.includes(this.#state.status)) await this.once('changed')
    return this.#state
  }

  #off(): void {
    this.#set({ status: 'off', capacity: this.#capacity })
  }

  #set(state: HostingState): void {
    this.#state = state
    this.emit('changed', state)
  }
}

const unmeasured = (message: string) => new AppError('mediaUnavailable', message)
