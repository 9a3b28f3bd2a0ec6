/**
 * The protocol between a client and a room server, written once: from these schemas follow both sides' types, the parsing
 * at both ends, and docs/protocol.md (`npm run docs`). A change here bumps PROTOCOL_VERSION.
 */
import { z } from 'zod'
import type { ErrorCode } from './errors.ts'
import { leading } from './requests/leading.ts'
import { media } from './requests/media.ts'
import { records } from './requests/records.ts'
import { rooms } from './requests/rooms.ts'
import { talking } from './requests/talking.ts'

export { notifications, Welcome, type NotificationName, type Payload } from './notifications.ts'
export { Admittance, Joined, WaitingPlace } from './requests/parts.ts'

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
  token: z
    .string()
    .max(4096)
    .optional()
    .describe('as `POST /api/v1/tokens` gives it: lets its bearer into one room, under its name'),
  resume: z.string().max(256).optional().describe('the `resume` of the last welcome: takes the seat back'),
})
export type Handshake = z.infer<typeof Handshake>

export const commonErrors = [
  'badRequest',
  'encryptionRequired',
  'rateLimited',
  'internal',
] as const satisfies readonly ErrorCode[]

/** Every request there is. */
export const requests = { ...rooms, ...talking, ...leading, ...records, ...media } as const

export type RequestName = keyof typeof requests
/** What a handler gets: parsed. */
export type Params<N extends RequestName> = z.output<(typeof requests)[N]['params']>
/** What a caller gives. */
export type ParamsInput<N extends RequestName> = z.input<(typeof requests)[N]['params']>
export type Value<N extends RequestName> = z.output<(typeof requests)[N]['value']>

export function isRequestName(name: unknown): name is RequestName {
  return typeof name === 'string' && Object.hasOwn(requests, name)
}
