/** What is kept of rooms, and of those who make them. */
import { z } from 'zod'
import { AuditEntry, Id, PastSession, Room, RoomUsage, Template } from '../model.ts'
import { MAX_LINK_LENGTH } from '../roomLink.ts'
import { Empty, OwnRoom, type RequestShape } from './parts.ts'

export const records = {
  roomInvitation: {
    about: 'The calendar file (iCalendar) of a scheduled room: the same event each time, as it is set now.',
    params: z.object({
      ...OwnRoom,
      link: z
        .url({ protocol: /^(https?|lanyard)$/ })
        .max(MAX_LINK_LENGTH)
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
    errors: ['limitReached', 'storeUnavailable'],
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
} as const satisfies Record<string, RequestShape>
