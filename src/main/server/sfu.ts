import { isIP, isIPv6 } from 'node:net'
import { availableParallelism } from 'node:os'
import * as mediasoup from 'mediasoup'
import type { types } from 'mediasoup'
import { AppError } from '../../shared/errors.ts'
import { Emitter } from '../../shared/emitter.ts'
import type { RtpCapabilities } from '../../shared/model.ts'
import type { ServerConfig } from './config.ts'
import type { Logger } from './log.ts'
import { StartError } from './StartError.ts'

/** Of mediasoup, and so of its workers. */
export const workerVersion = mediasoup.version

/** The codecs of every room, in order of preference. */
export const mediaCodecs: types.RouterRtpCodecCapability[] = [
  { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2, parameters: { usedtx: 1, useinbandfec: 1 } },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
  { kind: 'video', mimeType: 'video/VP9', clockRate: 90_000, parameters: { 'profile-id': 0 } },
  {
    kind: 'video',
    mimeType: 'video/H264',
    clockRate: 90_000,
    // Constrained baseline 3.1, which every browser has.
    parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 },
  },
]

/**
 * The least time between two key-frame requests to a sender, in ms. libwebrtc's encoder ignores a request that follows another
 * within 300 ms (kMinKeyframeSendInterval in its EncoderRtcpFeedback), and mediasoup would repeat an ignored one after
 * 1,000 ms only. The rest is for requests that are delayed on their way, or they meet after all (see docs/benchmarks.md).
 */
const KEY_FRAME_REQUEST_DELAY_MS = 400

/** What consumers may start with, in bit/s: a LAN carries it, and congestion control takes it from there. */
const INITIAL_OUTGOING_BITRATE = 5_000_000

/** One step of it in a candidate's priority. */
const LOCAL_PREFERENCE = 2 ** 8

/** How long the ports of a server that has just crashed are waited for, in ms. */
const PORT_WAIT_MS = 10_000

interface Slot {
  worker: types.Worker
  server: types.WebRtcServer
  port: number
  routers: number
  /** As of its last sign of life. */
  cpuSeconds: number
  /** What share of a core it has used between its last two signs of life, and when the last one was (`performance.now()`). */
  load: number
  heardAt: number
}

/** A transport, and where it can be reached now. */
export interface MediaTransport {
  transport: types.WebRtcTransport
  iceCandidates: types.IceCandidate[]
}

/** A router, and the way to make transports on its worker. */
export interface MediaRouter {
  router: types.Router
  createTransport(): Promise<MediaTransport>
}

/** What rooms need of it. */
export type Routers = Pick<Sfu, 'rtpCapabilities' | 'createRouter'>

type SfuConfig = Pick<ServerConfig, 'host' | 'rtcPorts' | 'maxWorkers' | 'workerBin' | 'workerPulseMs'>

/** How long a worker may take to end, in ms; one that hangs is killed then. */
const END_MS = 1_000

/**
 * The media workers. One is started at once and others as routers need them, up to one for each core; a dead one is
 * replaced when the next router is made. The only file that configures mediasoup.
 */
export class Sfu extends Emitter<{ workerDied: [pid: number] }> {
  /** What every router here can do. It does not depend on a worker, so joining never waits for one. */
  readonly rtpCapabilities = mediasoup.ortc.generateRouterRtpCapabilities(mediaCodecs) as RtpCapabilities
  readonly #config: SfuConfig
  readonly #hosts: () => readonly string[]
  readonly #log: Logger
  readonly #slots = new Set<Slot>()
  #starting: Promise<Slot> | null = null
  #closed = false

  private constructor(config: SfuConfig, hosts: () => readonly string[], log: Logger) {
    super()
    this.#config = config
    this.#hosts = hosts
    this.#log = log
  }

  /**
   * Starts with one worker. `hosts` are the addresses at which clients may try it, the best first, asked for each transport: so new ones
   * serve as soon as they are there, and nobody is disturbed. Throws where the worker does not run or no media port is free.
   */
  static async start(config: SfuConfig, hosts: () => readonly string[], log: Logger): Promise<Sfu> {
    const sfu = new Sfu(config, hosts, log)
    await sfu.#startWorker()
    return sfu
  }

  /** Process ids of the living workers. */
  get workerPids(): number[] {
    return [...this.#slots].map((slot) => slot.worker.pid)
  }

  /** The CPU time that each living worker has used up to its last sign of life. */
  get usage(): { pid: number; cpuSeconds: number }[] {
    return [...this.#slots].map(({ worker: { pid }, cpuSeconds }) => ({ pid, cpuSeconds }))
  }

  /** What all workers together have used of late, in cores. */
  get load(): number {
    return [...this.#slots].reduce((sum, { load }) => sum + load, 0)
  }

  /** A router on the least loaded worker; where it may, on a new one, if all are at work. Throws `mediaUnavailable`. */
  async createRouter({ mayStartWorker = true } = {}): Promise<MediaRouter> {
    const slot = await this.#leastLoaded(mayStartWorker)
    slot.routers += 1
    try {
      const router = await slot.worker.createRouter({ mediaCodecs })
      router.observer.once('close', () => (slot.routers -= 1))
      return {
        router,
        createTransport: async () => {
          const transport = await router.createWebRtcTransport({
            webRtcServer: slot.server,
            enableUdp: true,
            enableTcp: true,
            preferUdp: true,
            initialAvailableOutgoingBitrate: INITIAL_OUTGOING_BITRATE,
          })
          return { transport, iceCandidates: candidatesAt(this.#hosts(), transport.iceCandidates) }
        },
      }
    } catch (cause) {
      slot.routers -= 1
      throw unavailable(cause)
    }
  }

  /** Resolves when no worker is left, also none that hangs. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const workers = [...this.#slots].map(({ worker }) => worker)
    this.#slots.clear()
    await Promise.all(workers.map((worker) => endWorker(worker)))
  }

  /** One for each core, but no more than there are ports. */
  get #mostWorkers(): number {
    const { maxWorkers, rtcPorts } = this.#config
    return Math.min(maxWorkers ?? availableParallelism(), rtcPorts.max - rtcPorts.min + 1)
  }

  async #leastLoaded(mayStart: boolean): Promise<Slot> {
    const [least] = [...this.#slots].sort((a, b) => a.routers - b.routers)
    if (least && (!mayStart || least.routers === 0 || this.#slots.size >= this.#mostWorkers)) return least
    this.#starting ??= this.#startWorker().finally(() => (this.#starting = null))
    try {
      return await this.#starting
    } catch (cause) {
      if (least) return least
      throw unavailable(cause)
    }
  }

  async #startWorker(): Promise<Slot> {
    const worker = await startWorker(this.#config.workerBin)
    try {
      if (this.#closed) throw unavailable(null)
      const { server, port } = await this.#listen(worker)
      const slot: Slot = { worker, server, port, routers: 0, cpuSeconds: 0, load: 0, heardAt: performance.now() }
      this.#slots.add(slot)
      const pulse = setInterval(() => void this.#feelPulse(slot), this.#config.workerPulseMs)
      worker.observer.once('close', () => clearInterval(pulse))
      worker.on('died', (error) => {
        this.#slots.delete(slot)
        if (this.#closed) return
        this.#log.error({ pid: worker.pid, err: error }, 'a media worker died')
        this.emit('workerDied', worker.pid)
      })
      this.#log.info({ pid: worker.pid, port }, 'media worker started')
      return slot
    } catch (cause) {
      worker.close()
      throw cause
    }
  }

  /** A worker that hangs would leave requests unanswered for ever; killed, it is replaced like any dead one. */
  async #feelPulse(slot: Slot): Promise<void> {
    const { worker } = slot
    const patience = setTimeout(() => {
      if (worker.closed) return
      this.#log.error({ pid: worker.pid }, 'a media worker hangs and is killed')
      process.kill(worker.pid, 'SIGKILL')
    }, this.#config.workerPulseMs * 0.8)
    const usage = await worker.getResourceUsage().catch(() => null)
    if (usage) {
      const cpuSeconds = (usage.ru_utime + usage.ru_stime) / 1_000
      const now = performance.now()
      slot.load = ((cpuSeconds - slot.cpuSeconds) * 1_000) / (now - slot.heardAt)
      Object.assign(slot, { cpuSeconds, heardAt: now })
    }
    clearTimeout(patience)
  }

  /**
   * Takes the first port of the range that this worker can have. Where none is free it waits a while: after a crash the old
   * server's workers hold theirs for a moment.
   */
  async #listen(worker: types.Worker): Promise<{ server: types.WebRtcServer; port: number }> {
    const { min, max } = this.#config.rtcPorts
    const taken = new Set([...this.#slots].map((slot) => slot.port))
    for (const deadline = Date.now() + PORT_WAIT_MS; ;) {
      let refused: unknown
      for (let port = min; port <= max; port += 1) {
        if (taken.has(port)) continue
        try {
          return { server: await worker.createWebRtcServer({ listenInfos: listenInfos(this.#config, port) }), port }
        } catch (cause) {
          refused = cause
        }
      }
      // With another worker at hand nobody needs to wait.
      if (Date.now() > deadline || this.#slots.size > 0 || this.#closed || worker.closed) {
        throw new AppError(
          'mediaUnavailable',
          `No media port between ${min} and ${max} is free; choose others with --rtc-port-range`,
          { cause: refused },
        )
      }
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

/** A worker, by itself; whoever starts it ends it. Throws a StartError where none runs. */
export function startWorker(workerBin: string | null): Promise<types.Worker> {
  return mediasoup
    .createWorker({ logLevel: 'warn', ...(workerBin !== null && { workerBin }) })
    .catch((cause: unknown) => Promise.reject(workerMissing(workerBin ?? mediasoup.workerBin, cause)))
}

/** Starts sending what a peer produces. The types of mediasoup and mediasoup-client differ by a hair; they meet here. */
export function produceOn(
  transport: types.WebRtcTransport,
  options: { kind: 'audio' | 'video'; rtpParameters: unknown; paused: boolean },
): Promise<types.Producer> {
  return transport.produce({
    kind: options.kind,
    rtpParameters: options.rtpParameters as types.RtpParameters,
    paused: options.paused,
    keyFrameRequestDelay: KEY_FRAME_REQUEST_DELAY_MS,
  })
}

/** Tells who is heard: voices above −60 dBov, four times a second, eight at most. */
export function observeVoices(router: types.Router): Promise<types.AudioLevelObserver> {
  return router.createAudioLevelObserver({ maxEntries: 8, threshold: -60, interval: 250 })
}

export function unavailable(cause: unknown): AppError {
  return new AppError('mediaUnavailable', 'Sound and pictures are not available at the moment; they come back by themselves', {
    cause,
  })
}

const workerMissing = (path: string, cause: unknown) =>
  new StartError(
    'workerMissing',
    `The part that carries sound and pictures does not run (${path}): ${cause instanceof Error ? cause.message : String(cause)}. Install Lanyard again, or, in a checkout, run npm run setup`,
    { cause },
  )

/** One for each protocol: where the address stands for all of the machine's, their candidates are made by `candidatesAt`. */
function listenInfos({ host }: SfuConfig, port: number): types.TransportListenInfo[] {
  const ips = host === '::' ? ['0.0.0.0', '::'] : [host === 'localhost' ? '127.0.0.1' : host]
  return ips.flatMap((ip) =>
    (['udp', 'tcp'] as const).map((protocol) => ({ ip, protocol, port, ...(ip === '::' && { flags: { ipv6Only: true } }) })),
  )
}

/**
 * What is listened on, under each address that clients may try. Each one is a little less preferred than the one before: a step of the
 * local preference (RFC 8445, 5.1.2.1).
 */
function candidatesAt(hosts: readonly string[], listening: readonly types.IceCandidate[]): types.IceCandidate[] {
  return listening.flatMap((candidate) =>
    hosts
      .filter((host) => isIPv6(host) === isIPv6(candidate.address) || !isIP(host))
      .map((host, index) => ({
        ...candidate,
        foundation: `${candidate.foundation}${index}`,
        priority: candidate.priority - index * LOCAL_PREFERENCE,
        address: host,
        ip: host,
      })),
  )
}

/** Resolves when its process is gone, also where it hangs. */
export function endWorker(worker: types.Worker): Promise<void> {
  return new Promise((resolve) => {
    const patience = setTimeout(() => {
      try {
        process.kill(worker.pid, 'SIGKILL')
      } catch {
        resolve()
      }
    }, END_MS)
    worker.once('subprocessclose', () => {
      clearTimeout(patience)
      resolve()
    })
    worker.close()
    if (worker.subprocessClosed) {
      clearTimeout(patience)
      resolve()
    }
  })
}
