/** What several requests have in common. */
import { z } from 'zod'
import type { ErrorCode } from '../errors.ts'
import { ChatMessage, Member, Revision, Room, RtpCapabilities, Waiting } from '../model.ts'

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

export const Empty = z.object({})
/** A room's id, slug or join code. */
export const RoomRef = z.string().min(1).max(64).describe('a room’s id, slug or join code, or `CODE.KEY` out of a link')
/** The room that is meant; in it, and without the key, by one's role. */
export const OwnRoom = {
  roomId: RoomRef.optional().describe('the room that one is in where it is not given'),
  hostKey: z.string().max(128).optional(),
}
export const DeclaredMedia = {
  microphone: z.boolean().optional(),
  camera: z.boolean().optional(),
  screen: z.boolean().optional(),
}
export interface RequestShape {
  about: string
  params: z.ZodType
  value: z.ZodType
  /** Errors of its own, beside the ones that every request may have (`commonErrors`). */
  errors: readonly ErrorCode[]
}
