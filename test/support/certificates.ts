/** Certificates for tests, as servers make them for themselves, and as companies do. */
import 'reflect-metadata'
import { X509Certificate } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import { parseFingerprint, type Fingerprint } from '../../src/shared/fingerprint.ts'
import { AsnConvert } from '@peculiar/asn1-schema'
import { GeneralName, GeneralSubtree, GeneralSubtrees, id_ce_nameConstraints, NameConstraints } from '@peculiar/asn1-x509'
import { signServer, type KeyPair } from '../../src/main/server/tls/authority.ts'

/** A certificate for this computer, with that of the authority that has signed it. */
export async function certificateOf(authority: KeyPair, server = 'Office'): Promise<KeyPair> {
  const { certificate, key } = await signServer(authority, { server, hosts: [], addresses: [] })
  return { certificate: `${certificate}\n${authority.certificate}`, key }
}

export const fingerprintOf = ({ certificate }: KeyPair): Fingerprint =>
  parseFingerprint(new X509Certificate(certificate).fingerprint256)!

/** As companies have them, for all of their computers. */
export const companyAuthority = () => anAuthority([])

/** As older versions have made them, for a machine of that name. */
export function olderAuthority(host: string): Promise<KeyPair> {
  const permitted = [
    ...['local', 'localhost', host, `${host}.local`].map((name) => new GeneralName({ dNSName: name })),
    // All IPv4 and all IPv6: here the names matter.
    ...['0.0.0.0/0', '::/0'].map((net) => new GeneralName({ iPAddress: net })),
  ].map((base) => new GeneralSubtree({ base }))
  const constraints = new NameConstraints({ permittedSubtrees: new GeneralSubtrees(permitted) })
  return anAuthority([new x509.Extension(id_ce_nameConstraints, true, AsnConvert.serialize(constraints))])
}

async function anAuthority(extensions: x509.Extension[]): Promise<KeyPair> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'O=Example, CN=Authority of a company',
    signingAlgorithm: algorithm,
    keys,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true), ...extensions],
  })
  const key = x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')
  return { certificate: certificate.toString('pem'), key }
}
