import { AppError } from '../../shared/errors.ts'
import { Source } from '../../shared/model.ts'
import type { Params, Value } from '../../shared/protocol.ts'
import type { Peer } from './Peer.ts'
import type { Room } from './Room.ts'

const sources = Source.options

/** What each of those in a room may send, and what is taken from them. Nobody is ever made to send. */
export class Sending {
  readonly #room: Room

  constructor(room: Room) {
    this.#room = room
  }

  async produce(peer: Peer, params: Params<'produce'>): Promise<Value<'produce'>> {
    this.require(peer, params.source)
    return { producerId: await peer.media.produce(params) }
  }

  async resume(peer: Peer, producerId: string): Promise<void> {
    const source = peer.media.sourceOf(producerId)
    if (source) this.require(peer, source)
    await peer.media.resumeProducer(producerId)
  }

  /** Stops what someone sends; they may not send it again until it is allowed. */
  stop(peer: Peer, stopped: readonly Source[]): void {
    peer.stopped = new Set([...peer.stopped, ...stopped])
    this.#silence(peer, stopped)
  }

  allow(peer: Peer, allowed: readonly Source[]): void {
    peer.stopped = new Set([...peer.stopped].filter((source) => !allowed.includes(source)))
    this.#room.roster.changed(peer)
  }

  /** Whoever may not send something any more, by their role or the room's limits, does not. */
  limit(peer: Peer): void {
    const sent = new Set(peer.media.producers.filter(({ paused }) => !paused).map(({ source }) => source))
    const lost = sources.filter((source) => (peer.declared[source] || sent.has(source)) && !this.#may(peer, source))
    peer.media.limit(this.#room.stored.mediaLimits.maxKbps)
    // Most changes of a room take nothing from anyone, and then there is nothing to tell.
    if (lost.length > 0) this.#silence(peer, lost)
  }

  /** Throws `forbidden` with the reason for which someone may not send this. */
  require(peer: Peer, source: Source): void {
    this.#room.require(peer, 'publish')
    if (this.#may(peer, source)) return
    const sentence = peer.stopped.has(source)
      ? `Your ${source} was stopped by a host of this room, who can allow it again`
      : `In this room only its hosts send a ${source}`
    throw new AppError('forbidden', sentence, { details: { source } })
  }

  #silence(peer: Peer, silenced: readonly Source[]): void {
    // A worker that dies meanwhile takes them along.
    void peer.media.pauseSources(silenced).catch(() => {})
    this.#room.update(peer, Object.fromEntries(silenced.map((source) => [source, false])))
    this.#room.roster.changed(peer)
  }

  /** Those who lead a room may send what they have taken from the others. */
  #may(peer: Peer, source: Source): boolean {
    const isInLimits = peer.may('stop') || this.#room.stored.mediaLimits[source]
    return peer.may('publish') && !peer.stopped.has(source) && isInLimits
  }
}
