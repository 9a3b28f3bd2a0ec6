/**
 * The protocol between a client and a room server, written once: from these schemas follow both sides' types, the parsing
 * at both ends, and docs/protocol.md (`npm run docs`). A change here bumps PROTOCOL_VERSION.
 */
import { z } from 'zod'
import type { ErrorCode } from './errors.ts'
import {
  ChatMessage,
  ChatText,
  Description,
  DisplayName,
  DtlsParameters,
  IceCandidates,
  IceParameters,
  Id,
  Member,
  RelayPayload,
  Revision,
  Room,
  RoomName,
  RtpCapabilities,
  RtpParameters,
  Slug,
  Source,
} from './model.ts'

export const PROTOCOL_VERSION = 1

/** Unanswered requests that a connection may have; the server answers further ones with `rateLimited`. */
export const MAX_IN_FLIGHT = 32

/** Bytes of one message on the wire. A longer one ends the connection. */
export const MAX_MESSAGE_BYTES = 1_000_000

/** What a client says of itself in the Socket.IO handshake's `auth`. Never in the URL. */
export const Handshake = z.object({
  protocol: z.int(),
  device: z
    .string()
    .regex(/^[A-Za-z0-9_+/=-]{32,128}$/)
    .optional()
    .describe('a random secret of 256 bits that this client keeps for this server'),
  token: z.string().max(4096).optional(),
  resume: z.string().max(256).optional().describe('the `resume` of the last welcome: takes the seat back'),
})
export type Handshake = z.infer<typeof Handshake>

export const Joined = z.object({
  status: z.literal('joined'),
  self: Member,
  room: Room,
  members: z.array(Member).describe('everyone present, oneself included'),
  revision: Revision,
  messages: z.array(ChatMessage).describe('the latest, oldest first'),
  more: z.boolean().describe('whether there are older messages'),
  rtpCapabilities: RtpCapabilities.describe('of the room’s router'),
})
export type Joined = z.infer<typeof Joined>

const Empty = z.object({})
/** A room's id, slug or join code. */
const RoomRef = z.string().min(1).max(64)
const DeclaredMedia = {
  microphone: z.boolean().optional(),
  camera: z.boolean().optional(),
  screen: z.boolean().optional(),
}
const Consumer = z.object({
  consumerId: Id,
  producerId: Id,
  kind: z.enum(['audio', 'video']),
  rtpParameters: RtpParameters,
})

interface RequestShape {
  about: string
  params: z.ZodType
  value: z.ZodType
  /** Errors of its own, beside the ones that every request may have (`commonErrors`). */
  errors: readonly ErrorCode[]
}

export const commonErrors = ['badRequest', 'rateLimited', 'internal'] as const satisfies readonly ErrorCode[]

export const requests = {
  createRoom: {
    about: 'Makes a room, or makes an existing one ready (its host opens a closed one again so). Joins nothing.',
    params: z
      .object({
        name: RoomName.optional(),
        roomId: RoomRef.optional(),
        slug: Slug.optional(),
        description: Description.optional(),
        visibility: z.enum(['public', 'private']).optional(),
        maxPeers: z.int().min(0).max(10_000).optional().describe('100 where it is not given; 0 is unlimited'),
        hostKey: z.string().max(128).optional(),
      })
      .refine((p) => (p.name === undefined) !== (p.roomId === undefined), 'give either a name or a roomId'),
    value: z.object({ room: Room, hostKey: z.string().nullable().describe('for whoever is host; null for others') }),
    errors: ['roomNotFound', 'slugTaken', 'forbidden', 'mediaUnavailable', 'storeUnavailable'],
  },
  findRoom: {
    about: 'Says which room a code, a slug or an id means, without joining it.',
    params: z.object({ roomId: RoomRef }),
    value: z.object({ room: Room }),
    errors: ['roomNotFound', 'storeUnavailable'],
  },
  joinRoom: {
    about: 'Takes a seat in a room.',
    params: z
      .object({
        joinCode: z.string().max(64).optional(),
        roomId: RoomRef.optional(),
        name: DisplayName,
        password: z.string().max(256).optional(),
        hostKey: z.string().max(128).optional(),
        token: z.string().max(4096).optional(),
        ...DeclaredMedia,
      })
      .refine((p) => (p.joinCode === undefined) !== (p.roomId === undefined), 'give either a joinCode or a roomId'),
    value: Joined,
    errors: ['unauthorized', 'alreadyJoined', 'roomNotFound', 'roomFull', 'roomClosed', 'mediaUnavailable', 'storeUnavailable'],
  },
  leaveRoom: { about: 'Gives the seat up.', params: Empty, value: Empty, errors: ['notInRoom'] },
  closeRoom: {
    about: 'Ends the meeting for everyone. The host can open the room again by joining it.',
    params: Empty,
    value: Empty,
    errors: ['notInRoom', 'forbidden', 'storeUnavailable'],
  },
  listRooms: {
    about: 'Lists public rooms, those with people first. From then on, until a room is joined, `roomChanged` tells of changes.',
    params: z.object({ query: z.string().max(100).optional(), cursor: z.string().max(128).nullable().optional() }),
    value: z.object({ rooms: z.array(Room), cursor: z.string().nullable().describe('for the next page; null at the end') }),
    errors: ['storeUnavailable'],
  },
  listMembers: {
    about: 'The whole roster: after a gap in the revisions, or a new epoch.',
    params: Empty,
    value: z.object({ members: z.array(Member), revision: Revision }),
    errors: ['notInRoom'],
  },
  updateMember: {
    about: 'Declares one’s own microphone, camera and screen. Needs no producer.',
    params: z.object(DeclaredMedia),
    value: z.object({ member: Member }),
    errors: ['notInRoom', 'forbidden'],
  },
  sendChat: {
    about:
      'Says something in the room. The answer means that it is stored durably; the same id by the same user is the same message.',
    params: z.object({ text: ChatText, clientMessageId: z.uuid() }),
    value: z.object({ message: ChatMessage }),
    errors: ['notInRoom', 'forbidden', 'storeUnavailable'],
  },
  chatHistory: {
    about:
      'Messages before or after one, oldest first; the latest where neither is given. After `0` is from the beginning. A page of long messages is shorter than `limit`.',
    params: z
      .object({ before: Id.optional(), after: Id.optional(), limit: z.int().min(1).max(200).optional() })
      .refine((p) => p.before === undefined || p.after === undefined, 'give before or after, not both'),
    value: z.object({ messages: z.array(ChatMessage), more: z.boolean().describe('in the direction that was asked for') }),
    errors: ['notInRoom', 'storeUnavailable'],
  },
  relay: {
    about: 'Hands a payload to one other peer of the same room, unread.',
    params: z.object({ to: Id, payload: RelayPayload, roomId: RoomRef.optional() }),
    value: Empty,
    errors: ['notInRoom', 'peerNotFound'],
  },

  createTransport: {
    about: 'Makes one’s WebRTC transport for sending or receiving; an earlier one of that direction is closed.',
    params: z.object({
      direction: z.enum(['send', 'receive']),
      rtpCapabilities: RtpCapabilities.optional().describe('what this client can receive; needed to consume'),
    }),
    value: z.object({
      transportId: Id,
      iceParameters: IceParameters,
      iceCandidates: IceCandidates,
      dtlsParameters: DtlsParameters,
    }),
    errors: ['notInRoom', 'mediaUnavailable'],
  },
  connectTransport: {
    about: 'Gives a transport the client’s DTLS parameters.',
    params: z.object({ transportId: Id, dtlsParameters: DtlsParameters }),
    value: Empty,
    errors: ['notInRoom', 'transportNotFound'],
  },
  restartIce: {
    about: 'New ICE parameters for a transport whose path has changed.',
    params: z.object({ transportId: Id }),
    value: z.object({ iceParameters: IceParameters }),
    errors: ['notInRoom', 'transportNotFound'],
  },
  produce: {
    about: 'Starts sending one source. The others learn of it by `peerChanged`.',
    params: z.object({
      transportId: Id,
      source: Source,
      kind: z.enum(['audio', 'video']),
      rtpParameters: RtpParameters,
      paused: z.boolean().optional(),
    }),
    value: z.object({ producerId: Id }),
    errors: ['notInRoom', 'forbidden', 'transportNotFound', 'alreadyProducing', 'mediaUnavailable'],
  },
  pauseProducer: {
    about: 'Stops forwarding a source.',
    params: z.object({ producerId: Id }),
    value: Empty,
    errors: ['notInRoom', 'producerNotFound'],
  },
  resumeProducer: {
    about: 'Forwards a source again.',
    params: z.object({ producerId: Id }),
    value: Empty,
    errors: ['notInRoom', 'forbidden', 'producerNotFound'],
  },
  closeProducer: {
    about: 'Ends a source.',
    params: z.object({ producerId: Id }),
    value: Empty,
    errors: ['notInRoom', 'producerNotFound'],
  },
  consume: {
    about:
      'Asks for another peer’s producer. The consumer starts paused: `resumeConsumer` when ready, or the first key frame is lost.',
    params: z.object({ producerId: Id }),
    value: Consumer,
    errors: ['notInRoom', 'transportNotFound', 'producerNotFound', 'cannotConsume', 'mediaUnavailable'],
  },
  pauseConsumer: {
    about: 'Stops receiving for a while.',
    params: z.object({ consumerId: Id }),
    value: Empty,
    errors: ['notInRoom', 'consumerNotFound'],
  },
  resumeConsumer: {
    about: 'Receives (again); video begins with a key frame.',
    params: z.object({ consumerId: Id }),
    value: Empty,
    errors: ['notInRoom', 'consumerNotFound'],
  },
  closeConsumer: {
    about: 'Ends receiving.',
    params: z.object({ consumerId: Id }),
    value: Empty,
    errors: ['notInRoom', 'consumerNotFound'],
  },
} as const satisfies Record<string, RequestShape>

export type RequestName = keyof typeof requests
/** What a handler gets: parsed. */
export type Params<N extends RequestName> = z.output<(typeof requests)[N]['params']>
/** What a caller gives. */
export type ParamsInput<N extends RequestName> = z.input<(typeof requests)[N]['params']>
export type Value<N extends RequestName> = z.output<(typeof requests)[N]['value']>

export function isRequestName(name: unknown): name is RequestName {
  return typeof name === 'string' && Object.hasOwn(requests, name)
}

export const Welcome = z.object({
  connectionId: Id,
  protocol: z.int(),
  userId: Id,
  features: z.record(z.string(), z.boolean()),
  server: z.object({ id: Id, name: z.string().max(200), version: z.string().max(64) }),
  resume: z.string().max(256).describe('credential to take this connection’s seat back with; a new one comes with each welcome'),
  resumed: Joined.nullable().describe('the seat that the handshake’s `resume` took back'),
})
export type Welcome = z.infer<typeof Welcome>

const LeaveReason = z.enum(['left', 'lost', 'closed'])
const CloseReason = z.enum(['ended', 'shutdown'])

export const notifications = {
  welcome: { about: 'The first event of every connection.', payload: Welcome },
  peerJoined: { about: 'Someone has come.', payload: z.object({ member: Member, revision: Revision }) },
  peerChanged: {
    about: 'Someone’s name, role, declared media or producers have changed, or they are connected again.',
    payload: z.object({ member: Member, revision: Revision }),
  },
  peerReconnecting: {
    about: 'Someone’s connection is lost; the seat is held for them for a while.',
    payload: z.object({ peerId: Id, revision: Revision }),
  },
  peerLeft: {
    about: 'Someone has gone: by choice, by a lost connection, or as the room closed.',
    payload: z.object({ peerId: Id, reason: LeaveReason, revision: Revision }),
  },
  roomChanged: {
    about: 'A room’s settings or state have changed; for those who watch the list of rooms, also the number of people in it.',
    payload: z.object({ room: Room }),
  },
  roomClosed: {
    about: 'The meeting was ended, or the server stops; one is in no room any more.',
    payload: z.object({ roomId: Id, reason: CloseReason }),
  },
  chatMessage: { about: 'Someone has said something; it is stored.', payload: z.object({ message: ChatMessage }) },
  relay: { about: 'Another peer’s `relay`.', payload: z.object({ roomId: Id, from: Id, payload: RelayPayload }) },
  voices: {
    about: 'Who is heard now, loudest first: four times a second while someone is, and once when nobody is any more.',
    payload: z.object({ voices: z.array(z.object({ peerId: Id, level: z.int().min(-127).max(0).describe('dBov') })) }),
  },
  consumerClosed: { about: 'What one was receiving has ended.', payload: z.object({ consumerId: Id }) },
  mediaReset: {
    about: 'The media worker was replaced: all transports, producers and consumers of the room are gone. Build them anew.',
    payload: z.object({ rtpCapabilities: RtpCapabilities }),
  },
} as const satisfies Record<string, { about: string; payload: z.ZodType }>

export type NotificationName = keyof typeof notifications
export type Payload<N extends NotificationName> = z.output<(typeof notifications)[N]['payload']>
