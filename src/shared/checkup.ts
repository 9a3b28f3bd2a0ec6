/** What a look at the network has found: by the command `lanyard doctor`, and in the app's window. */
import { z } from 'zod'

/** In the order in which they are looked at. */
export const CheckName = z.enum([
  'interfaces',
  'ports',
  'connection',
  'route',
  'link',
  'certificate',
  'server',
  'clock',
  'multicast',
  'mediaUdp',
  'mediaTcp',
  'inbound',
])
export type CheckName = z.infer<typeof CheckName>

/** `warning`: no obstacle now, and worth knowing. `skipped`: there was nothing to look at, or no way to. */
export const CheckStatus = z.enum(['ok', 'warning', 'failed', 'skipped'])
export type CheckStatus = z.infer<typeof CheckStatus>

export const CheckResult = z.object({
  name: CheckName,
  /** Whose server was looked at; null where it was this computer. */
  server: z.string().nullable(),
  status: CheckStatus,
  /** A sentence. */
  detail: z.string(),
  tookMs: z.number(),
})
export type CheckResult = z.infer<typeof CheckResult>

/** What is to blame. What stands first hides what stands behind it. */
export const Culprit = z.enum([
  'noNetwork',
  'selfAssigned',
  'unknownName',
  'wrongRoute',
  'noRoute',
  'permission',
  'ownFirewall',
  'notRunning',
  'hostFirewall',
  'isolation',
  'hostAbsent',
  'notLanyard',
  'wrongCertificate',
  'unanswering',
  'clock',
  'media',
  'udp',
  'portTaken',
  'mediaPortsTaken',
  'multicast',
  'multicastIn',
  'multicastOut',
  'inbound',
])
export type Culprit = z.infer<typeof Culprit>

/** `certain`: nothing else explains what was seen. `likely`: something else would be a surprise. `possible`: it fits, and so do others. */
export const Sureness = z.enum(['certain', 'likely', 'possible'])
export type Sureness = z.infer<typeof Sureness>

export const Checkup = z.object({
  ok: z.boolean(),
  /** Null where all is well. */
  culprit: Culprit.nullable(),
  sureness: Sureness,
  /** A sentence or two for people. */
  summary: z.string(),
  /** What to do about it on this system, first to last. */
  steps: z.array(z.string()),
  checks: z.array(CheckResult),
})
export type Checkup = z.infer<typeof Checkup>

/** What people read instead of the names. */
export const checkTitles: Readonly<Record<CheckName, string>> = {
  interfaces: 'Networks of this computer',
  ports: 'Ports of the server on this computer',
  connection: 'Way to the server',
  route: 'Route',
  link: 'Neighbours on the network',
  certificate: 'Certificate',
  server: 'Answer of the server',
  clock: 'Clock',
  multicast: 'Discovery, both ways',
  mediaUdp: 'Media over UDP',
  mediaTcp: 'Media over TCP',
  inbound: 'Connections to this computer',
}
