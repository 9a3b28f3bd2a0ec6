import { createPrivateKey, X509Certificate } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { isIPv6 } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { parseFingerprint, type Fingerprint } from '../../../shared/fingerprint.ts'
import { StartError } from '../StartError.ts'
import type { KeyPair, Names } from './authority.ts'
import { permittedNames } from './permittedNames.ts'

/** A certificate that runs out within this time is replaced at a start, in ms. */
const RENEW_MS = 60 * 86_400_000

/** How a server shows who it is. */
export interface Identity {
  /** SHA-256 of its certificate. */
  readonly fingerprint: Fingerprint
  /** What TLS needs, as PEM: the certificate, followed by those that vouch for it, and its key. */
  readonly credentials: { cert: string; key: string }
  /** PEM, for those who would rather install it than pass a warning; null where the owner has brought a certificate. */
  readonly authority: string | null
  /** Domains of the internet that the authority could vouch for: what older versions have made. */
  readonly excess: string[]
  /** DNS names and IP addresses that the certificate is for. */
  readonly names: string[]
  readonly validUntil: Date
}

/** Files of a certificate (with those between it and its authority) and of its key, as PEM, that the owner has brought. */
export interface OwnCertificate {
  certificate: string
  key: string
}

/**
 * The identity that a data directory's `keys/` holds. It is made once, and stays the same until it runs out or the owner renews it; then the
 * authority, which stays, vouches for the new one.
 */
export async function keptIdentity(keys: string, serverName: string): Promise<Identity> {
  const authority = readPair(keys, 'authority')
  const server = authority && readPair(keys, 'server')
  if (authority && server && !runsOut(server)) return identityOf(server, authority)
  return renewIdentity(keys, serverName)
}

/** The one that is kept, be it that it runs out; null where none was made. */
export function readIdentity(keys: string): Identity | null {
  const authority = readPair(keys, 'authority')
  const server = authority && readPair(keys, 'server')
  return server && identityOf(server, authority)
}

/** Replaces the server's key and certificate, for the names and addresses that this machine has now. */
export async function renewIdentity(keys: string, serverName: string): Promise<Identity> {
  const { makeAuthority, signServer } = await import('./authority.ts')
  const names = namesHere(serverName)
  const authority = readPair(keys, 'authority') ?? keepPair(keys, 'authority', await makeAuthority(names))
  return identityOf(keepPair(keys, 'server', await signServer(authority, names)), authority)
}

/** Throws a StartError that names the file which is no use. */
export function ownIdentity({ certificate: certificateFile, key: keyFile }: OwnCertificate): Identity {
  const certificate = readOwn(certificateFile, (pem) => new X509Certificate(pem))
  const key = readOwn(keyFile, (pem) => createPrivateKey(pem))
  if (!certificate.value.checkPrivateKey(key.value))
    throw new StartError('wrongSetting', `${keyFile} is not the key of ${certificateFile}`, {
      hint: 'give the two that belong together with --tls-cert and --tls-key',
    })
  return identityOf({ certificate: certificate.pem, key: key.pem }, null)
}

/** The certificate is followed by its authority's, so that those who know that one recognise a renewed server. */
function identityOf(server: KeyPair, authority: KeyPair | null): Identity {
  const certificate = new X509Certificate(server.certificate)
  const cert = authority ? `${server.certificate}\n${authority.certificate}` : server.certificate
  return {
    fingerprint: parseFingerprint(certificate.fingerprint256)!,
    credentials: { cert, key: server.key },
    authority: authority?.certificate ?? null,
    excess: authority ? permittedNames(authority.certificate).filter((name) => !isLocalName(name)) : [],
    names: (certificate.subjectAltName ?? '').split(', ').map((name) => short(name.replace(/^(DNS|IP Address):/, ''))),
    validUntil: certificate.validToDate,
  }
}

const isLocalName = (name: string) => /(^|\.)(local|localhost)$/.test(name)

/** As people write IPv6 addresses (RFC 5952). */
const short = (name: string) => (isIPv6(name) ? new URL(`http://[${name}]`).hostname.slice(1, -1) : name)

const runsOut = ({ certificate }: KeyPair) => new X509Certificate(certificate).validToDate.getTime() < Date.now() + RENEW_MS

/** Null where there is none. Throws where what is there is damaged: another in its place would be refused by all who know this one. */
function readPair(keys: string, name: 'authority' | 'server'): KeyPair | null {
  const files = [join(keys, `${name}.crt`), join(keys, `${name}.key`)] as const
  if (!files.every((file) => existsSync(file))) return null
  const [certificate, key] = files.map((file) => readFileSync(file, 'utf8')) as [string, string]
  try {
    if (new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))) return { certificate, key }
  } catch {
    // Said below.
  }
  throw new StartError('folderUnusable', `${files.join(' and ')} are damaged, or do not belong together`, {
    hint: 'bring them back from a copy; without them, those who know this server will not trust it',
  })
}

/** The key first and each by way of another name, so that a crash leaves no half file and no certificate without its key. */
function keepPair(keys: string, name: 'authority' | 'server', pair: KeyPair): KeyPair {
  for (const [kind, text] of [
    ['key', pair.key],
    ['crt', pair.certificate],
  ] as const) {
    const file = join(keys, `${name}.${kind}`)
    writeFileSync(`${file}.new`, text, { mode: 0o600, flush: true })
    renameSync(`${file}.new`, file)
  }
  return pair
}

function readOwn<T>(file: string, read: (pem: string) => T): { pem: string; value: T } {
  try {
    const pem = readFileSync(file, 'utf8')
    return { pem, value: read(pem) }
  } catch (cause) {
    throw new StartError('wrongSetting', `${file} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, {
      hint: 'give PEM files with --tls-cert and --tls-key',
      cause,
    })
  }
}

/**
 * The name by which this machine is found in its network by multicast DNS (RFC 6762), and its addresses. Its name in other domains is
 * nothing that its authority may vouch for.
 */
function namesHere(server: string): Names {
  const [host = ''] = hostname().toLowerCase().split('.')
  const hosts = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(host) ? [`${host}.local`] : []
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  return { server, hosts, addresses: addresses.filter(({ internal }) => !internal).map(({ address }) => address) }
}
