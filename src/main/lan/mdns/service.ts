/** How a Lanyard server shows itself by DNS-SD: as an instance of `_lanyard._tcp`, without the name of any room. */
import { z } from 'zod'
import { Fingerprint } from '../../../shared/fingerprint.ts'
import { DisplayName, Id } from '../../../shared/model.ts'
import type { ReadMessage, Record } from './message.ts'

export const serviceType = '_lanyard._tcp.local'
/** What lists the kinds of services on a network (RFC 6763, section 9). */
export const allServices = '_services._dns-sd._udp.local'
/** How long records hold: a server that has crashed is gone after as much. In seconds. */
export const recordTtl = 10

/** RFC 1035: a label's bytes. */
const longestLabel = 63
/** RFC 6763, section 6.2: more would not fit into one packet with the rest. In bytes. */
const longestText = 1_300
/** Of one server on one network. */
const mostAddresses = 8
/** In one response. A server tells of itself alone. */
const mostInstances = 16

/** What a server tells to whoever asks. */
export interface Announced {
  /** For people. */
  name: string
  instanceId: string
  /** The number of the protocol that it speaks. */
  protocol: number
  fingerprint: Fingerprint
  /** Grows when what the server would tell over its pinned connection has changed. */
  revision: number
  port: number
}

/** What someone claims to be, until its certificate is seen. */
export interface Claim extends Announced {
  label: string
  /** The name that its addresses belong to: another after each start of a server. */
  host: string
  /** Without zones. */
  addresses: string[]
  /** In seconds; 0 says that it goes. */
  ttl: number
}

const count = z
  .string()
  .regex(/^\d{1,10}$/)
  .transform(Number)

/** Controls of a text's direction, joiners, fillers, selectors, and the blank of Braille: nobody sees them. */
const unseen = /[\p{Default_Ignorable_Code_Point}\u2800]/gu

/** The keys of the TXT record, short as RFC 6763 (section 6.4) asks. */
const Text = z.object({
  id: Id,
  v: count.pipe(z.number().min(1).max(65_535)),
  fp: Fingerprint,
  rev: count,
  n: z.string(),
})

/**
 * An instance's label: the name, and in brackets what tells it from namesakes.
 * @param number above 1 where another goes by that label already
 */
export function labelOf({ name, fingerprint }: Pick<Announced, 'name' | 'fingerprint'>, number: number): string {
  const end = ` [${fingerprint.slice(0, 6)}]${number > 1 ? ` ${number}` : ''}`
  // A dot would end the label.
  let start = name.replaceAll('.', ' ')
  while (Buffer.byteLength(start + end) > longestLabel) start = [...start].slice(0, -1).join('')
  return start.trim() + end
}

/** Whether a label is one that a server of this fingerprint would choose. */
export function isLabelOf(label: string, fingerprint: Fingerprint): boolean {
  return /\[([0-9a-f]{6})\](?: \d+)?$/.exec(label)?.[1] === fingerprint.slice(0, 6)
}

export function instanceName(label: string): string {
  return `${label}.${serviceType}`
}

/** All records of one server on one network. They travel together, so that whoever hears them need not ask for the rest. */
export function recordsOf(announced: Announced, label: string, host: string, addresses: string[], ttl = recordTtl): Record[] {
  const name = instanceName(label)
  const { instanceId: id, protocol: v, fingerprint: fp, revision: rev, name: n } = announced
  return [
    { type: 'PTR', name: serviceType, ttl, data: name },
    { type: 'SRV', name, ttl, data: { port: announced.port, target: host } },
    // In this order: what is needed to tell servers apart comes first.
    { type: 'TXT', name, ttl, data: Object.entries({ id, v, fp, rev, n }).map(([key, value]) => Buffer.from(`${key}=${value}`)) },
    ...addresses
      .slice(0, mostAddresses)
      .map((address): Record => ({ type: address.includes(':') ? 'AAAA' : 'A', name: host, ttl, data: address })),
  ]
}

/**
 * What a response claims of servers, as far as it is looked at. Only records that came together count: names are anyone's to take, and
 * records of one name from two senders would make a server that there is not.
 */
export function readClaims({ records }: ReadMessage): { claims: Claim[]; malformed: number } {
  const claims: Claim[] = []
  let malformed = 0
  const texts = records.flatMap((record) => {
    const label = record.type === 'TXT' ? readLabel(record.name) : null
    return record.type === 'TXT' && label !== null ? [{ ...record, label }] : []
  })
  for (const { label, name, data, ttl } of texts.slice(0, mostInstances)) {
    const service = records.find((other) => other.type === 'SRV' && isSameName(other.name, name))
    const text = readText(data)
    if (service?.type !== 'SRV' || !text) {
      malformed++
      continue
    }
    const { port, target: host } = service.data
    const addresses = records.flatMap((other) =>
      (other.type === 'A' || other.type === 'AAAA') && isSameName(other.name, host) ? [other.data] : [],
    )
    claims.push({
      label,
      name: shownName(text.n, text.fp),
      instanceId: text.id,
      protocol: text.v,
      fingerprint: text.fp,
      revision: text.rev,
      port,
      host: host.toLowerCase(),
      addresses: addresses.slice(0, mostAddresses),
      ttl: Math.min(ttl, service.ttl),
    })
  }
  return { claims, malformed }
}

/** The labels that a response says are no more, as far as it is looked at. */
export function readGoodbyes({ records }: ReadMessage): string[] {
  const names = records.flatMap(({ type, name, data, ttl }) => {
    if (ttl > 0) return []
    if (type === 'PTR') return isSameName(name, serviceType) ? [data] : []
    return type === 'SRV' || type === 'TXT' ? [name] : []
  })
  return [...new Set(names.flatMap((name) => readLabel(name) ?? []))].slice(0, mostInstances)
}

/** RFC 6762, section 16: names are the same whatever the case of their ASCII letters. */
export function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

/** The label of an instance of ours; null of any other name. */
function readLabel(name: string): string | null {
  const end = `.${serviceType}`
  if (!name.toLowerCase().endsWith(end)) return null
  const label = name.slice(0, -end.length)
  return label === '' || Buffer.byteLength(label) > longestLabel ? null : label
}

/**
 * A server's name as it is shown before anyone has met it, stricter than names are elsewhere; how its fingerprint begins, where nothing
 * of it can be shown.
 */
function shownName(name: string, fingerprint: Fingerprint): string {
  const seen = name.replace(unseen, '').replace(/\s+/g, ' ')
  return DisplayName.safeParse(seen).data ?? fingerprint.slice(0, 6)
}

/** RFC 6763, section 6.4: the first of equal keys counts, unknown ones do not. */
function readText(strings: Buffer[]): z.infer<typeof Text> | null {
  if (strings.reduce((sum, { length }) => sum + length + 1, 0) > longestText) return null
  const pairs = strings.map((string) => /^([^=]+)=(.*)$/su.exec(string.toString()))
  const text = Object.fromEntries(pairs.reverse().flatMap((pair) => (pair ? [[pair[1]!.toLowerCase(), pair[2]!]] : [])))
  return Text.safeParse(text).data ?? null
}
