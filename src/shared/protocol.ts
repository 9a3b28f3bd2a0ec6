/**
 * The protocol between a client and a room server, written once: from these schemas follow both sides' types, the parsing
 * at both ends, and docs/protocol.md (`npm run docs`). A change here bumps PROTOCOL_VERSION.
 */
import { z } from 'zod'
import type { ErrorCode } from './errors.ts'
import {
  AuditEntry,
  Ban,
  Call,
  ChatMessage,
  ChatText,
  DisplayName,
  DtlsParameters,
  IceCandidates,
  IceParameters,
  Id,
  Member,
  Membership,
  PastSession,
  Party,
  RelayPayload,
  Revision,
  Room,
  RoomUsage,
  RoomSettings,
  Role,
  RtpCapabilities,
  RtpParameters,
  Source,
  Template,
  Waiting,
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

/** One's place before the door: nothing of who is inside, of the chat or of the media is told. */
export const WaitingPlace = z.object({
  status: z.literal('waiting'),
  reason: Waiting.shape.reason,
  place: z.int().positive().describe('1 is the next; counted among those who wait for the same reason'),
  room: Room,
})
export type WaitingPlace = z.infer<typeof WaitingPlace>

/** What has become of a seat that was asked for. */
export const Admittance = z.discriminatedUnion('status', [Joined, WaitingPlace])
export type Admittance = z.infer<typeof Admittance>

const Empty = z.object({})
/** A room's id, slug or join code. */
const RoomRef = z.string().min(1).max(64)
/** The room that is meant; in it, and without the key, by one's role. */
const OwnRoom = {
  roomId: RoomRef.optional().describe('the room that one is in where it is not given'),
  hostKey: z.string().max(128).optional(),
}
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
        ...RoomSettings.shape,
        roomId: RoomRef.optional(),
        hostKey: z.string().max(128).optional(),
        templateId: Id.optional().describe('one’s own, for all that is not given'),
      })
      .refine((p) => (p.name === undefined) !== (p.roomId === undefined), 'give either a name or a roomId'),
    value: z.object({ room: Room, hostKey: z.string().nullable().describe('for whoever is host; null for others') }),
    errors: [
      'unauthorized',
      'roomNotFound',
      'slugTaken',
      'forbidden',
      'limitReached',
      'templateNotFound',
      'mediaUnavailable',
      'storeUnavailable',
    ],
  },
  updateRoom: {
    about: 'Sets what is given of a room, and leaves the rest. For its host; to lock it, also for co-hosts.',
    params: z.object({
      ...OwnRoom,
      changes: RoomSettings,
      version: z.int().positive().optional().describe('only where the room has this version still'),
    }),
    value: z.object({ room: Room }),
    errors: ['notInRoom', 'roomNotFound', 'forbidden', 'slugTaken', 'changedMeanwhile', 'storeUnavailable'],
  },
  renewJoinCode: {
    about: 'Gives a room another join code. The old one leads nowhere.',
    params: z.object(OwnRoom),
    value: z.object({ room: Room }),
    errors: ['notInRoom', 'roomNotFound', 'forbidden', 'storeUnavailable'],
  },
  deleteRoom: {
    about: 'Deletes a room with its chat and its members. A call in it ends, with a word to those inside.',
    params: z.object(OwnRoom),
    value: Empty,
    errors: ['notInRoom', 'roomNotFound', 'forbidden', 'storeUnavailable'],
  },
  findRoom: {
    about: 'Says which room a code, a slug or an id means, without joining it.',
    params: z.object({ roomId: RoomRef }),
    value: z.object({ room: Room }),
    errors: ['roomNotFound', 'storeUnavailable'],
  },
  joinRoom: {
    about:
      'Takes a seat in a room, or a place before its door: in its lobby, or, with `queue`, until there is room. `admitted` tells when one is in.',
    params: z
      .object({
        joinCode: z.string().max(64).optional(),
        roomId: RoomRef.optional().describe('one of the two; not with a token, and where joining makes rooms it is `default`'),
        name: DisplayName.optional().describe('needed; not with a token, and where joining makes rooms it is `User`'),
        password: z.string().max(256).optional(),
        hostKey: z.string().max(128).optional(),
        token: z.string().max(4096).optional(),
        queue: z.boolean().optional().describe('waits where the room is full, instead of `roomFull`'),
        ...DeclaredMedia,
      })
      .refine((p) => p.joinCode === undefined || p.roomId === undefined, 'give either a joinCode or a roomId'),
    value: Admittance,
    errors: [
      'unauthorized',
      'tokenExpired',
      'tokenRevoked',
      'alreadyJoined',
      'roomNotFound',
      'banned',
      'roomClosed',
      'notOpenYet',
      'roomLocked',
      'passwordRequired',
      'roomFull',
      'limitReached',
      'mediaUnavailable',
      'storeUnavailable',
    ],
  },
  leaveRoom: { about: 'Gives the seat up, or the place before the door.', params: Empty, value: Empty, errors: ['notInRoom'] },
  closeRoom: {
    about: 'Ends the meeting for everyone. The host can open the room again by joining it.',
    params: Empty,
    value: Empty,
    errors: ['notInRoom', 'forbidden', 'storeUnavailable'],
  },
  listWaiting: {
    about:
      'Who waits before the room, in the order of coming. For hosts and co-hosts, who then hear of each change by `waitingChanged`.',
    params: Empty,
    value: z.object({ waiting: z.array(Waiting) }),
    errors: ['notInRoom', 'forbidden'],
  },
  admit: {
    about:
      'Lets someone in who waits in the lobby; everyone where nobody is named. Someone who finds the room full waits on, for a place.',
    params: z.object({ waitingId: Id.optional() }),
    value: Empty,
    errors: ['notInRoom', 'forbidden', 'nobodyWaiting'],
  },
  refuse: {
    about: 'Sends someone away who waits. They are told.',
    params: z.object({ waitingId: Id }),
    value: Empty,
    errors: ['notInRoom', 'forbidden', 'nobodyWaiting'],
  },
  moveWaiting: {
    about: 'Gives someone who waits another place among those who wait for the same; 1 is the next.',
    params: z.object({ waitingId: Id, place: z.int().positive() }),
    value: Empty,
    errors: ['notInRoom', 'forbidden', 'nobodyWaiting'],
  },
  messageWaiting: {
    about: 'Says something to those who wait: to one, or to all where nobody is named. It is not stored.',
    params: z.object({ text: ChatText, waitingId: Id.optional() }),
    value: Empty,
    errors: ['notInRoom', 'forbidden', 'nobodyWaiting'],
  },
  stopMember: {
    about:
      'Stops what someone sends. They can send it again when they are allowed to: nobody is ever switched on from elsewhere.',
    params: z.object({ peerId: Id, sources: z.array(Source).min(1).max(3) }),
    value: Empty,
    errors: ['notInRoom', 'forbidden', 'peerNotFound'],
  },
  allowMember: {
    about: 'Takes back a `stopMember`. What they send begins when they switch it on.',
    params: z.object({ peerId: Id, sources: z.array(Source).min(1).max(3) }),
    value: Empty,
    errors: ['notInRoom', 'forbidden', 'peerNotFound'],
  },
  removeMember: {
    about: 'Sends someone out of the room: all their seats. With `ban`, they and their device do not come in again.',
    params: z.object({ peerId: Id, ban: z.boolean().optional() }),
    value: Empty,
    errors: ['notInRoom', 'forbidden', 'peerNotFound', 'storeUnavailable'],
  },
  listBans: {
    about: 'Whom the room does not let in.',
    params: Empty,
    value: z.object({ bans: z.array(Ban) }),
    errors: ['notInRoom', 'forbidden', 'storeUnavailable'],
  },
  unban: {
    about: 'Lets someone come in again.',
    params: z.object({ userId: Id }),
    value: Empty,
    errors: ['notInRoom', 'forbidden', 'memberNotFound', 'storeUnavailable'],
  },
  setRole: {
    about: 'Gives someone who is here a role below one’s own, which lasts.',
    params: z.object({ peerId: Id, role: Role.exclude(['host']) }),
    value: Empty,
    errors: ['notInRoom', 'forbidden', 'peerNotFound', 'storeUnavailable'],
  },
  handOver: {
    about: 'Makes someone else the host of the room, for good. One becomes a co-host.',
    params: z.object({ peerId: Id }),
    value: Empty,
    errors: ['notInRoom', 'forbidden', 'peerNotFound', 'storeUnavailable'],
  },
  listMemberships: {
    about: 'Everyone who has a lasting place in the room, whether here or not.',
    params: Empty,
    value: z.object({ memberships: z.array(Membership) }),
    errors: ['notInRoom', 'forbidden', 'storeUnavailable'],
  },
  roomInvitation: {
    about: 'The calendar file (iCalendar) of a scheduled room: the same event each time, as it is set now.',
    params: z.object({
      ...OwnRoom,
      link: z
        .url({ protocol: /^(https?|lanyard)$/ })
        .max(500)
        .optional()
        .describe('what leads into the room'),
    }),
    value: z.object({ calendar: z.string() }),
    errors: ['notInRoom', 'roomNotFound', 'forbidden', 'notScheduled'],
  },
  saveTemplate: {
    about: 'Keeps settings for rooms to come; another of one’s own with that name is replaced.',
    params: Template.pick({ name: true, settings: true }),
    value: z.object({ template: Template }),
    errors: ['storeUnavailable'],
  },
  listTemplates: {
    about: 'The settings that one has kept.',
    params: Empty,
    value: z.object({ templates: z.array(Template) }),
    errors: ['storeUnavailable'],
  },
  deleteTemplate: {
    about: 'Forgets them.',
    params: z.object({ templateId: Id }),
    value: Empty,
    errors: ['templateNotFound', 'storeUnavailable'],
  },
  roomHistory: {
    about: 'Who was in a room when, the latest first. For hosts and co-hosts.',
    params: z.object({
      ...OwnRoom,
      cursor: z.string().max(128).nullable().optional(),
      limit: z.int().min(1).max(200).optional(),
    }),
    value: z.object({ sessions: z.array(PastSession), cursor: z.string().nullable() }),
    errors: ['notInRoom', 'roomNotFound', 'forbidden', 'storeUnavailable'],
  },
  roomUsage: {
    about: 'How a room was used on each day, both ends included: the last 30 days where none are named. For hosts and co-hosts.',
    params: z.object({ ...OwnRoom, from: z.iso.date().optional(), to: z.iso.date().optional() }),
    value: z.object({ usage: RoomUsage }),
    errors: ['notInRoom', 'roomNotFound', 'forbidden', 'storeUnavailable'],
  },
  roomAudit: {
    about: 'Who has done what in a room, the latest first. For its host.',
    params: z.object({ ...OwnRoom, limit: z.int().min(1).max(500).optional() }),
    value: z.object({ entries: z.array(AuditEntry) }),
    errors: ['notInRoom', 'roomNotFound', 'forbidden', 'storeUnavailable'],
  },
  myRooms: {
    about: 'The rooms that one was in, the latest first, and whether one is in them now.',
    params: z.object({ limit: z.int().min(1).max(200).optional() }),
    value: z.object({
      rooms: z.array(
        z.object({ room: Room, lastSeenAt: z.iso.datetime(), isThere: z.boolean().describe('by any of one’s windows') }),
      ),
    }),
    errors: ['storeUnavailable'],
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
    about:
      'Hands a payload to one other peer of the same room, unread. Outside of rooms, to whom one is in a call with, by the id in that call.',
    params: z.object({ to: Id, payload: RelayPayload, roomId: RoomRef.optional().describe('must be the room that one is in') }),
    value: Empty,
    errors: ['notInRoom', 'peerNotFound'],
  },
  ring: {
    about:
      'Calls some of those who are here: seats of the room that one is in, or, where the server allows it, a connection outside of rooms. `callChanged` tells how each of them fares.',
    params: z.object({ to: z.array(Id).min(1).max(50) }),
    value: z.object({ call: Call }),
    errors: ['notInRoom', 'peerNotFound', 'alreadyJoined', 'forbidden'],
  },
  answerRing: {
    about: 'Takes a call, or declines it.',
    params: z.object({ callId: Id, accept: z.boolean() }),
    value: z.object({ call: Call }),
    errors: ['callNotFound'],
  },
  hangUp: {
    about: 'Leaves a call; the one who has called takes it back so as long as nobody has answered.',
    params: z.object({ callId: Id }),
    value: Empty,
    errors: ['callNotFound'],
  },
  introduce: {
    about: 'Says by which name one can be called outside of rooms. Null: not any more.',
    params: z.object({ name: DisplayName.nullable() }),
    value: Empty,
    errors: ['forbidden'],
  },
  listConnected: {
    about: 'Who can be called outside of rooms, where the server allows it.',
    params: Empty,
    value: z.object({ people: z.array(Party) }),
    errors: ['forbidden'],
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
    errors: ['notInRoom', 'forbidden', 'transportNotFound', 'producerNotFound', 'cannotConsume', 'mediaUnavailable'],
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
  resumed: Admittance.nullable().describe('the seat, or the place before the door, that the handshake’s `resume` took back'),
})
export type Welcome = z.infer<typeof Welcome>

const LeaveReason = z.enum(['left', 'lost', 'closed', 'removed'])
const CloseReason = z.enum(['ended', 'deleted', 'shutdown'])

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
    about: 'The meeting was ended, the room was deleted, or the server stops; one is in no room any more, nor before one.',
    payload: z.object({ roomId: Id, reason: CloseReason }),
  },
  roomGone: {
    about: 'For those who watch the list of rooms: a room is not in it any more.',
    payload: z.object({ roomId: Id }),
  },
  removed: {
    about: 'One was sent out of the room, or away from its door, and is in none any more.',
    payload: z.object({ roomId: Id, reason: z.enum(['removed', 'banned', 'refused', 'tokenRevoked']) }),
  },
  admitted: { about: 'One was let in, and has a seat now.', payload: Joined },
  placeChanged: { about: 'One’s place before the door is another one now.', payload: WaitingPlace },
  waitingMessage: {
    about: 'A word from inside to those who wait.',
    payload: z.object({ roomId: Id, from: z.object({ userId: Id, name: DisplayName }), text: ChatText }),
  },
  waitingChanged: {
    about: 'For hosts and co-hosts: who waits before the room now, in the order of coming.',
    payload: z.object({ waiting: z.array(Waiting) }),
  },
  chatMessage: { about: 'Someone has said something; it is stored.', payload: z.object({ message: ChatMessage }) },
  relay: {
    about: 'Another peer’s `relay`.',
    payload: z.object({ roomId: Id.nullable().describe('null outside of rooms'), from: Id, payload: RelayPayload }),
  },
  ringing: { about: 'One is called.', payload: z.object({ call: Call }) },
  callChanged: {
    about: 'Someone has answered, declined, missed or left a call that one has to do with.',
    payload: z.object({ call: Call }),
  },
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
