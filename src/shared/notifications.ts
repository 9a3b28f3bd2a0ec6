/** What a server tells its clients without being asked. */
import { z } from 'zod'
import { Fingerprint } from './fingerprint.ts'
import {
  Call,
  ChatMessage,
  ChatText,
  DisplayName,
  Id,
  Member,
  Party,
  RelayPayload,
  Revision,
  Room,
  RtpCapabilities,
  Waiting,
} from './model.ts'
import { Admittance, Joined, WaitingPlace } from './requests/parts.ts'

export const Welcome = z.object({
  connectionId: Id,
  protocol: z.int(),
  userId: Id,
  features: z.record(z.string(), z.boolean()),
  server: z.object({
    id: Id,
    name: DisplayName.catch('Server without a name').describe('cleaned like those of people; one that is none is replaced'),
    version: z.string().max(64),
    fingerprint: Fingerprint.nullable().describe('SHA-256 of its certificate; null where it has none'),
    words: z.array(z.string().max(32)).max(12).nullable().describe('that stand for the fingerprint, to be compared aloud'),
    urls: z.array(z.url().max(300)).max(64).describe('the addresses at which others reach it, the best first'),
  }),
  resume: z.string().max(256).describe('credential to take this connection’s seat back with; a new one comes with each welcome'),
  resumed: Admittance.nullable().describe('the seat, or the place before the door, that the handshake’s `resume` took back'),
})
export type Welcome = z.infer<typeof Welcome>

const LeaveReason = z.enum(['left', 'lost', 'closed', 'removed'])
const CloseReason = z.enum(['ended', 'deleted', 'shutdown', 'suspended'])

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
    about:
      'The meeting was ended, the room was deleted, its tenant was switched off, or the server stops; one is in no room any more, nor before one.',
    payload: z.object({ roomId: Id, reason: CloseReason }),
  },
  roomGone: {
    about: 'For those who watch the list of rooms: a room is not in it any more.',
    payload: z.object({ roomId: Id }),
  },
  removed: {
    about: 'One was sent out of the room, or away from its door, and is in none any more.',
    payload: z.object({ roomId: Id, reason: z.enum(['removed', 'banned', 'refused', 'tokenRevoked', 'encryptionRequired']) }),
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
  connectedChanged: {
    about:
      'For those who have asked who can be called outside of rooms: who can now, or by another name, and who cannot any more. Oneself included.',
    payload: z.object({ people: z.array(Party), gone: z.array(Id) }),
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
