/** What all that was seen means together: who is to blame. Pure. */
import { Culprit, type Sureness } from '../../../shared/checkup.ts'
import type { Patient, Seen } from './Check.ts'
import { SILENT } from './certificate.ts'
import { judgeClock } from './clock.ts'
import { isAlone, selfAssigned } from './interfaces.ts'
import { isAstray } from './route.ts'

/** Who is to blame, and how sure that is. */
export interface Diagnosis {
  culprit: Culprit | null
  sureness: Sureness
}

type Suspect = Diagnosis & { culprit: Culprit }

/** What failed at once did so by a decision of this system, and not because someone was looked for in vain. In ms. */
const AT_ONCE_MS = 1_000

/** One culprit, or none. What is in the way of everything comes before what is in the way of a part. */
export function diagnose(patient: Patient, seen: Seen): Diagnosis {
  const ofHosting = patient.isGeneral ? [...ofPorts(seen), ...ofInbound(seen)] : []
  const suspects = [...(patient.target ? ofTarget(patient, seen) : ofMachine(seen)), ...ofMulticast(seen), ...ofHosting]
  return first(suspects) ?? { culprit: null, sureness: seen.server ? 'certain' : 'possible' }
}

/** Of the diagnoses of several servers the one that says most. */
export function gravest(diagnoses: readonly Diagnosis[]): Diagnosis {
  const suspects = diagnoses.filter((one): one is Suspect => one.culprit !== null)
  return first(suspects) ?? diagnoses.find(({ sureness }) => sureness === 'certain') ?? diagnoses[0]!
}

function first(suspects: readonly Suspect[]): Suspect | null {
  const rank = ({ culprit }: Suspect) => Culprit.options.indexOf(culprit)
  return [...suspects].sort((a, b) => rank(a) - rank(b))[0] ?? null
}

function ofMachine({ interfaces }: Seen): Suspect[] {
  if (!interfaces) return []
  if (isAlone(interfaces)) return [certain('noNetwork')]
  return selfAssigned(interfaces) ? [certain('selfAssigned')] : []
}

function ofPorts({ ports }: Seen): Suspect[] {
  if (ports?.taken) return [certain('portTaken')]
  return ports && !ports.hasMediaPort ? [certain('mediaPortsTaken')] : []
}

function ofTarget(patient: Patient, seen: Seen): Suspect[] {
  const { connection, route, certificate } = seen
  if (!connection) return ofMachine(seen)
  const astray = route && isAstray(route) ? [certain('wrongRoute')] : []
  if (connection.outcome !== 'reached') return [...ofMachine(seen), ...astray, ...ofConnection(patient, seen)]
  // What still gets through on a wrong way need not be wrong for that.
  const byWay = isMediaLost(seen) ? astray : []
  if (certificate?.error === SILENT) return [likely('unanswering')]
  if (certificate?.shown === null)
    return [/SSL|EPROTO/.test(certificate.error ?? '') ? certain('notLanyard') : likely('notLanyard')]
  if (certificate?.expected && certificate.shown !== certificate.expected) return [certain('wrongCertificate')]
  if (seen.serverError !== undefined) return [likely(seen.serverError === 'unknownRequest' ? 'notLanyard' : 'unanswering')]
  const clock = seen.clock && judgeClock(seen.clock).status === 'failed' ? [certain('clock')] : []
  return [...byWay, ...clock, ...ofMedia(seen)]
}

/** Why a server that may well be there is not reached. */
function ofConnection({ platform }: Patient, seen: Seen): Suspect[] {
  const { connection, route, link } = seen
  const isHere = link !== undefined
  switch (connection?.outcome) {
    case 'unknownName':
      return [certain('unknownName')]
    case 'noRoute':
      return [certain('noRoute')]
    case 'notPermitted':
      return [platform === 'darwin' && isHere ? likely('permission') : likely('ownFirewall')]
    case 'refused':
      return [likely('notRunning')]
    case 'unreachable':
      // macOS lets nobody connect to neighbours who has not been allowed to, and says so at once (Apple TN3179).
      if (
        platform === 'darwin' &&
        isHere &&
        connection.code === 'EHOSTUNREACH' &&
        connection.tookMs < AT_ONCE_MS &&
        link.peer !== 'silent'
      )
        return [likely('permission')]
      // Someone on the way has said no (ICMP, administratively prohibited): the machine itself, where it is there.
      return link?.peer === 'answers' ? [certain('hostFirewall')] : ofSilence(seen)
    case 'reset':
      return [possible('hostFirewall')]
    default:
      return route?.by?.kind === 'vpn' && !isHere ? [likely('wrongRoute')] : ofSilence(seen)
  }
}

/** Nothing has come back: whether the machine is there, and others are, tells a firewall from a network that keeps its clients apart. */
function ofSilence({ link, multicast }: Seen): Suspect[] {
  // Linux tells a datagram, and not a connection, that a rule has dropped it on its way out.
  if (multicast?.errors.includes('EPERM')) return [likely('ownFirewall')]
  if (!link || link.peer === 'unknown') return [possible('hostFirewall')]
  if (link.peer === 'answers') return [likely('hostFirewall')]
  const others = multicast?.others.filter((address) => address !== link.gateway?.address) ?? []
  if (others.includes(link.address)) return [likely('isolation')]
  if (others.length > 0) return [likely('hostAbsent')]
  return [link.gateway?.state === 'answers' ? likely('isolation') : possible('isolation')]
}

const isMediaLost = ({ mediaUdp }: Seen) => mediaUdp?.answered === null

function ofMedia(seen: Seen): Suspect[] {
  if (!isMediaLost(seen)) return []
  switch (seen.mediaTcp?.answered) {
    case null:
      return [likely('media')]
    case undefined:
      return [likely('udp')]
    default:
      return [certain('udp')]
  }
}

function ofInbound({ inbound }: Seen): Suspect[] {
  return inbound?.reached === false ? [likely('inbound')] : []
}

function ofMulticast({ multicast }: Seen): Suspect[] {
  if (!multicast) return []
  const { server, own, isPortTaken } = multicast
  if (!server) return own || isPortTaken ? [] : [likely('multicast')]
  if (server.came && server.arrived) return []
  if (server.came) return [own ? likely('multicastOut') : certain('multicastOut')]
  if (server.arrived) return [own ? likely('multicastIn') : certain('multicastIn')]
  return [likely('multicast')]
}

const certain = (culprit: Culprit): Suspect => ({ culprit, sureness: 'certain' })
const likely = (culprit: Culprit): Suspect => ({ culprit, sureness: 'likely' })
const possible = (culprit: Culprit): Suspect => ({ culprit, sureness: 'possible' })
