import { X509Certificate } from 'node:crypto'

/** Tags of DER (X.690, 8.1.2): what holds others, what holds bytes, and the two choices that matter here. */
const OCTET_STRING = 0x04
const SEQUENCE = 0x30
const PERMITTED = 0xa0
const DNS_NAME = 0x82
/** The object identifier of name constraints, 2.5.29.30. */
const NAME_CONSTRAINTS = Buffer.from('0603551d1e', 'hex')

/** The DNS names under which an authority, given as PEM, can vouch for others (RFC 5280, 4.2.1.10), which Node does not read. */
export function permittedNames(authority: string): string[] {
  const { raw } = new X509Certificate(authority)
  const at = raw.indexOf(NAME_CONSTRAINTS)
  if (at < 0) return []
  const extension = raw.subarray(at + NAME_CONSTRAINTS.length)
  return [OCTET_STRING, SEQUENCE, PERMITTED, SEQUENCE, DNS_NAME]
    .reduce<Buffer[]>((parts, tag) => parts.flatMap((part) => [...valuesIn(part, tag)]), [extension])
    .map((name) => name.toString('latin1'))
}

/** The values with that tag, in what holds others. */
function* valuesIn(der: Buffer, wanted: number): Generator<Buffer> {
  for (let at = 0; at + 1 < der.length;) {
    const tag = der[at]!
    const short = der[at + 1]!
    const more = short < 0x80 ? 0 : short & 0x7f
    const start = at + 2 + more
    const length = more === 0 ? short : der.readUIntBE(at + 2, more)
    if (tag === wanted) yield der.subarray(start, start + length)
    at = start + length
  }
}
