/**
 * Links that lead into a room. For browsers `https://HOST:PORT/j/CODE#fp=…&at=…&k=…`, whose fragment reaches no server; for the app
 * `lanyard://join/CODE?…` with the same parameters; and of old `https://HOST:PORT/?room=REF`, with an id or a slug as well. All come from
 * outside: each part is parsed strictly, and a link with a wrong one is refused as a whole.
 */
import { z } from 'zod'
import { hostPortOf, isThisComputer, parseHostPort, readAddress } from './address.ts'
import { Fingerprint, parseFingerprint } from './fingerprint.ts'
import { parseJoinCode } from './joinCode.ts'
import { keyedCode, LinkKey } from './linkKey.ts'

/** Characters of a link. */
export const MAX_LINK_LENGTH = 1_000
const MAX_ADDRESSES = 8
/** Characters of a text in which a link is looked for. */
const MAX_TEXT_LENGTH = 20_000

export const RoomLink = z.object({
  /** Its code; in links of the older form also an id or a slug. */
  room: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  /** What makes the code no guess. */
  key: LinkKey.nullable(),
  /** `HOST:PORT` at which the server may be reached, best first. */
  addresses: z.array(z.string().refine((text) => parseHostPort(text) === text)).max(MAX_ADDRESSES),
  /** The server's. */
  fingerprint: Fingerprint.nullable(),
})
export type RoomLink = z.infer<typeof RoomLink>

/** What is wrong with a link, as a sentence. */
export const linkFaults = {
  notALink: 'That link does not lead to a meeting. One that does looks like https://meet.example/j/ABC123.',
  badCode: 'The code in that link is not whole: it has six letters and digits. Ask for the link again.',
  badFingerprint:
    'The fingerprint in that link is not whole, so the server could not be told from another. Ask for the link again.',
  badAddress: 'That link has an address that leads nowhere. Ask for the link again.',
  badKey: 'The end of that link is missing or damaged. Ask for it again, or type the code alone.',
  tooLong: 'That link is too long to be one of ours. Ask for it again, or type the code alone.',
} as const
export type LinkFault = keyof typeof linkFaults

export type LinkReading = { link: RoomLink; fault: null } | { link: null; fault: LinkFault }

/** Reads a link of any form. Never throws. */
export function readRoomLink(text: string): LinkReading {
  try {
    return { link: parse(text), fault: null }
  } catch (error) {
    if (error instanceof Fault) return { link: null, fault: error.fault }
    throw error
  }
}

/**
 * The first link to a room in an invitation or another text, or else the first link of any kind; null where there is none. The address
 * bar of a browser copies some without what comes before the host.
 */
export function linkIn(text: string): string | null {
  const found = text.slice(0, MAX_TEXT_LENGTH).match(/(?:https?|lanyard):\/\/\S+|[^\s/]{1,260}\/(?:j\/|\?room=)\S+/gi) ?? []
  const links = found.map((one) => withScheme(one.replace(/[)\]}>.,;:!?'"’”»]+$/, '')))
  return links.find((link) => readRoomLink(link).link) ?? links[0] ?? null
}

/** For a browser: at the first of its addresses unless another origin is given. Null where it names no server. */
export function writeWebLink(link: RoomLink, origin = readAddress(link.addresses[0] ?? '')): string | null {
  return origin === null ? null : `${origin}${pagePath(link)}`
}

/** Where the page of a link lies on its server. */
export function pagePath({ room, addresses, ...link }: RoomLink): string {
  const parameters = writeParameters({ ...link, addresses: addresses.slice(1) })
  return `${isCode(room) ? `/j/${room}` : `/?room=${room}`}${parameters && `#${parameters}`}`
}

/** For the app. */
export function writeAppLink({ room, ...link }: RoomLink): string {
  const parameters = writeParameters(link)
  if (!isCode(room)) return `lanyard://join/?room=${room}${parameters && `&${parameters}`}`
  return `lanyard://join/${room}${parameters && `?${parameters}`}`
}

/** The room of a link, as requests take it. */
export const linkRef = ({ room, key }: RoomLink): string => keyedCode(room, key)

/** What is known of a server by which links lead to it: its addresses as URLs, best first. */
export interface LinkedServer {
  urls: readonly string[]
  fingerprint: Fingerprint | null
}

/** Whether a link leads to that server: by the fingerprint where both are known, else by its addresses, or because it names none. */
export function leadsTo({ addresses, fingerprint }: RoomLink, server: LinkedServer): boolean {
  if (fingerprint !== null && server.fingerprint !== null) return fingerprint === server.fingerprint
  const known = new Set(server.urls.map((url) => hostPortOf(url)).map(withoutNickname))
  return addresses.length === 0 || addresses.some((address) => known.has(withoutNickname(address)))
}

/** Both links to a room, and how far they lead. */
export interface RoomLinks {
  web: string
  app: string
  /** Whether they lead nowhere on other computers. */
  isLocal: boolean
}

/**
 * The links to a room of a server. `reachedAt` is where oneself has reached it: first, where it is a name that the server does not know,
 * as that of a proxy; addresses of this computer are left out where there are others. Null where there is no address at all.
 */
export function linksTo(
  { joinCode, linkKey }: { joinCode: string; linkKey: string | null },
  { urls, fingerprint }: LinkedServer,
  reachedAt: string | null = null,
): RoomLinks | null {
  const all = reachedAt === null || urls.includes(reachedAt) ? urls : [reachedAt, ...urls]
  const others = all.filter((url) => !isThisComputer(new URL(url).hostname))
  const [best] = others.length > 0 ? others : all
  if (best === undefined) return null
  const named = (others.length > 0 ? others : all).map(hostPortOf).filter((address) => address !== null)
  const link = { room: joinCode, key: linkKey, fingerprint, addresses: [...new Set(named)].slice(0, MAX_ADDRESSES) }
  while (writeAppLink(link).length > MAX_LINK_LENGTH) link.addresses.pop()
  return { web: `${new URL(best).origin}${pagePath(link)}`, app: writeAppLink(link), isLocal: others.length === 0 }
}

/** Why a link is refused; it does not leave this file. */
class Fault extends Error {
  readonly fault: LinkFault

  constructor(fault: LinkFault) {
    super(fault)
    this.fault = fault
  }
}

function parse(text: string): RoomLink {
  if (text.length > MAX_LINK_LENGTH) throw new Fault('tooLong')
  const [, scheme = '', authority = ''] = /^(https?|lanyard):\/\/([^/?#]*)/i.exec(text) ?? []
  // URLs are read more kindly than people do: without line breaks, and with slashes for backslashes.
  if (scheme === '' || /[\s\p{Cc}\\]/u.test(text)) throw new Fault('notALink')
  const url = required(URL.parse(text), 'badAddress')
  const isApp = url.protocol === 'lanyard:'
  const [, place] = (isApp ? /^\/?([^/]*)\/?$/ : /^\/j\/([^/]*)\/?$/).exec(url.pathname) ?? []
  if (isApp && (authority !== 'join' || place === undefined)) throw new Fault('notALink')
  if (!isApp && place === undefined && !url.searchParams.has('room')) throw new Fault('notALink')

  const host = isApp ? [] : [required(parseHostPort(withPort(authority, url.protocol)), 'badAddress')]
  const parameters = isApp ? url.searchParams : new URLSearchParams(url.hash.slice(1))
  const room = readRoom(place ?? '', only(url.searchParams, 'room', 'badCode'))
  const fingerprint = only(parameters, 'fp', 'badFingerprint')
  const at = only(parameters, 'at', 'badAddress')
  const key = only(parameters, 'k', 'badKey')
  const addresses = new Set([...host, ...(at?.split(',') ?? []).map((one) => required(parseHostPort(one), 'badAddress'))])
  if (addresses.size > MAX_ADDRESSES) throw new Fault('badAddress')
  // A key belongs to a code.
  if (key !== null && !(LinkKey.safeParse(key).success && isCode(room))) throw new Fault('badKey')
  return {
    room,
    key,
    addresses: [...addresses],
    fingerprint: fingerprint === null ? null : required(parseFingerprint(fingerprint), 'badFingerprint'),
  }
}

/** Out of the path, where it is a code, or of the parameter, where it may be a name as well; not both. */
function readRoom(place: string, named: string | null): string {
  if (named === null) return required(parseJoinCode(decoded(place)), 'badCode')
  const ref = parseJoinCode(named) ?? named.trim()
  if (place !== '' || !/^[A-Za-z0-9_-]{1,64}$/.test(ref)) throw new Fault('badCode')
  return ref
}

/** The value of a parameter; null where it is not there. Given twice, nobody knows which is meant. */
function only(parameters: URLSearchParams, name: string, fault: LinkFault): string | null {
  const [value = null, ...more] = parameters.getAll(name)
  if (more.length > 0) throw new Fault(fault)
  return value
}

function required<T>(value: T | null, fault: LinkFault): T {
  if (value === null) throw new Fault(fault)
  return value
}

/** All of its characters may stand in a fragment and in a query as they are. */
function writeParameters({ key, addresses, fingerprint }: Omit<RoomLink, 'room'>): string {
  const parts = [fingerprint && `fp=${fingerprint}`, addresses.length > 0 && `at=${addresses.join(',')}`, key && `k=${key}`]
  return parts.filter(Boolean).join('&')
}

const isCode = (room: string) => parseJoinCode(room) === room

/** Links of before have led to plain servers on other computers as well; what is at their default port now is encrypted. */
function withPort(authority: string, protocol: string): string {
  if (/:\d*$/.test(authority)) return authority
  return `${authority}:${protocol === 'http:' && isThisComputer(authority.toLowerCase()) ? 80 : 443}`
}

function withScheme(link: string): string {
  if (/^[a-z]+:\/\//i.test(link)) return link
  const slash = link.indexOf('/')
  return `${readAddress(link.slice(0, slash)) ?? `https://${link.slice(0, slash)}`}${link.slice(slash)}`
}

/** The same address of this computer goes by two names. */
const withoutNickname = (address: string | null) => address?.replace(/^localhost:/, '127.0.0.1:')

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
