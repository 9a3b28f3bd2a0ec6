/** Being in a room: who is there, what is said, and who calls whom. */
import { z } from 'zod'
import { Call, ChatMessage, ChatText, DisplayName, Id, Member, Party, RelayPayload, Revision } from '../model.ts'
import { DeclaredMedia, Empty, RoomRef, type RequestShape } from './parts.ts'

export const talking = {
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
    about:
      'Who can be called outside of rooms, where the server allows it. From then on, until a room is joined, `connectedChanged` tells.',
    params: Empty,
    value: z.object({ people: z.array(Party) }),
    errors: ['forbidden'],
  },
} as const satisfies Record<string, RequestShape>
