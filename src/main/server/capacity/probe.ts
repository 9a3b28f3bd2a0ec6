import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import type { types } from 'mediasoup'
import type { Costs } from '../../../shared/capacity.ts'
import { endWorker, mediaCodecs, startWorker } from '../sfu.ts'
import { makeStream, packetOf, type Stream } from './samplePackets.ts'
import { SrtpSender } from './SrtpSender.ts'

/** To how many people a packet is sent on. */
const RECEIVERS = 10
/** How many packets a run takes in: at 1.5 Mbit/s, two seconds of a camera. */
const PACKETS = 400
/** As they come in where many send at once: a worker that is nearly busy finds several whenever it looks. */
const BURST = 10
const BURST_EVERY_MS = 2
/** For how long the last packets are on their way. */
const SETTLE_MS = 20
/** A machine on which it takes longer than this is too busy to tell. */
const MOST_MS = 10_000
/** Away from the ports that servers take by default, and from those of meetings here. */
const portRange = { min: 50_000, max: 59_999 }
const listenInfo = { protocol: 'udp', ip: '127.0.0.1', portRange } as const

/** What one run has moved, and what that took. */
export interface Run {
  packetsIn: number
  packetsOut: number
  cpuMs: number
}

/**
 * Measures what moving media costs here: real packets, over UDP and encrypted on both ways, through a media worker that is there for this
 * alone and stands back behind all else. Takes about a second, one fifth of it work. Throws where no worker runs, where `signal` says
 * that it is to end, and where the machine is too busy.
 */
export async function measureCosts(workerBin: string | null, signal?: AbortSignal): Promise<Costs> {
  const probe = await Probe.start(workerBin)
  const late = AbortSignal.timeout(MOST_MS)
  const stop = () => void probe.close()
  const signals = signal ? [signal, late] : [late]
  for (const each of signals) each.addEventListener('abort', stop)
  try {
    for (const each of signals) each.throwIfAborted()
    return { ...(await probe.memory()), video: await probe.cost('video'), audio: await probe.cost('audio') }
  } finally {
    for (const each of signals) each.removeEventListener('abort', stop)
    await probe.close()
  }
}

/** A worker of its own, and sockets to send to it and to receive from it. */
export class Probe {
  readonly #worker: types.Worker
  readonly #router: types.Router
  readonly #sink: Socket
  #closing: Promise<void> | null = null

  private constructor(worker: types.Worker, router: types.Router, sink: Socket) {
    this.#worker = worker
    this.#router = router
    this.#sink = sink
  }

  /** Of the worker. */
  get pid(): number {
    return this.#worker.pid
  }

  static async start(workerBin: string | null): Promise<Probe> {
    const worker = await startWorker(workerBin)
    const sink = createSocket({ type: 'udp4', recvBufferSize: 1 << 22 })
    try {
      setPriority(worker.pid, constants.priority.PRIORITY_BELOW_NORMAL)
      sink.bind(0, '127.0.0.1')
      await once(sink, 'listening')
      return new Probe(worker, await worker.createRouter({ mediaCodecs }), sink)
    } catch (error) {
      sink.close()
      await endWorker(worker)
      throw error
    }
  }

  /** Processor time for a packet of that kind, in µs: alone, and by the difference that receivers make. */
  async cost(kind: Stream['kind']): Promise<Costs['video']> {
    const alone = await this.run(kind, 0)
    const sent = await this.run(kind, RECEIVERS)
    const each = (alone.cpuMs * 1_000) / alone.packetsIn
    return { in: each, out: (sent.cpuMs * 1_000 - each * sent.packetsIn) / sent.packetsOut }
  }

  /** Sends so many packets to the worker, which sends them on to so many receivers. */
  async run(kind: Stream['kind'], receivers: number, packets = PACKETS): Promise<Run> {
    const srtp = new SrtpSender()
    const into = await this.#transport(srtp, true)
    const stream = makeStream(kind, this.#codec(kind).preferredPayloadType)
    const producer = await into.produce({ kind, rtpParameters: this.#rtpParameters(stream) })
    const consumers: types.Consumer[] = []
    const ways: types.PlainTransport[] = []
    for (let i = 0; i < receivers; i += 1) {
      const way = await this.#transport(new SrtpSender(), false)
      ways.push(way)
      consumers.push(
        await way.consume({ producerId: producer.id, rtpCapabilities: this.#router.rtpCapabilities, enableRtx: true }),
      )
    }
    const socket = createSocket('udp4')
    try {
      socket.connect(into.tuple.localPort, '127.0.0.1')
      await once(socket, 'connect')
      const all = Array.from({ length: packets }, (_, number) => srtp.protect(packetOf(stream, number)))
      const before = await this.#cpuMs()
      for (let sent = 0; sent < packets; sent += BURST) {
        for (const packet of all.slice(sent, sent + BURST)) socket.send(packet)
        await delay(BURST_EVERY_MS)
      }
      await delay(SETTLE_MS)
      const cpuMs = (await this.#cpuMs()) - before
      return { packetsIn: await countOf([producer]), packetsOut: await countOf(consumers), cpuMs }
    } finally {
      socket.close()
      for (const transport of [into, ...ways]) transport.close()
    }
  }

  /** Of the worker: for each person, who has a transport in each direction, and for each stream that goes out, in bytes. */
  async memory(): Promise<Pick<Costs, 'personBytes' | 'streamBytes'>> {
    const start = this.#bytes
    const transports = await Promise.all(
      Array.from({ length: 2 * RECEIVERS }, () => this.#router.createWebRtcTransport({ listenInfos: [listenInfo] })),
    )
    const connected = this.#bytes
    await this.run('video', RECEIVERS)
    const streaming = this.#bytes
    for (const transport of transports) transport.close()
    const each = (bytes: number) => Math.max(0, Math.round(bytes / RECEIVERS))
    return { personBytes: each(connected - start), streamBytes: each(streaming - connected) }
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  async #close(): Promise<void> {
    this.#sink.close()
    await endWorker(this.#worker)
  }

  #codec(kind: Stream['kind']): types.RtpCodecCapability {
    return this.#router.rtpCapabilities.codecs!.find((codec) => codec.kind === kind)!
  }

  #rtpParameters({ kind, ssrc, payloadType }: Stream): types.RtpParameters {
    const { mimeType, clockRate, channels, rtcpFeedback } = this.#codec(kind)
    const codec = {
      mimeType,
      clockRate,
      ...(channels !== undefined && { channels }),
      payloadType,
      rtcpFeedback: rtcpFeedback ?? [],
    }
    return { codecs: [codec], encodings: [{ ssrc }], rtcp: { cname: 'probe' } }
  }

  /** One that takes from whoever sends, or one that sends to the sink. */
  async #transport(srtp: SrtpSender, isInto: boolean): Promise<types.PlainTransport> {
    const options = { listenInfo, rtcpMux: true, comedia: isInto, enableSrtp: true, srtpCryptoSuite: srtp.suite } as const
    const transport = await this.#router.createPlainTransport(options)
    const to = isInto ? {} : { ip: '127.0.0.1', port: this.#sink.address().port }
    await transport.connect({ ...to, srtpParameters: srtp.parameters })
    return transport
  }

  async #cpuMs(): Promise<number> {
    const { ru_utime, ru_stime } = await this.#worker.getResourceUsage()
    return ru_utime + ru_stime
  }

  /** What it has in memory now. Linux alone tells this of another process; the most that it ever had, which libuv knows, counts its start in. */
  get #bytes(): number {
    try {
      const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${this.#worker.pid}/status`, 'utf8')) ?? []
      return Number(kilobytes ?? 0) * 1_024
    } catch {
      return 0
    }
  }
}

async function countOf(streams: readonly (types.Producer | types.Consumer)[]): Promise<number> {
  const counts = streams.map(async (stream) => {
    // A consumer also tells of what it receives, which is its producer's.
    const wanted = 'producerId' in stream ? 'outbound-rtp' : 'inbound-rtp'
    const stats: { type: string; packetCount: number }[] = await stream.getStats()
    return stats.find(({ type }) => type === wanted)?.packetCount ?? 0
  })
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
}
