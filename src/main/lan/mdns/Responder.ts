import { randomBytes } from 'node:crypto'
import type { Message, Question, ReadMessage, Record } from './message.ts'
import { mdnsPort } from './Multicast.ts'
import { allServices, instanceName, isSameName, labelOf, recordsOf, recordTtl, serviceType, type Announced } from './service.ts'
import type { Heard, Link, Wire } from './wire.ts'

/** RFC 6762, section 6: the same is told to everyone once a second at most; section 8.3: what is new, twice. In ms. */
const atMostEvery = 1_000
const timesTold = 2
/** RFC 6762, section 6: where others may answer too, each waits a while of its own. In ms. */
const shortestWait = 20
const longestWait = 120
/** Labels that are tried. Whoever takes them all is told apart by its fingerprint, as every other is. */
const mostLabels = 9
/** RFC 6762, section 8.1: who has met with so many conflicts in so short a time waits before it does anything about the next. In ms. */
const mostConflicts = 15
const conflictsWithin = 10_000
const waitAfterConflicts = 5_000
/** To single askers, whose addresses may be forged. A second. */
const mostReplies = 10

/** What is still to be told on one link. */
interface Telling {
  toldAt: number
  /** How many more times something new is to be told. */
  news: number
  /** Someone has asked what kinds of services there are. */
  alsoKind: boolean
  timer: NodeJS.Timeout | null
  dueAt: number
}

/** Shows a server on the local networks. Whoever makes one closes it, and then its wire. */
export class Responder {
  readonly #wire: Wire
  readonly #host = `lanyard-${randomBytes(6).toString('hex')}.local`
  readonly #links = new Map<string, Telling>()
  readonly #offs: (() => void)[]
  #announced: Announced
  #labels = 1
  #repliedAt: number[] = []
  #conflictsAt: number[] = []
  #defendedAt = -Infinity
  #isClosed = false

  constructor(announced: Announced, wire: Wire) {
    this.#announced = announced
    this.#wire = wire
    this.#offs = [
      wire.on('heard', (heard) => this.#hear(heard)),
      wire.on('changed', () => this.#announce()),
      wire.on('woke', () => this.#announce()),
    ]
    this.#announce()
  }

  /** The name by which the server goes on the network. */
  get label(): string {
    return labelOf(this.#announced, this.#labels)
  }

  /** Tells everyone what is new. */
  update(changes: Partial<Announced>): void {
    if (this.#isClosed) return
    const gone = this.label
    this.#announced = { ...this.#announced, ...changes }
    this.#announce()
    if (this.label !== gone) void this.#sayGoodbye(gone)
  }

  /** Says goodbye. Resolves when that is sent. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const off of this.#offs) off()
    for (const { timer } of this.#links.values()) clearTimeout(timer ?? undefined)
    await this.#sayGoodbye(this.label)
  }

  /** What is new goes to every link that there is; links that are gone are forgotten. */
  #announce(): void {
    if (this.#isClosed) return
    const links = this.#wire.links.filter(({ asksOnly }) => !asksOnly)
    for (const [id, { timer }] of this.#links) {
      if (links.some((link) => link.id === id)) continue
      clearTimeout(timer ?? undefined)
      this.#links.delete(id)
    }
    for (const { id } of links) {
      this.#telling(id).news = timesTold
      this.#tellIn(0, id)
    }
  }

  async #sayGoodbye(label: string): Promise<void> {
    const goodbye = this.#response(recordsOf(this.#announced, label, this.#host, [], 0))
    await Promise.all(this.#wire.links.filter(({ asksOnly }) => !asksOnly).map((link) => this.#wire.send(goodbye, link)))
  }

  #hear(heard: Heard): void {
    const { message, link } = heard
    if (message.isResponse) return this.#defend(message)
    const asked = message.questions.filter((question) => this.#isOurs(question))
    const unknown = asked.filter((question) => !this.#isKnown(question, message.records))
    if (unknown.length === 0) return
    const alsoKind = unknown.some(({ name }) => isSameName(name, allServices))
    if (heard.port !== mdnsPort) return this.#reply(heard, unknown, alsoKind)
    const telling = this.#telling(link.id)
    telling.alsoKind ||= alsoKind
    // What is ours alone nobody else answers, so nothing is to be waited for.
    const isShared = unknown.some(({ name }) => isSameName(name, allServices) || isSameName(name, serviceType))
    this.#tellIn(isShared ? shortestWait + Math.random() * (longestWait - shortestWait) : 0, link.id)
  }

  #isOurs({ name, type }: Question): boolean {
    const isOf = (...types: string[]) => type === 'ANY' || types.includes(type)
    if (isSameName(name, allServices) || isSameName(name, serviceType)) return isOf('PTR')
    if (isSameName(name, instanceName(this.label))) return isOf('SRV', 'TXT')
    return isSameName(name, this.#host) && isOf('A', 'AAAA')
  }

  /** RFC 6762, section 7.1: the asker knows it already, and will for half of its time at least. */
  #isKnown({ name }: Question, known: Record[]): boolean {
    const answer = isSameName(name, allServices) ? serviceType : isSameName(name, serviceType) ? instanceName(this.label) : null
    return known.some(
      (record) =>
        record.type === 'PTR' &&
        answer !== null &&
        isSameName(record.name, name) &&
        isSameName(record.data, answer) &&
        record.ttl >= recordTtl / 2,
    )
  }

  /** RFC 6762, section 6.7: whoever asks from another port knows only what DNS knew, and hears nothing but a reply. */
  #reply(heard: Heard, questions: Question[], alsoKind: boolean): void {
    const now = performance.now()
    this.#repliedAt = this.#repliedAt.filter((at) => now - at < 1_000)
    if (this.#repliedAt.length >= mostReplies) return
    this.#repliedAt.push(now)
    const records = this.#records(heard.link, alsoKind)
    void this.#wire.reply({ ...this.#response(records), id: heard.message.id, questions }, heard)
  }

  /** Of two who go by one label, the one whose record sorts first takes another (sections 8.2 and 9). */
  #defend(message: ReadMessage): void {
    const rival = message.records.find((record) => this.#isRival(record))
    if (!rival || !this.#mayDefend()) return
    const own = recordsOf(this.#announced, this.label, this.#host, [])
    const isLoser = own.some((record) => record.type === rival.type && dataOf(record) < dataOf(rival))
    if (!isLoser || this.#labels === mostLabels) return this.#announce()
    const gone = this.label
    this.#labels++
    this.#announce()
    void this.#sayGoodbye(gone)
  }

  #mayDefend(): boolean {
    const now = performance.now()
    this.#conflictsAt = [...this.#conflictsAt.slice(1 - mostConflicts), now]
    const isStorm = this.#conflictsAt.length === mostConflicts && now - this.#conflictsAt[0]! < conflictsWithin
    if (isStorm && now < this.#defendedAt + waitAfterConflicts) return false
    this.#defendedAt = now
    return true
  }

  /** Not what comes back from the network, perhaps late, when the revision is another already. */
  #isRival(record: Record): boolean {
    if (record.ttl === 0 || !isSameName(record.name, instanceName(this.label))) return false
    if (record.type === 'SRV') return !isSameName(record.data.target, this.#host)
    return record.type === 'TXT' && !record.data.some((text) => text.toString() === `fp=${this.#announced.fingerprint}`)
  }

  #telling(id: string): Telling {
    const telling = this.#links.get(id) ?? { toldAt: -Infinity, news: 0, alsoKind: false, timer: null, dueAt: Infinity }
    this.#links.set(id, telling)
    return telling
  }

  /** @param wait in ms; longer where the link was told a moment ago */
  #tellIn(wait: number, id: string): void {
    const telling = this.#telling(id)
    const now = performance.now()
    const dueAt = Math.max(now + wait, telling.toldAt + atMostEvery)
    if (telling.timer && telling.dueAt <= dueAt) return
    clearTimeout(telling.timer ?? undefined)
    telling.dueAt = dueAt
    telling.timer = setTimeout(() => this.#tell(id), dueAt - now)
  }

  #tell(id: string): void {
    const telling = this.#telling(id)
    const { alsoKind } = telling
    const link = this.#wire.links.find((one) => one.id === id)
    Object.assign(telling, { timer: null, dueAt: Infinity, toldAt: performance.now(), alsoKind: false })
    if (!link || link.asksOnly) return
    void this.#wire.send(this.#response(this.#records(link, alsoKind)), link)
    if (telling.news > 0 && --telling.news > 0) this.#tellIn(atMostEvery, id)
  }

  /** Of the addresses those that are good on that link (section 15). */
  #records({ addresses }: Link, alsoKind: boolean): Record[] {
    const texts = addresses.map(({ address }) => address)
    const kind: Record = { type: 'PTR', name: allServices, ttl: recordTtl, data: serviceType }
    return [...(alsoKind ? [kind] : []), ...recordsOf(this.#announced, this.label, this.#host, texts)]
  }

  #response(records: Record[]): Message {
    return { id: 0, isResponse: true, questions: [], records }
  }
}

/** What conflicting records are compared by. */
function dataOf(record: Record): string {
  if (record.type === 'SRV') return record.data.target.toLowerCase()
  return record.type === 'TXT' ? record.data.map((text) => text.toString()).join(' ') : record.data
}
