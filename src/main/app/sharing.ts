import { desktopCapturer, type DesktopCapturerSource, type Session, type Streams } from 'electron'
import type { CallParams, EventPayload, ShareSource } from '../../shared/bridge.ts'
import { APP_ORIGIN } from '../../shared/appOrigin.ts'

const PICTURE = { width: 320, height: 180 }
const CAN_SHARE_SOUND = process.platform === 'win32'

interface Pending {
  shareId: number
  sources: DesktopCapturerSource[]
  answer: (streams: Streams | null) => void
}

/**
 * Sharing a screen or a window: the page asks for a display, the window shows what there is, someone chooses. Where the system has a
 * picker of its own that is better (macOS 15 and later, Wayland), that one asks.
 */
export class Sharing {
  readonly #ask: (question: EventPayload<'shareAsked'>) => void
  readonly #systemAsks: boolean
  #pending: Pending | null = null
  #last = 0

  /** `systemAsks` as on Wayland, where looking for sources brings up the system's own dialog: a second one would be too many. */
  constructor(ask: (question: EventPayload<'shareAsked'>) => void, { systemAsks }: { systemAsks: boolean }) {
    this.#ask = ask
    this.#systemAsks = systemAsks
  }

  /** Answers the pages of a session. */
  serve(session: Session): void {
    session.setDisplayMediaRequestHandler(
      ({ frame, videoRequested }, answer) => {
        if (!videoRequested || frame?.parent !== null || !frame.url.startsWith(`${APP_ORIGIN}/`)) return answer(null)
        void this.#asked(answer).catch(() => answer(null))
      },
      { useSystemPicker: true },
    )
  }

  /** What someone chose; an answer to an older question is too late. */
  choose({ shareId, sourceId, sound }: CallParams<'chooseShare'>): void {
    const pending = this.#pending
    if (pending?.shareId !== shareId) return
    this.#pending = null
    const video = pending.sources.find(({ id }) => id === sourceId)
    pending.answer(video ? { video, ...(sound && CAN_SHARE_SOUND && { audio: 'loopback' as const }) } : null)
  }

  async #asked(answer: (streams: Streams | null) => void): Promise<void> {
    this.#pending?.answer(null)
    this.#pending = null
    const shareId = (this.#last += 1)
    const sources = await desktopCapturer.getSources({
      types: ['screen', 'window'],
      thumbnailSize: this.#systemAsks ? { width: 0, height: 0 } : PICTURE,
      fetchWindowIcons: !this.#systemAsks,
    })
    if (this.#systemAsks) return answer(sources[0] ? { video: sources[0] } : null)
    if (shareId !== this.#last) return answer(null)
    this.#pending = { shareId, sources, answer }
    this.#ask({ shareId, sources: sources.map((source) => describe(source)), canShareSound: CAN_SHARE_SOUND })
  }
}

function describe({ id, name, thumbnail, appIcon }: DesktopCapturerSource): ShareSource {
  return {
    sourceId: id,
    kind: id.startsWith('screen:') ? 'screen' : 'window',
    name,
    picture: thumbnail.isEmpty() ? null : thumbnail.toDataURL(),
    icon: !appIcon || appIcon.isEmpty() ? null : appIcon.toDataURL(),
  }
}
