import { hostname } from 'node:os'
import { z } from 'zod'
import { canBeSeen, oneLine } from '../../shared/names.ts'
import { USUAL_MEDIA_PORTS, USUAL_PORT } from '../../shared/ports.ts'

const PortRange = z
  .object({ min: z.int().min(1).max(65_535), max: z.int().min(1).max(65_535) })
  .refine((range) => range.min <= range.max, 'the first port must not be above the last')

/** As in paths and in tokens. */
export const TenantId = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'A tenant’s id has lower-case letters, digits and dashes, 63 at most')

/** How much a tenant may have; null is without a limit. */
const Tier = z.strictObject({
  /** Rooms that are kept. */
  rooms: z.int().min(0).nullable().default(null),
  /** People who are in its rooms at once. */
  people: z.int().min(0).nullable().default(null),
  /** Minutes that all its people together may be in rooms in a month (UTC), counted where they began. */
  minutes: z.int().min(0).nullable().default(null),
})
export type Tier = z.output<typeof Tier>

/** All that a room server can be told. Parsed once, at the entry, and passed down. */
export const ServerConfig = z.object({
  /** The address to listen on, for signaling and media. */
  host: z.string().trim().min(1, 'Give an address').default('127.0.0.1'),
  /** The TCP port of HTTP and signaling; 0 takes any free one. */
  port: z.int().min(0).max(65_535).default(USUAL_PORT),
  /**
   * Whether that port speaks TLS. `auto`: where others can reach it. This computer itself may always come without, and nobody else ever
   * may, so `off` is for addresses of this computer alone.
   */
  tls: z.enum(['auto', 'on', 'off']).default('auto'),
  /** The port for browsers that are to come without encryption, to watch, listen and chat; null opens none, 0 takes any free one. */
  plainPort: z.int().min(0).max(65_535).nullable().default(null),
  /** The owner's own certificate and its key (PEM files), instead of one that the server makes. Both or neither. */
  tlsCert: z.string().min(1, 'Give a file').nullable().default(null),
  tlsKey: z.string().min(1, 'Give a file').nullable().default(null),
  /** Where the database and the keys live. Made where it is missing. */
  dataDir: z.string().min(1, 'Give a folder'),
  /** Whether others in its networks are shown that it is there (DNS-SD over multicast DNS). */
  mdns: z.boolean().default(true),
  /** The name that people see. */
  name: z
    .string()
    .overwrite(oneLine)
    .max(64, 'A name has 64 characters at most')
    .refine(canBeSeen, 'Give a name')
    .default(hostname),
  /** Addresses that media is announced on, where they differ from the one listened on. */
  announceIps: z.array(z.union([z.ipv4(), z.ipv6()], 'Give an IP address')).default([]),
  /** Media ports, UDP and TCP: each worker takes one. */
  rtcPorts: PortRange.default(USUAL_MEDIA_PORTS),
  /** Media workers at most; null: one for each core. */
  maxWorkers: z.int().min(1).max(256).nullable().default(null),
  /** The program of the media workers; null: where mediasoup keeps it. */
  workerBin: z.string().nullable().default(null),
  /** How often each media worker is asked for a sign of life, which it has four fifths of that time to give; in ms. */
  workerPulseMs: z.int().min(100).default(5_000),
  /** The built interface, served to browsers; null serves none. */
  webDir: z.string().nullable().default(null),
  /** Host names (beside the server's own addresses) that requests may be made to. */
  allowedHosts: z.array(z.string().toLowerCase()).default([]),
  /** Origins (beside the server's own) whose pages may connect. */
  allowedOrigins: z.array(z.string().toLowerCase()).default([]),
  /** Whether people who are in no room can call each other. */
  directCalls: z.boolean().default(false),
  /** How long someone is rung before the call counts as missed. */
  ringMs: z.int().min(100).max(600_000).default(30_000),
  /** Who may make rooms: anyone who connects, or programs with a key only. */
  whoCreates: z.enum(['anyone', 'key']).default('anyone'),
  /** The limits of tenants, by the name of their tier. `standard` is that of tenants that nothing else is said of. */
  tiers: z
    .record(z.string().regex(/^[a-z0-9-]{1,32}$/, 'A tier’s name has lower-case letters, digits and dashes'), Tier)
    .default({})
    .transform((tiers) => ({ standard: Tier.parse({}), ...tiers })),
  /** Whether joining a room that there is not makes one, which goes with its last person. */
  autoCreate: z.boolean().default(false),
  /** How long a room that nobody is in, nor waits for, stays ready for the first one to come, in ms. */
  readyMs: z.int().min(0).max(3_600_000).default(60_000),
  /** How long after the start it may measure how many people the machine can hold, while nobody meets, in ms; null: only when it is asked to. */
  measureAfterMs: z.int().min(0).nullable().default(null),
  /** How long a seat is held for someone whose connection is lost. */
  graceMs: z.int().min(0).max(600_000).default(15_000),
})

export type ServerConfig = z.output<typeof ServerConfig>
export type ServerConfigInput = z.input<typeof ServerConfig>
