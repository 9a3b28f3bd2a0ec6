/** What the desktop app and the room server that it carries say to each other, over the port between their processes. */
import { z } from 'zod'
import { Capacity } from './capacity.ts'
import { Fingerprint } from './fingerprint.ts'
import { FirewallAdvice } from './firewall.ts'

/** What a server does on its way, in this order. */
export const StartStep = z.enum(['folder', 'database', 'media', 'network'])
export type StartStep = z.infer<typeof StartStep>

/** Why a server cannot start. */
export const StartReason = z.enum([
  'wrongSetting',
  'portTaken',
  'addressUnavailable',
  'folderInUse',
  'folderUnusable',
  'databaseTooNew',
  'databaseUnusable',
  'workerMissing',
  'mediaPortsTaken',
  'other',
])
export type StartReason = z.infer<typeof StartReason>

/** A room that someone is in. */
export const HostedRoom = z.object({ id: z.string(), name: z.string(), joinCode: z.string(), people: z.int().positive() })
export type HostedRoom = z.infer<typeof HostedRoom>

/** With a number behind it, an argument of the server's process: how far its clock is to be ahead of the machine's, in ms. */
export const CLOCK_AHEAD = '--clock-ahead-ms='

/** From the app to the server's process. */
export const HostedOrder = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), config: z.record(z.string(), z.unknown()) }),
  /** Ends every meeting; the process exits with 0 when all is stored. */
  z.object({ type: z.literal('stop') }),
  /** Is answered with `pong`. */
  z.object({ type: z.literal('ping') }),
  /**
   * Measures how many people this computer can hold: beside a server that was started, or, with the settings that a server would have, in a
   * process that starts none. Is answered with `measured` or `unmeasured`.
   */
  z.object({ type: z.literal('measure'), config: z.record(z.string(), z.unknown()) }),
])
export type HostedOrder = z.infer<typeof HostedOrder>

/** From the server's process to the app. */
export const HostedNews = z.discriminatedUnion('type', [
  z.object({ type: z.literal('step'), step: StartStep }),
  z.object({
    type: z.literal('ready'),
    url: z.url(),
    urls: z.array(z.url()),
    fingerprint: Fingerprint.nullable(),
    words: z.array(z.string()).nullable(),
    port: z.int(),
    /** Where browsers come without encryption; null: nowhere. */
    plainPort: z.int().nullable(),
    firewall: FirewallAdvice.nullable(),
    /** Where a damaged database has been put. */
    setAside: z.string().nullable(),
  }),
  /** The app ends the process then. */
  z.object({ type: z.literal('failed'), reason: StartReason, message: z.string() }),
  z.object({ type: z.literal('people'), count: z.int().nonnegative() }),
  z.object({ type: z.literal('rooms'), rooms: z.array(HostedRoom) }),
  /** As far as is known, whenever that changes. */
  z.object({ type: z.literal('capacity'), capacity: Capacity }),
  /** The app ends a process without a server then. */
  z.object({ type: z.literal('measured'), capacity: Capacity }),
  z.object({ type: z.literal('unmeasured'), message: z.string() }),
  /** The addresses of this computer have changed. */
  z.object({ type: z.literal('addresses'), urls: z.array(z.url()) }),
  z.object({ type: z.literal('pong') }),
])
export type HostedNews = z.infer<typeof HostedNews>
