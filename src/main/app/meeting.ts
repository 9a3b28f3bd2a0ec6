import type { CallParams } from '../../shared/bridge.ts'
import { listenForKey } from './microphoneKey.ts'
import type { Notices } from './notices.ts'
import type { Wakefulness } from './power.ts'
import type { SettingsStore } from './settings.ts'

type News = CallParams<'showMeeting'>['meeting']

export interface MeetingParts {
  settings: SettingsStore
  notices: Notices
  wakefulness: Wakefulness
  /** The key that works in every window was pressed. */
  microphoneKeyPressed: () => void
}

/** What the system is to know of the meeting that the window is in: a number on the icon, a display that stays on, a key. */
export class Meeting {
  readonly #parts: MeetingParts
  #news: News = null

  constructor(parts: MeetingParts) {
    this.#parts = parts
  }

  /** What it is called; null for none. */
  get room(): string | null {
    return this.#news?.room ?? null
  }

  /** Whether it is on the carried server. */
  get isOwn(): boolean {
    return this.#news?.isOwn ?? false
  }

  /** Null: the window is in none. */
  show(news: News): void {
    const { notices, wakefulness } = this.#parts
    this.#news = news
    wakefulness.keep('call', news !== null)
    this.mindKey()
    if (news) notices.count(news.unread)
    else notices.clear()
  }

  /** The key is taken in a meeting, where it is set. */
  mindKey(): void {
    const { settings, microphoneKeyPressed } = this.#parts
    listenForKey(this.#news !== null && settings.settings.microphoneKey, microphoneKeyPressed)
  }
}
