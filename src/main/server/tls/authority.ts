/** How certificates are made: the server's own authority, and what it signs for the server. Loaded only where one is to be made. */
import 'reflect-metadata'
import { BlockList, isIP } from 'node:net'
import { AsnConvert } from '@peculiar/asn1-schema'
import { GeneralName, GeneralSubtree, GeneralSubtrees, id_ce_nameConstraints, NameConstraints } from '@peculiar/asn1-x509'
import * as x509 from '@peculiar/x509'

/** A certificate and its private key, as PEM. */
export interface KeyPair {
  certificate: string
  key: string
}

/** What a certificate of a server is made for. */
export interface Names {
  /** As its people know it. */
  server: string
  /** The names that this machine has in its network, each in a domain that the authority may vouch for. */
  hosts: string[]
  addresses: string[]
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const DAY_MS = 86_400_000
const AUTHORITY_DAYS = 3_650
/** Apple's systems refuse certificates of servers that are valid for more than 825 days (https://support.apple.com/103769). */
const SERVER_DAYS = 820
/** Clocks in a building differ. */
const SKEW_MS = 2 * DAY_MS

/** Addresses of private networks: RFC 1918, 6598, 1122, 3927, 4193, 4291. */
const PRIVATE_NETWORKS: [string, number][] = [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
]
/** Domains that are never of the internet (RFC 6762, 6761). */
const LOCAL_NAMES = ['local', 'localhost']
const privateNetworks = new BlockList()
for (const [net, prefix] of PRIVATE_NETWORKS) privateNetworks.addSubnet(net, prefix, net.includes(':') ? 'ipv6' : 'ipv4')

/**
 * An authority for this server alone. It can vouch for nothing but names and addresses of private networks (RFC 5280, 4.2.1.10), so that
 * whoever installs it on a phone need not fear that it vouches for a bank. Not for the machine's own bare name: a machine is called
 * `dev`, and so is a domain of the internet, with all that is in it.
 */
export async function makeAuthority({ server }: Pick<Names, 'server'>): Promise<KeyPair> {
  const keys = await makeKeys()
  const permitted = [
    ...LOCAL_NAMES.map((name) => new GeneralName({ dNSName: name })),
    ...PRIVATE_NETWORKS.map(([net, prefix]) => new GeneralName({ iPAddress: `${net}/${prefix}` })),
  ].map((base) => new GeneralSubtree({ base }))
  const constraints = new NameConstraints({ permittedSubtrees: new GeneralSubtrees(permitted) })
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ O: ['Lanyard'] }, { CN: [`Lanyard authority of ${server}`.slice(0, 64)] }],
    ...validFor(AUTHORITY_DAYS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      new x509.Extension(id_ce_nameConstraints, true, AsnConvert.serialize(constraints)),
    ],
  })
  return { certificate: certificate.toString('pem'), key: await exportKey(keys) }
}

/** A new key for the server, signed by its authority. */
export async function signServer(authority: KeyPair, { server, hosts, addresses }: Names): Promise<KeyPair> {
  const keys = await makeKeys()
  const issuer = new x509.X509Certificate(authority.certificate)
  const ownAddresses = addresses.filter((address) => privateNetworks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'))
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ O: ['Lanyard'] }, { CN: [server.slice(0, 64)] }],
    issuer: issuer.subjectName,
    ...validFor(SERVER_DAYS),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.key),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        ...['localhost', ...hosts].map((value) => ({ type: 'dns' as const, value })),
        ...['127.0.0.1', '::1', ...ownAddresses].map((value) => ({ type: 'ip' as const, value })),
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate: certificate.toString('pem'), key: await exportKey(keys) }
}

const makeKeys = () => crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])

const validFor = (days: number) => ({
  notBefore: new Date(Date.now() - SKEW_MS),
  notAfter: new Date(Date.now() - SKEW_MS + days * DAY_MS),
})

async function exportKey({ privateKey }: Awaited<ReturnType<typeof makeKeys>>): Promise<string> {
  return x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', privateKey), 'PRIVATE KEY')
}

function importKey(pem: string) {
  return crypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(pem), ALGORITHM, false, ['sign'])
}
