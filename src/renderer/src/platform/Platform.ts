import { z } from 'zod'
import type { Fingerprint } from '../../../shared/fingerprint.ts'
import type { Room } from '../../../shared/model.ts'
import type { LinkFault, RoomLinks } from '../../../shared/roomLink.ts'

export const Theme = z.enum(['system', 'light', 'dark'])
export type Theme = z.infer<typeof Theme>

/** Each page, and each server in the app, knows a device by an id of its own; elsewhere it is found by its name. */
const ChosenDevice = z
  .object({ id: z.string().max(512), label: z.string().max(512) })
  .nullable()
  .catch(null)

/** What one person's copy remembers between meetings. Every part falls back alone where it cannot be read. */
export const Kept = z.object({
  name: z.string().max(64).catch(''),
  theme: Theme.catch('system'),
  /** Whether to come in with them on. */
  microphone: z.boolean().catch(true),
  camera: z.boolean().catch(true),
  /** Whether others on the server see one's name outside of rooms, and may ring. */
  canBeRung: z.boolean().catch(false),
  /** Null is the system's choice. */
  devices: z
    .object({ microphone: ChosenDevice, camera: ChosenDevice, speaker: ChosenDevice })
    .catch({ microphone: null, camera: null, speaker: null }),
  /** The latest first. */
  recentRooms: z
    .array(
      z.object({
        id: z.string(),
        code: z.string(),
        name: z.string(),
        at: z.iso.datetime(),
        server: z.string().catch(''),
        where: z.string().catch(''),
      }),
    )
    .catch([]),
  /** Rooms that one does not want to see among them, until one is there again. */
  forgottenRooms: z.array(z.object({ id: z.string(), at: z.iso.datetime() })).catch([]),
})
export type Kept = z.infer<typeof Kept>
export type RecentRoom = Kept['recentRooms'][number]

/** What windows of one copy tell each other. */
export const WindowWord = z.object({
  from: z.string().max(64),
  /** Where the window is. */
  roomId: z.string().max(64).nullable(),
  /** The others should say where they are. */
  asks: z.boolean(),
  /** Which room the others should leave. */
  leave: z.string().max(64).nullable(),
})
export type WindowWord = z.infer<typeof WindowWord>

export interface WindowChannel {
  /** To all other windows. */
  say(word: WindowWord): void
  close(): void
}

/** Which certificate its person has compared with the host's, in a browser, which cannot hold the server to it. */
export interface Acquaintance {
  /** Null where there was none yet. */
  known(): Fingerprint | null
  keep(fingerprint: Fingerprint): void
  /** Someone else has answered: what this browser has kept for the server is theirs now, and good for nothing. */
  forget(): void
}

/** What of a room makes its links. */
export type LinkedRoom = Pick<Room, 'joinCode' | 'linkKey'>

/** What differs between a browser guest and the desktop window. */
export interface Platform {
  /** Where the room server is; null as long as the app is at none. */
  readonly serverUrl: string | null
  /** What it goes by among the recent rooms: its origin, `own` for the one that the app carries, what the app knows another one by. */
  readonly serverName: string
  /** The same for people. */
  readonly serverLabel: string
  /** What the window was opened for: `/j/CODE?username=NAME#k=KEY`; `room` as requests take it, or what is wrong with the link. */
  readonly invitation: { room: string | null; name: string | null; fault?: LinkFault | null; fingerprint?: Fingerprint | null }
  /** Whether others on the network can read what this window and the server say to each other. */
  readonly isPlain: boolean
  /** Null where the server's certificate is held against the one that is known before anything is said, as the app does. */
  readonly acquaintance: Acquaintance | null
  /** This copy's secret for the server, by which it is known again. */
  readonly device: string | undefined
  /** Where its server is now; null while it is nowhere: then whoever answers at its address is someone else. */
  locate(): string | null | Promise<string | null>
  readKept(): Kept
  keep(kept: Kept): void
  /** The key that makes one host of a room, or null. */
  hostKey(roomId: string): string | null
  keepHostKey(roomId: string, key: string): void
  /** What opens a room in the app: what one was invited with, or those links; null where this is the app. */
  appLink(room: LinkedRoom, links: RoomLinks | null): string | null
  /** Puts the room into the address, so that a reload leads back to it; null takes it out. */
  showRoom(room: LinkedRoom | null): void
  showTheme(theme: Theme): void
  /** To the other windows of this copy, and from them. */
  openChannel(hear: (word: WindowWord) => void): WindowChannel
  /** Resolves with whether it worked. */
  copyText(text: string): Promise<boolean>
  /** Lets a text be saved on this computer, as files of that type are. */
  saveFile(name: string, type: string, text: string): void
}
