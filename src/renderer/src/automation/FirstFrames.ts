import type { Source } from '../../../shared/model.ts'
import type { Session } from '../session/Session.ts'

/** How long the first picture of each took to be on the screen. */
export class FirstFrames {
  readonly #session: Session
  readonly #end = new AbortController()
  /** When each came, or oneself did: whichever was later. By peer. */
  readonly #came = new Map<string, number>()
  /** In ms. By peer and source. */
  readonly #took = new Map<string, number>()

  constructor(session: Session) {
    this.#session = session
    session.on('roster', () => this.#rosterChanged())
    // Of a media element, as soon as there is a frame to show. It does not bubble.
    document.addEventListener('loadeddata', ({ target }) => this.#loaded(target), { capture: true, signal: this.#end.signal })
  }

  /** In ms; null before it. */
  took(peerId: string, source: Source): number | null {
    return this.#took.get(keyOf(peerId, source)) ?? null
  }

  close(): void {
    this.#end.abort()
  }

  #rosterChanged(): void {
    const present = new Set(this.#session.members.map(({ peerId }) => peerId))
    for (const peerId of present) if (!this.#came.has(peerId)) this.#came.set(peerId, performance.now())
    for (const peerId of this.#came.keys()) {
      if (present.has(peerId)) continue
      this.#came.delete(peerId)
      for (const source of ['camera', 'screen'] as const) this.#took.delete(keyOf(peerId, source))
    }
  }

  #loaded(element: EventTarget | null): void {
    if (!(element instanceof HTMLVideoElement)) return
    const { peer, source } = element.dataset
    const came = peer === undefined ? undefined : this.#came.get(peer)
    if (peer === undefined || source === undefined || came === undefined) return
    const key = `${source} ${peer}`
    if (!this.#took.has(key)) this.#took.set(key, performance.now() - came)
  }
}

const keyOf = (peerId: string, source: Source) => `${source} ${peerId}`
