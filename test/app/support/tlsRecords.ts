import type { Packet } from '../../support/lan/packet.ts'

/** RFC 8446, 5.1: a record's type, its version, its length. */
const HEADER = 5

/**
 * The types of the TLS records that each connection has carried in one direction: 20 a change of the cipher, 21 an alert, 22 the
 * handshake, 23 application data. Of packets that come in their order, and are not repeated.
 */
export function recordTypes(packets: readonly Packet[]): Map<string, number[]> {
  const streams = Map.groupBy(packets, ({ from, to }) => `${from} ${to}`)
  return new Map([...streams].map(([stream, parts]) => [stream, typesIn(Buffer.concat(parts.map(({ payload }) => payload)))]))
}

function typesIn(bytes: Buffer): number[] {
  const types: number[] = []
  for (let at = 0; at + HEADER <= bytes.length; at += HEADER + bytes.readUInt16BE(at + 3)) types.push(bytes[at]!)
  return types
}
