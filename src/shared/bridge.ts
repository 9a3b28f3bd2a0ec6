/**
 * The bridge between a window and Electron's main process, written once: from these schemas follow the functions that the preload
 * offers, the parsing in main, and the types of both. A call that is not here cannot be made.
 */
import { z } from 'zod'
import { parseHostPort } from './address.ts'
import { Capacity } from './capacity.ts'
import { CheckName, CheckResult, Checkup } from './checkup.ts'
import type { Result } from './errors.ts'
import { Fingerprint } from './fingerprint.ts'
import { FirewallAdvice } from './firewall.ts'
import { StartReason, StartStep } from './hosted.ts'
import { Room } from './model.ts'
import type { AppProbe } from './probe.ts'
import { RoomLink } from './roomLink.ts'

const Empty = z.object({})
const Text = z.string().max(500)
/** The origin of a room server. */
export const ServerAddress = z.url({ protocol: /^https?$/ }).max(300)

/** The room server that this copy carries. */
export const Hosting = z.discriminatedUnion('status', [
  /** With how many people it could hold, as it was measured last; null: not yet. */
  z.object({ status: z.literal('off'), capacity: Capacity.nullable() }),
  z.object({ status: z.literal('starting'), step: StartStep }),
  z.object({
    status: z.literal('on'),
    url: ServerAddress,
    /** The addresses at which others reach it, the best first. */
    urls: z.array(ServerAddress),
    /** Where browsers come without encryption, at the same addresses; null: nowhere. */
    plainPort: z.int().nullable(),
    fingerprint: Fingerprint.nullable(),
    /** That stand for it, to be compared aloud. */
    words: z.array(z.string()).nullable(),
    people: z.int().nonnegative(),
    /** How many it can hold; null until that is measured. */
    capacity: Capacity.nullable(),
    /** What may keep others out, and how it lets them in; null where nothing is seen, or nobody else is to come in. */
    firewall: FirewallAdvice.nullable(),
    /** Where a damaged database has been put when it started. */
    setAside: z.string().nullable(),
  }),
  z.object({ status: z.literal('stopping') }),
  /** It has ended by itself, and is started again at that time (ms since 1970). */
  z.object({ status: z.literal('crashed'), retryAt: z.number() }),
  z.object({ status: z.literal('failed'), reason: StartReason, message: z.string() }),
])
export type Hosting = z.infer<typeof Hosting>

/** A server that was seen in the network. */
export const NearbyServer = z.object({
  fingerprint: Fingerprint,
  /** Null as long as nobody has met it: then its name is all there is of it, and not proven. */
  serverId: Fingerprint.nullable(),
  name: z.string(),
  address: z.string(),
  /** Its public rooms; null while it does not answer, or is not known. */
  rooms: z.array(Room).nullable(),
})
export type NearbyServer = z.infer<typeof NearbyServer>

/** Who answers at an address. */
export const MetServer = z.discriminatedUnion('status', [
  z.object({ status: z.literal('known'), serverId: Fingerprint, name: z.string() }),
  /** Words are to be compared before anything is told to it. The name is what it has said in the network, if anything. */
  z.object({
    status: z.literal('new'),
    fingerprint: Fingerprint,
    name: z.string().nullable(),
    address: z.string(),
    words: z.array(z.string()),
    /** The name of a known server that was at this address, and is elsewhere now. */
    inPlaceOf: z.string().nullable(),
  }),
  /** Not the one that was expected there, by name where that is known. Nothing was told to it, and nothing will be. */
  z.object({ status: z.literal('changed'), name: z.string().nullable(), words: z.array(z.string()) }),
  z.object({ status: z.literal('unreachable') }),
])
export type MetServer = z.infer<typeof MetServer>

/** Whose server a link means, by name; null: nobody's that is known here. And known ones that are others, and were at its addresses. */
export const LinkMeaning = z.object({ server: z.string().nullable(), others: z.array(z.string()) })
export type LinkMeaning = z.infer<typeof LinkMeaning>

/** Where the window is: at the first screen (`server` null), or at another's server and the door of a room there. */
export const Whereabouts = z.object({
  server: z.object({ serverId: Fingerprint, name: z.string(), url: ServerAddress }).nullable(),
  room: z.string().nullable(),
})
export type Whereabouts = z.infer<typeof Whereabouts>

export const About = z.object({
  version: z.string(),
  electron: z.string(),
  chromium: z.string(),
  node: z.string(),
  system: z.string(),
  dataDir: z.string(),
  logsDir: z.string(),
})
export type About = z.infer<typeof About>

/** What someone sets for this copy, and it keeps. */
export const Settings = z.object({
  /** What others see as the name of this server; empty: the computer's. */
  serverName: z.string().max(64),
  /** The port of the server; 0 takes any free one, and keeps it. */
  serverPort: z.int().min(0).max(65_535),
  /** Whether browsers are let in without encryption, on the port after that one. */
  plainGuests: z.boolean(),
  launchAtLogin: z.boolean(),
  /** Whether a key switches the microphone during a meeting while another window has the focus. */
  microphoneKey: z.boolean(),
  notifications: z.boolean(),
  sounds: z.boolean(),
})
export type Settings = z.infer<typeof Settings>

/** A screen or window that can be shared. Pictures are data URLs. */
export const ShareSource = z.object({
  sourceId: z.string(),
  kind: z.enum(['screen', 'window']),
  name: z.string(),
  picture: z.string().nullable(),
  icon: z.string().nullable(),
})
export type ShareSource = z.infer<typeof ShareSource>

/** What main shows of a meeting outside of the window: tray, badge, a computer that stays awake. */
export const MeetingNews = z.object({
  room: z.string().max(200),
  unread: z.int().nonnegative(),
  /** Whether it is on the carried server. */
  isOwn: z.boolean(),
})

/** What is chosen in menus and in the tray. */
export const Command = z.enum([
  'about',
  'settings',
  'shortcuts',
  'checkNetwork',
  'newRoom',
  'toggleMicrophone',
  'toggleCamera',
  'leave',
])
export type Command = z.infer<typeof Command>

interface CallShape {
  about: string
  params: z.ZodType
  value: z.ZodType
}

export const calls = {
  getAbout: { about: 'Versions and folders of this copy.', params: Empty, value: About },
  getSettings: { about: 'What is set.', params: Empty, value: Settings },
  changeSettings: { about: 'Sets some of it, and says what is set then.', params: Settings.partial(), value: Settings },
  getHosting: { about: 'How the carried server fares.', params: Empty, value: Hosting },
  startHosting: {
    about: 'Starts the carried server. Answers when it is on, or cannot be.',
    params: z.object({ anyPort: z.boolean().optional() }),
    value: Hosting,
  },
  stopHosting: {
    about: 'Stops it, with a word to those inside; asks first where others are. Answers with what has become of it.',
    params: Empty,
    value: Hosting,
  },
  measureCapacity: {
    about: 'Measures anew how many people this computer can hold. Not while people meet on it.',
    params: Empty,
    value: z.object({ capacity: Capacity }),
  },
  getServerKeys: {
    about: 'The secrets that this copy keeps for a server: who one is there, and the rooms that one is host of.',
    params: z.object({ server: ServerAddress }),
    value: z.object({
      device: z.string(),
      hostKeys: z.record(z.string(), z.string()),
      isOwn: z.boolean().describe('whether it is the carried one'),
    }),
  },
  keepHostKey: {
    about: 'Keeps the key that makes one host of a room.',
    params: z.object({ server: ServerAddress, roomId: z.string().max(64), key: z.string().max(128) }),
    value: Empty,
  },
  getKept: { about: 'What the page keeps of its user, as it was given.', params: Empty, value: z.object({ kept: z.unknown() }) },
  keep: { about: 'Keeps it, for all windows to come.', params: z.object({ kept: z.record(z.string(), z.json()) }), value: Empty },
  getServers: { about: 'The servers in the network.', params: Empty, value: z.object({ servers: z.array(NearbyServer) }) },
  meetServer: {
    about: 'Looks who answers at an address, without telling them anything. A fingerprint out of a link makes it known.',
    params: z.object({
      addresses: z.array(z.string().max(300)).min(1).max(8),
      fingerprint: Fingerprint.nullable(),
      isProof: z.boolean(),
    }),
    value: MetServer,
  },
  meetAgain: {
    about: 'Looks where a server is that is known.',
    params: z.object({ serverId: Fingerprint }),
    value: MetServer,
  },
  trustServer: {
    about: 'Someone has compared the words of a server that was met: it is known from now on.',
    params: z.object({ fingerprint: Fingerprint }),
    value: MetServer,
  },
  getKnownServers: {
    about: 'The servers that are trusted, the one that was met last first.',
    params: Empty,
    value: z.object({
      servers: z.array(
        z.object({ serverId: Fingerprint, name: z.string(), address: z.string().nullable(), metAt: z.iso.datetime() }),
      ),
    }),
  },
  forgetServer: { about: 'Trusts a server no more.', params: z.object({ serverId: Fingerprint }), value: Empty },
  lookUpCode: {
    about: 'Asks the servers that are known for the room that a code means.',
    params: z.object({ room: z.string().max(64) }),
    value: z.object({ servers: z.array(z.object({ serverId: Fingerprint, name: z.string() })) }),
  },
  visitServer: {
    about: 'Shows the window anew, at the door of a room of a known server; null: at the first screen.',
    params: z.object({ serverId: Fingerprint.nullable(), room: z.string().max(64).nullable() }),
    value: Empty,
  },
  getWhereabouts: { about: 'Where the window is.', params: Empty, value: Whereabouts },
  locateServer: {
    about: 'Where the server that the window is at is by now; null where it is not to be found.',
    params: Empty,
    value: z.object({ url: ServerAddress.nullable() }),
  },
  checkNetwork: {
    about:
      'Looks what keeps this computer from a server: from the one at that address; without one from that where the window is, or, on the first screen, from those that are known and seen. `networkChecked` tells how far it is.',
    params: z.object({
      lookId: z.int().describe('by which `networkChecked` says what it is about'),
      address: z
        .string()
        .refine((text) => parseHostPort(text) === text)
        .nullable(),
    }),
    value: Checkup,
  },
  takeLink: {
    about: 'The latest link that the app was opened with, once.',
    params: Empty,
    value: z.object({ link: RoomLink.nullable(), meant: LinkMeaning }),
  },
  chooseShare: {
    about: 'Answers `shareAsked`: what is to be shared, or nothing.',
    params: z.object({ shareId: z.int(), sourceId: Text.nullable(), sound: z.boolean() }),
    value: Empty,
  },
  showMeeting: {
    about: 'Says which meeting the window is in; null: in none.',
    params: z.object({ meeting: MeetingNews.nullable() }),
    value: Empty,
  },
  notify: {
    about:
      'Tells of something while the window is not looked at. A click on it brings the window back, and `notificationClicked`.',
    params: z.object({ topic: z.enum(['chat', 'people', 'meeting']), title: Text, body: Text }),
    value: Empty,
  },
  copyText: { about: 'Puts text on the clipboard.', params: z.object({ text: z.string().max(100_000) }), value: Empty },
  openExternal: {
    about: 'Opens a page in the browser of the system.',
    params: z.object({ url: z.url({ protocol: /^https$/ }).max(2_000) }),
    value: Empty,
  },
  probe: {
    about: 'How the app fares, for the program that drives it. Refused unless it was started with `--automation`.',
    params: Empty,
    value: z.custom<AppProbe>(),
  },
  openLogs: { about: 'Shows the folder of the logs.', params: Empty, value: Empty },
  openData: { about: 'Shows the folder where rooms and messages are kept.', params: Empty, value: Empty },
} as const satisfies Record<string, CallShape>

export const events = {
  hostingChanged: Hosting,
  serversChanged: z.object({ servers: z.array(NearbyServer) }),
  /** A check has begun (`result` null), or has come to its end. */
  networkChecked: z.object({ lookId: z.int(), name: CheckName, server: z.string().nullable(), result: CheckResult.nullable() }),
  /** There is a link to take. */
  linkOpened: Empty,
  /** The server that the window is at has left the address where it was. */
  serverMoved: Empty,
  shareAsked: z.object({ shareId: z.int(), sources: z.array(ShareSource), canShareSound: z.boolean() }),
  commanded: z.object({ command: Command }),
  powerChanged: z.object({ power: z.enum(['suspend', 'resume', 'lock', 'unlock']) }),
  notificationClicked: z.object({ topic: z.string() }),
} as const satisfies Record<string, z.ZodType>

export type CallName = keyof typeof calls
/** What a handler gets: parsed. */
export type CallParams<N extends CallName> = z.output<(typeof calls)[N]['params']>
/** What a caller gives. */
export type CallInput<N extends CallName> = z.input<(typeof calls)[N]['params']>
export type CallValue<N extends CallName> = z.output<(typeof calls)[N]['value']>
export type EventName = keyof typeof events
export type EventPayload<N extends EventName> = z.output<(typeof events)[N]>

/** What the preload offers as `window.lanyard`: one function for each call, and one to listen for each event. */
export type Bridge = {
  readonly [N in CallName]: (params: CallInput<N>) => Promise<Result<CallValue<N>>>
} & {
  /** Listens until the returned function is called. */
  readonly [N in EventName as `on${Capitalize<N>}`]: (listener: (payload: EventPayload<N>) => void) => () => void
}

/** What a page is told that a program drives, as `window.lanyardAutomation`. Where its user does there is none. */
export interface AutomatedPage {
  /** How far its clock is to be ahead of the machine's. */
  clockAheadMs: number
}

/** So main tells the preload, with the number of those milliseconds behind it. */
export const AUTOMATION_ARGUMENT = '--lanyard-automation='

/** The one channel of calls, and the one of events. */
export const CALL_CHANNEL = 'lanyard:call'
export const EVENT_CHANNEL = 'lanyard:event'

export function isCallName(name: unknown): name is CallName {
  return typeof name === 'string' && Object.hasOwn(calls, name)
}
