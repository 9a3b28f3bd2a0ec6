/**
 * What a copy that was started with `--automation` tells a program that drives it (docs/automation.md). Nothing here is imported, so that
 * the kit in examples/playwright has the same file.
 */

/** Of the window, with the app around it: `page.evaluate(() => window.lanyardProbe())`. */
export interface PageProbe {
  app: AppProbe
  connection: 'connecting' | 'connected' | 'waiting' | 'refused' | 'closed'
  status: 'idle' | 'joining' | 'waiting' | 'joined' | 'reconnecting' | 'left'
  /** The one that someone is in, or waits before. */
  room: RoomProbe | null
  /** Everyone in it, in the order of joining. */
  members: MemberProbe[]
  /** The number of the roster's last change; another epoch after each start of the server. */
  revision: { epoch: string; number: number } | null
  /** The messages that are shown, and how many of them are not stored yet. */
  messages: { shown: number; unsent: number }
  /** How the transports fare, the worse of the two. */
  media: 'off' | 'building' | 'ready' | 'interrupted' | 'failed'
  own: { microphone: OwnProbe; camera: OwnProbe; screen: OwnProbe }
}

/** In Electron's main process, as `globalThis.lanyard`: `electronApp.evaluate(() => globalThis.lanyard.probe())`. */
export interface InMain {
  probe: () => Promise<AppProbe>
  /** As its user clicks the latest notification with that title. */
  clickNotification: (title: string) => void
}

/** Of the app. */
export interface AppProbe {
  version: string
  isWindowOpen: boolean
  hosting: HostingProbe
  /** What the server counts that this copy carries; null while it does not run. */
  server: ServerProbe | null
  /** Its process; null where there is none. */
  serverPid: number | null
  /** What the system would have shown, the latest last. */
  notifications: { title: string; body: string }[]
  /** The longest time for which main's event loop has stood still since the last probe, in ms. */
  stillMs: number
  /** The longest time that main itself has worked without a pause meanwhile, in ms: standing still for want of a processor is not counted. */
  busyMs: number
}

export type HostingProbe =
  | { status: 'off' | 'starting' | 'stopping' | 'crashed' }
  | { status: 'failed'; reason: string; message: string }
  | {
      status: 'on'
      /** Where this computer itself reaches it. */
      url: string
      /** Where others do, the best first. */
      urls: string[]
      /** Where browsers come without encryption; null: nowhere. */
      plainPort: number | null
      /** SHA-256 of its certificate, in hex, and the six words that stand for it; null where it is for this computer alone. */
      fingerprint: string | null
      words: string[] | null
      people: number
    }

export interface ServerProbe {
  /** Those that someone is in. */
  rooms: number
  connections: number
  people: number
  /** In lobbies, and before full rooms. */
  waiting: number
  producers: number
  consumers: number
  workers: number
}

export interface RoomProbe {
  id: string
  name: string
  joinCode: string
  state: 'EMPTY' | 'ACTIVE' | 'IN_CALL'
}

export interface MemberProbe {
  peerId: string
  name: string
  role: 'host' | 'cohost' | 'speaker' | 'listener'
  isSelf: boolean
  connection: 'connected' | 'reconnecting'
  /** What they say is on. */
  microphone: boolean
  camera: boolean
  screen: boolean
  /** What arrives of it here; null where nothing is received. */
  received: { microphone: SoundProbe | null; camera: PictureProbe | null; screen: PictureProbe | null }
}

export interface SoundProbe {
  /** As it is now, linear: 1 is full scale. */
  level: number
  /** What has been heard so far, as WebRTC adds it up: it grows while there is sound. */
  energy: number
  packetsReceived: number
  packetsLost: number
}

export interface PictureProbe {
  framesDecoded: number
  framesPerSecond: number
  /** Of the last frame, in pixels. */
  width: number
  height: number
  freezes: number
  frozenMs: number
  packetsLost: number
  /** From joining, or their coming if that was later, to the first frame on the screen; null before it. */
  firstFrameMs: number | null
}

export interface OwnProbe {
  /** What was last asked for, and what has come of it. */
  wanted: boolean
  on: boolean
  /** Why it is not as it was asked for: a code of the protocol. */
  error: string | null
  /** What the system calls the device; null while it is off. */
  device: string | null
}
