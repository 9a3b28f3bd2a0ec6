/** Making, finding, entering and leaving rooms. */
import { z } from 'zod'
import { DisplayName, Id, Room, RoomSettings } from '../model.ts'
import { Admittance, DeclaredMedia, Empty, OwnRoom, RoomRef, type RequestShape } from './parts.ts'

export const rooms = {
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
        token: z.string().max(4096).optional().describe('as in the handshake, for who has connected without it'),
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
  listRooms: {
    about: 'Lists public rooms, those with people first. From then on, until a room is joined, `roomChanged` tells of changes.',
    params: z.object({ query: z.string().max(100).optional(), cursor: z.string().max(128).nullable().optional() }),
    value: z.object({ rooms: z.array(Room), cursor: z.string().nullable().describe('for the next page; null at the end') }),
    errors: ['storeUnavailable'],
  },
} as const satisfies Record<string, RequestShape>
