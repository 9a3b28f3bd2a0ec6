import { isDeepStrictEqual } from 'node:util'
import { Emitter } from '../../../shared/emitter.ts'
import type { Fingerprint } from '../../../shared/fingerprint.ts'
import type { LocalAddress } from '../localAddresses.ts'
import type { Question, Record } from './message.ts'
import { instanceName, serviceType } from './service.ts'
import { Sightings, type Seen } from './Sightings.ts'
import type { Heard, Wire } from './wire.ts'

/** RFC 6762, section 5.2: the first question after a short wait, so that not all ask at once; then ever more seldom. In ms. */
const firstAskAfter = [20, 120] as const
const askAgainAfter = 1_000
const askAtLeastEvery = 60_000
/** Between two questions, whatever others do. In ms. */
const askAtMostEvery = 400
/** In one question, so that it fits into a packet. Where more are to be asked for, everyone is. */
const mostLabels = 12
/** What is due in a moment is done together. In ms. */
const workAtMostEvery = 50
/** What comes together is told together. In ms. */
const tellAfter = 50

/** What is open while servers are looked for. */
interface Search {
  wire: Wire
  offs: (() => void)[]
  sightings: Sightings
  /** When to ask for everyone, and how long after that again. */
  askAllAt: number
  askAllAfter: number
  askedAt: number
  workedAt: number
  due: Set<string>
  timer: NodeJS.Timeout | null
}

interface Networks {
  /** Opens what is searched on; it is closed with the search. */
  open: () => Wire
  /** This machine's own addresses, by which others' are ranked. */
  own: () => readonly LocalAddress[]
  /** Whether someone has met that server before: it is seen, however many others show themselves. */
  isKnown?: (fingerprint: Fingerprint) => boolean
}

/** Looks for servers on the local networks while it is started. */
export class Browser extends Emitter<{ changed: [] }> {
  readonly #networks: Networks
  #search: Search | null = null
  #seen: readonly Seen[] = []
  #telling: NodeJS.Timeout | null = null

  constructor(networks: Networks) {
    super()
    this.#networks = networks
  }

  /** The servers that show themselves, in the order in which they came. Empty while nobody looks. */
  get seen(): readonly Seen[] {
    return this.#seen
  }

  /** What was left out in this search: records that were malformed, and claims for which there was no room. */
  get leftOut(): { malformed: number; refused: number } {
    const { malformed = 0, refused = 0 } = this.#search?.sightings ?? {}
    return { malformed, refused }
  }

  start(): void {
    if (this.#search) return
    const wire = this.#networks.open()
    const [least, most] = firstAskAfter
    const search: Search = {
      wire,
      offs: [],
      sightings: new Sightings(this.#networks.isKnown ?? (() => false)),
      askAllAt: performance.now() + least + Math.random() * (most - least),
      askAllAfter: askAgainAfter,
      askedAt: -Infinity,
      workedAt: -Infinity,
      due: new Set(),
      timer: null,
    }
    this.#search = search
    search.offs = [
      wire.on('heard', (heard) => this.#hear(search, heard)),
      wire.on('changed', () => {
        search.sightings.keepLinks(wire.links)
        this.#askAnew(search)
      }),
      wire.on('woke', () => {
        search.sightings.doubtAll(performance.now())
        this.#askAnew(search)
      }),
    ]
    this.#wait(search)
  }

  stop(): void {
    const search = this.#search
    if (!search) return
    this.#search = null
    clearTimeout(search.timer ?? undefined)
    for (const off of search.offs) off()
    search.wire.close()
    this.#tell()
  }

  /** As stop(): nothing else is held. */
  close(): void {
    this.stop()
    clearTimeout(this.#telling ?? undefined)
  }

  #hear(search: Search, heard: Heard): void {
    if (!heard.message.isResponse) return
    search.sightings.hear(heard, performance.now())
    this.#wait(search)
    this.#tellSoon()
  }

  /** Where the network is another, all is asked from the beginning. */
  #askAnew(search: Search): void {
    search.askAllAt = Math.min(search.askAllAt, performance.now() + firstAskAfter[0])
    search.askAllAfter = askAgainAfter
    this.#wait(search)
    this.#tellSoon()
  }

  /** Sleeps until there is something to do. */
  #wait(search: Search): void {
    const now = performance.now()
    const nextAsk = Math.max(search.due.size > 0 ? now : search.askAllAt, search.askedAt + askAtMostEvery)
    const nextAt = Math.max(now, search.workedAt + workAtMostEvery, Math.min(nextAsk, search.sightings.nextAt))
    clearTimeout(search.timer ?? undefined)
    search.timer = setTimeout(() => this.#work(search), nextAt - now)
  }

  #work(search: Search): void {
    const now = performance.now()
    search.workedAt = now
    search.sightings.expire(now)
    for (const label of search.sightings.takeDue(now)) search.due.add(label)
    if (now >= search.askedAt + askAtMostEvery) this.#ask(search, now)
    this.#wait(search)
    this.#tellSoon()
  }

  #ask(search: Search, now: number): void {
    const { wire, due, sightings } = search
    const isCrowd = due.size > mostLabels
    const asksAll = isCrowd || now >= search.askAllAt
    if (!asksAll && due.size === 0) return
    const labels = isCrowd ? [] : [...due]
    due.clear()
    // A server's own records are asked for by their name, which nobody else's answer makes superfluous.
    const questions: Question[] = labels.map((label) => ({ name: instanceName(label), type: 'TXT' }))
    if (asksAll) questions.push({ name: serviceType, type: 'PTR' })
    for (const link of wire.links) {
      const known = asksAll ? sightings.known(link, now).slice(0, mostLabels) : []
      const records = known.map(({ label, ttl }): Record => ({ type: 'PTR', name: serviceType, ttl, data: instanceName(label) }))
      void wire.send({ id: 0, isResponse: false, questions, records }, link)
    }
    search.askedAt = now
    if (now < search.askAllAt) return
    search.askAllAt = now + search.askAllAfter
    search.askAllAfter = Math.min(search.askAllAfter * 2, askAtLeastEvery)
  }

  #tellSoon(): void {
    this.#telling ??= setTimeout(() => this.#tell(), tellAfter)
  }

  /** Announces what has changed, if anything has. */
  #tell(): void {
    clearTimeout(this.#telling ?? undefined)
    this.#telling = null
    const seen = this.#search?.sightings.seen(this.#networks.own()) ?? []
    const before = this.#seen
    if (seen.length === before.length && seen.every((server, index) => isDeepStrictEqual(server, before[index]))) return
    this.#seen = seen
    this.emit('changed')
  }
}
