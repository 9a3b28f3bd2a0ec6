import { createHash } from 'node:crypto'
import { isIP } from 'node:net'
import { connect } from 'node:tls'

export function peerCertificate(host, port) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, rejectUnauthorized: false, servername: isIP(host) ? undefined : host }, () => {
      const peer = socket.getPeerCertificate(true)
      socket.destroy()
      const name = (n) => ({
        commonName: n?.CN ?? '',
        organizations: [n?.O ?? ''].filter(Boolean),
        organizationUnits: [],
        locality: n?.L ?? '',
        state: n?.ST ?? '',
        country: n?.C ?? '',
      })
      const convert = (c) => ({
        data: `-----BEGIN CERTIFICATE-----\n${c.raw.toString('base64').replace(/.{64}/g, '$&\n').trim()}\n-----END CERTIFICATE-----\n`,
        issuer: name(c.issuer),
        subject: name(c.subject),
        issuerName: c.issuer?.CN ?? '',
        subjectName: c.subject?.CN ?? '',
        serialNumber: c.serialNumber,
        validStart: Date.parse(c.valid_from) / 1000,
        validExpiry: Date.parse(c.valid_to) / 1000,
        fingerprint: `sha256/${createHash('sha256').update(c.raw).digest('base64')}`,
        issuerCert: c.issuerCertificate && c.issuerCertificate !== c ? convert(c.issuerCertificate) : undefined,
      })
      resolve(convert(peer))
    }).on('error', reject)
  })
}
