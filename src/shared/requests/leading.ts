/** What those do who lead a room: at its door, and with the others. */
import { z } from 'zod'
import { Ban, ChatText, Id, Membership, Role, Source, Waiting } from '../model.ts'
import { Empty, type RequestShape } from './parts.ts'

export const leading = {
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
} as const satisfies Record<string, RequestShape>
