/** What a check is: one look, and what it means by itself. What all of them mean together is the diagnosis. */
import type { CheckName, CheckStatus } from '../../../shared/checkup.ts'
import type { ErrorCode } from '../../../shared/errors.ts'
import type { Fingerprint } from '../../../shared/fingerprint.ts'
import type { LocalAddress } from '../localAddresses.ts'
import type { ShownCertificate } from './certificate.ts'
import type { Skew } from './clock.ts'
import type { Connection } from './connection.ts'
import type { EchoAbout } from './echo.ts'
import type { Inbound } from './inbound.ts'
import type { Link } from './link.ts'
import type { MediaWay } from './media.ts'
import type { HeardMulticast } from './multicast.ts'
import type { PortsInUse } from './ports.ts'
import type { Route } from './route.ts'

/** A server to look at. */
export interface Target {
  /** For people. */
  name: string
  /** `HOST:PORT`, the best first; IPv6 in brackets. */
  addresses: string[]
  /** Whose certificate has to be there; null where that is not known. */
  fingerprint: Fingerprint | null
}

/** The server of this computer: that runs, or that would be started. */
export interface OwnServer {
  isRunning: boolean
  /** The address that it listens on. */
  host: string
  /** TCP: pages and signaling; 0 takes any free one. */
  port: number
  /** UDP and TCP: media. */
  rtcPorts: { min: number; max: number }
}

/** This computer, and what it looks at. */
export interface Patient {
  platform: NodeJS.Platform
  addresses: readonly LocalAddress[]
  own: OwnServer
  /** Null while it is only this computer that is looked at. */
  target: Target | null
  /** Whether someone asks how this network is, for hosting too, and not only after one server. */
  isGeneral: boolean
  /** Whether a server whose certificate nobody has named is asked anything. It learns nothing but that someone looks. */
  mayAskStrangers: boolean
  /** In ms since 1970, by the clock of this computer. */
  now: () => number
}

/** What each check sees. */
export interface Observations {
  interfaces: readonly LocalAddress[]
  ports: PortsInUse
  connection: Connection
  route: Route
  link: Link
  certificate: ShownCertificate
  server: EchoAbout
  clock: Skew
  multicast: HeardMulticast
  mediaUdp: MediaWay
  mediaTcp: MediaWay
  inbound: Inbound
}

/** What was seen so far. */
export interface Seen extends Partial<Observations> {
  /** Why the server could not be asked, though it is the right one. */
  serverError?: ErrorCode
}

export interface Judgement {
  status: Exclude<CheckStatus, 'skipped'>
  /** A sentence. */
  detail: string
}

export interface Check<N extends CheckName> {
  readonly name: N
  /** Why there is nothing to see, where `probe` gives null. */
  readonly skipped: string
  /** Looks. What a broken network does is seen, and not thrown. */
  probe(patient: Patient, seen: Seen): Promise<Observations[N] | null>
  /** What that means by itself. */
  judge(observed: Observations[N], patient: Patient): Judgement
}
