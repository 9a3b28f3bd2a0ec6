import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { ErrorCode } from '../../shared/errors.ts'
import type { RequestName } from '../../shared/protocol.ts'
import type { Headroom } from './capacity/Headroom.ts'
import type { RoomServer } from './RoomServer.ts'
import type { Sfu } from './sfu.ts'

/** How often the event loop is looked at, in ms. The histogram counts this time in, and it is taken off again. */
const LOOP_EVERY_MS = 20
/** Of requests, in seconds: from what a roster takes from memory to what nobody waits for. */
const REQUEST_BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]

/**
 * What the server says of itself to Prometheus: numbers only, no name, no id of a room. Gauges are read when they are asked for, so
 * that they cost nothing otherwise.
 */
export class Metrics {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE
  readonly #registry = new Registry()
  readonly #loop = monitorEventLoopDelay({ resolution: LOOP_EVERY_MS })
  readonly #requests: Histogram<'request'>
  readonly #refusals: Counter<'code'>

  constructor(rooms: RoomServer, sfu: Sfu, headroom: Headroom) {
    const registers = [this.#registry]
    this.#loop.enable()
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        ...{ name, help, registers },
        collect() {
          this.set(read())
        },
      })
    const sum = (of: (room: typeof rooms.living extends Iterable<infer R> ? R : never) => number) => () =>
      [...rooms.living].reduce((total, room) => total + of(room), 0)
    const ofPeers = (of: (media: { producers: readonly unknown[]; consumers: number }) => number) =>
      sum(({ roster }) => [...roster].reduce((total, { media }) => total + of(media), 0))

    new Gauge({
      ...{ name: 'lanyard_rooms', help: 'Rooms that someone is in, by their state.', labelNames: ['state'], registers },
      collect() {
        for (const state of ['ACTIVE', 'IN_CALL'])
          this.set({ state }, [...rooms.living].filter(({ info }) => info.state === state).length)
      },
    })
    gauge('lanyard_connections', 'Clients that are connected.', () => rooms.connections)
    gauge('lanyard_peers', 'Seats that are taken in rooms.', () => rooms.people.total)
    gauge(
      'lanyard_waiting',
      'People who wait before rooms.',
      sum(({ door }) => door.waiting.size),
    )
    gauge(
      'lanyard_producers',
      'Streams that come in.',
      ofPeers(({ producers }) => producers.length),
    )
    gauge(
      'lanyard_consumers',
      'Streams that go out.',
      ofPeers(({ consumers }) => consumers),
    )
    new Gauge({
      ...{
        name: 'lanyard_capacity_people',
        help: 'About how many people this machine can hold.',
        labelNames: ['bottleneck'],
        registers,
      },
      collect() {
        this.reset()
        const { capacity } = headroom
        if (capacity) this.set({ bottleneck: capacity.bottleneck }, capacity.people)
      },
    })
    gauge('lanyard_workers_load', 'What the media workers have used of late, in cores.', () => sfu.load)
    gauge('lanyard_workers', 'Media workers that live.', () => sfu.workerPids.length)
    new Counter({
      ...{ name: 'lanyard_worker_cpu_seconds_total', help: 'CPU time of a media worker.', labelNames: ['pid'], registers },
      collect() {
        this.reset()
        for (const { pid, cpuSeconds } of sfu.usage) this.inc({ pid }, cpuSeconds)
      },
    })
    new Counter({
      ...{ name: 'process_cpu_seconds_total', help: 'CPU time of the server’s process.', registers },
      collect() {
        const { user, system } = process.cpuUsage()
        this.reset()
        this.inc((user + system) / 1e6)
      },
    })
    gauge('process_resident_memory_bytes', 'Memory of the server’s process.', () => process.memoryUsage.rss())
    const loop = this.#loop
    new Gauge({
      ...{ name: 'lanyard_event_loop_delay_seconds', help: 'How late the event loop was since it was last asked.', registers },
      labelNames: ['quantile'],
      collect() {
        for (const quantile of [0.5, 0.99, 1]) this.set({ quantile }, late(loop.percentile(quantile * 100)))
        loop.reset()
      },
    })
    this.#requests = new Histogram({
      ...{ name: 'lanyard_request_seconds', help: 'How long requests take; of sendChat, until it is durable.', registers },
      ...{ labelNames: ['request'], buckets: REQUEST_BUCKETS },
    })
    this.#requests.zero({ request: 'sendChat' })
    this.#refusals = new Counter({
      ...{ name: 'lanyard_refusals_total', help: 'Requests that were answered with an error, by its code.', registers },
      labelNames: ['code'],
    })
  }

  /** A request was answered after so many milliseconds; with that error, or with success. */
  answered(request: RequestName, ms: number, code: ErrorCode | null): void {
    this.#requests.observe({ request }, ms / 1_000)
    if (code !== null) this.#refusals.inc({ code })
  }

  /** In the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }

  close(): void {
    this.#loop.disable()
  }
}

/** From nanoseconds to seconds; without any look at the loop there is no number. */
const late = (ns: number) => (ns > 0 ? Math.max(0, ns / 1e9 - LOOP_EVERY_MS / 1_000) : 0)
