import type { Session } from '../session/Session.ts'
import type { Desktop } from './Desktop.svelte.ts'
import type { Lanyard } from './Lanyard.svelte.ts'

const EXCERPT = 120

/**
 * What passes between a meeting and the system around the window: its name and unread messages, news and calls while nobody looks,
 * sleep.
 */
export class Attention {
  readonly #desktop: Desktop
  readonly #session: Session
  readonly #lanyard: Lanyard
  readonly #offs: (() => void)[]
  #shown = ''
  #unread = 0
  #rung: string | null = null

  constructor(desktop: Desktop, session: Session, lanyard: Lanyard) {
    this.#desktop = desktop
    this.#session = session
    this.#lanyard = lanyard
    this.#offs = [
      session.on('state', () => this.#show()),
      session.on('chat', () => this.#show()),
      session.ringing.on('changed', () => this.#tellCall()),
      // A connection that has slept through its end need not wait for the next attempt.
      desktop.bridge.onPowerChanged(({ power }) => {
        if (power === 'resume') session.wake()
      }),
      desktop.bridge.onNotificationClicked(({ topic }) => {
        if (topic === 'chat' && lanyard.meeting.panel !== 'chat') lanyard.meeting.togglePanel('chat')
      }),
    ]
  }

  close(): void {
    for (const off of this.#offs) off()
    this.#desktop.showMeeting(null)
  }

  #show(): void {
    const { state } = this.#session
    const isIn = state.status === 'joined' || state.status === 'reconnecting'
    const meeting = isIn ? { room: state.room.name, unread: this.#lanyard.conversation.unread } : null
    const shown = JSON.stringify(meeting)
    if (shown === this.#shown) return
    this.#shown = shown
    this.#desktop.showMeeting(meeting)
    const unread = meeting?.unread ?? 0
    if (meeting && unread > this.#unread) this.#tellLatest(meeting.room)
    this.#unread = unread
  }

  /** Who calls is told once. */
  #tellCall(): void {
    const { state } = this.#session.ringing
    const call = state.status === 'rung' ? state.call : null
    if (call !== null && call.callId !== this.#rung)
      void this.#desktop.bridge.notify({
        topic: 'meeting',
        title: `${call.from.name} calls you`,
        body: 'Open the window to answer.',
      })
    this.#rung = call?.callId ?? null
  }

  /** Main leaves it out where the window has the focus. */
  #tellLatest(room: string): void {
    const { conversation } = this.#lanyard
    const last = conversation.entries.findLast((entry) => entry.delivery === 'sent')
    if (last?.delivery !== 'sent' || conversation.isOwn(last.message)) return
    const { from, text } = last.message
    const body = text.length > EXCERPT ? `${text.slice(0, EXCERPT)}…` : text
    void this.#desktop.bridge.notify({ topic: 'chat', title: `${from.name} in ${room}`, body })
  }
}
