/** RTP as cameras and microphones send it: as large, as often marked, and with what a worker reads of it. What they show is noise. */
import { randomBytes, randomInt } from 'node:crypto'

export interface Stream {
  kind: 'video' | 'audio'
  ssrc: number
  payloadType: number
}

const PACKETS_PER_PICTURE = 6
const VIDEO_BYTES = 1_050
const AUDIO_BYTES = 80
const VIDEO_CLOCK_PER_PICTURE = 3_000
const AUDIO_CLOCK_PER_PACKET = 960

export function makeStream(kind: Stream['kind'], payloadType: number): Stream {
  return { kind, payloadType, ssrc: randomInt(1, 2 ** 31) }
}

/** The packet with that number. In video the first picture is a key frame, and all others follow from it. */
export function packetOf({ kind, ssrc, payloadType }: Stream, number: number): Buffer {
  const picture = Math.floor(number / PACKETS_PER_PICTURE)
  const place = number % PACKETS_PER_PICTURE
  const isLast = kind === 'video' && place === PACKETS_PER_PICTURE - 1
  const header = Buffer.alloc(12)
  header[0] = 0x80
  header[1] = payloadType | (isLast ? 0x80 : 0)
  header.writeUInt16BE(number & 0xffff, 2)
  header.writeUInt32BE(kind === 'video' ? picture * VIDEO_CLOCK_PER_PICTURE : number * AUDIO_CLOCK_PER_PACKET, 4)
  header.writeUInt32BE(ssrc, 8)
  const body = kind === 'video' ? [vp8(picture, place === 0), randomBytes(VIDEO_BYTES)] : [randomBytes(AUDIO_BYTES)]
  return Buffer.concat([header, ...body])
}

/** The descriptor with a picture's number of 15 bits (RFC 7741, 4.2), and at a picture's start the frame's own header (RFC 6386, 9.1). */
function vp8(picture: number, isStart: boolean): Buffer {
  const descriptor = [isStart ? 0x90 : 0x80, 0x80, 0x80 | ((picture >> 8) & 0x7f), picture & 0xff]
  if (!isStart) return Buffer.from(descriptor)
  const frame = picture === 0 ? [0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x00, 0x05, 0xd0, 0x02] : [0x11, 0, 0]
  return Buffer.from([...descriptor, ...frame])
}
