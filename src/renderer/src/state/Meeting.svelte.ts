import type { AppError } from '../../../shared/errors.ts'
import type { Member, Room, Source } from '../../../shared/model.ts'
import { may } from '../../../shared/roles.ts'
import type { RoomLinks } from '../../../shared/roomLink.ts'
import type { Platform } from '../platform/Platform.ts'
import type { Media, Session } from '../session/Session.ts'
import { codeOf } from './codeOf.ts'
import { follow } from './follow.ts'
import { linksOf } from './linksOf.ts'
import type { Preferences } from './Preferences.svelte.ts'

export type PanelName = 'chat' | 'people'

/** The room that one is in: who is here, what is seen and heard, what is open. */
export class Meeting {
  readonly #session: Session
  readonly #platform: Platform
  readonly #preferences: Preferences
  readonly #connection: () => void
  readonly #state: () => void
  readonly #roster: () => void
  readonly #media: () => void
  readonly #voices: () => void
  #panel = $state<PanelName | null>(null)

  constructor(session: Session, platform: Platform, preferences: Preferences) {
    this.#session = session
    this.#platform = platform
    this.#preferences = preferences
    this.#connection = follow(session, 'connection')
    this.#state = follow(session, 'state')
    this.#roster = follow(session, 'roster', 'state')
    this.#media = follow(session, 'media')
    this.#voices = follow(session, 'voices')
    session.on('state', () => {
      if (session.state.status === 'left') this.#panel = null
    })
  }

  get room(): Room | null {
    this.#state()
    const { state } = this.#session
    return 'room' in state ? state.room : null
  }

  /** The join code as it is read aloud. */
  get code(): string {
    return this.room ? codeOf(this.room) : ''
  }

  /** What leads others into the room. */
  get links(): RoomLinks | null {
    this.#connection()
    return this.room && linksOf(this.room, this.#session, this.#platform)
  }

  /** When the connection was lost, in ms since 1970; null while there is one. */
  get reconnectingSince(): number | null {
    this.#state()
    const { state } = this.#session
    return state.status === 'reconnecting' ? state.since : null
  }

  /** In the order of coming, oneself included. */
  get members(): readonly Member[] {
    this.#roster()
    return this.#session.members
  }

  get self(): Member | null {
    this.#roster()
    return this.#session.self
  }

  get canEnd(): boolean {
    return this.self !== null && may(this.self.role, 'closeRoom')
  }

  get media(): Media['state'] {
    this.#media()
    return this.#session.media.state
  }

  /** What is seen or heard of someone: oneself as one is sent, others as they are received. */
  track(peerId: string, source: Source): MediaStreamTrack | null {
    this.#media()
    return peerId === this.self?.peerId ? this.#session.media.localTrack(source) : this.#session.media.track(peerId, source)
  }

  /** One's own, before joining as well. */
  localTrack(source: Source): MediaStreamTrack | null {
    this.#media()
    return this.#session.media.localTrack(source)
  }

  /** As it was wished; where that fails, the wish goes back and `switchError` says why. */
  isOn(source: Source): boolean {
    this.#media()
    return this.#session[source].desired
  }

  /** On its way to what was wished: a device is being asked for, or opened. */
  isSwitching(source: Source): boolean {
    this.#media()
    return this.#session[source].desired !== this.#session[source].actual
  }

  /** Why it did not go on. */
  switchError(source: Source): AppError | null {
    this.#media()
    return this.#session[source].error
  }

  switch(source: Source): void {
    const toggle = this.#session[source]
    toggle.toggle()
    if (source !== 'screen') this.#preferences.comeWith(source, toggle.desired)
  }

  isSpeaking(peerId: string): boolean {
    this.#voices()
    return this.#session.voices.has(peerId)
  }

  /** What is open beside the stage. */
  get panel(): PanelName | null {
    return this.#panel
  }

  togglePanel(name: PanelName): void {
    this.#panel = this.#panel === name ? null : name
  }

  closePanel(): void {
    this.#panel = null
  }

  copy(text: string): Promise<boolean> {
    return this.#platform.copyText(text)
  }

  wake(): void {
    this.#session.wake()
  }
}
