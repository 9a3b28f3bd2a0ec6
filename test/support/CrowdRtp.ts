import { randomBytes } from 'node:crypto'
import type { RtpCapabilities, RtpParameters } from '../../src/shared/model.ts'

/** What libvpx makes of a grey picture of 160 × 120: a key frame, and a frame that says that nothing has changed. */
const KEY_FRAME = Buffer.from(
  'sAYAnQEqoAB4ADkLAAMcIhYWImYSIBIIABiIPACsfDXU2lAKx8NdTaUArHw11NpQCsfDXU2lAKx8NdTaUAlA/vtKAA==',
  'base64',
)
const DELTA_FRAME = Buffer.from('0QMA5IFvuJgfp0en2IUX8YLwL6AwsF/oBTNqXyhHJMhAAA==', 'base64')
/** Opus: 20 ms of silence (RFC 6716, a CELT frame that is coded as nothing). */
const SILENCE = Buffer.from([0xf8, 0xff, 0xfe])

const RTP_HEADER_BYTES = 12
const VP8 = { mimeType: 'video/VP8', clockRate: 90_000 } as const
const OPUS = { mimeType: 'audio/opus', clockRate: 48_000, channels: 2 } as const
const VP8_PAYLOAD_TYPE = 96
const OPUS_PAYLOAD_TYPE = 111
/** Nothing sent again and no bandwidth estimation: a crowd on loopback needs neither. */
const vp8Feedback = [
  { type: 'nack', parameter: 'pli' },
  { type: 'ccm', parameter: 'fir' },
]

/** What a crowd peer says that it can receive. */
export const crowdCapabilities: RtpCapabilities = {
  codecs: [
    { ...VP8, kind: 'video', preferredPayloadType: VP8_PAYLOAD_TYPE, parameters: {}, rtcpFeedback: vp8Feedback },
    { ...OPUS, kind: 'audio', preferredPayloadType: OPUS_PAYLOAD_TYPE, parameters: {}, rtcpFeedback: [] },
  ],
  headerExtensions: [],
}

/** One outgoing stream of RTP (RFC 3550). */
abstract class RtpStream {
  abstract readonly rtpParameters: RtpParameters
  protected readonly ssrc = randomBytes(4).readUInt32BE()
  readonly #payloadType: number
  #sequenceNumber = randomBytes(2).readUInt16BE()

  constructor(payloadType: number) {
    this.#payloadType = payloadType
  }

  protected packet(timestamp: number, marker: boolean, payload: Buffer): Buffer {
    const packet = Buffer.alloc(RTP_HEADER_BYTES + payload.length)
    packet[0] = 0x80
    packet[1] = this.#payloadType | (marker ? 0x80 : 0)
    packet.writeUInt16BE(this.#sequenceNumber, 2)
    packet.writeUInt32BE(timestamp >>> 0, 4)
    packet.writeUInt32BE(this.ssrc, 8)
    payload.copy(packet, RTP_HEADER_BYTES)
    this.#sequenceNumber = (this.#sequenceNumber + 1) & 0xffff
    return packet
  }
}

/** A grey picture in VP8 (RFC 7741), two packets a frame so that frames have a middle. */
export class GreyVideo extends RtpStream {
  readonly rtpParameters: RtpParameters
  #pictureId = 0

  constructor() {
    super(VP8_PAYLOAD_TYPE)
    const codec = { ...VP8, payloadType: VP8_PAYLOAD_TYPE, parameters: {}, rtcpFeedback: vp8Feedback }
    this.rtpParameters = { codecs: [codec], headerExtensions: [], encodings: [{ ssrc: this.ssrc }], rtcp: { cname: 'crowd' } }
  }

  /** The packets of a frame that is taken now. */
  frame(key: boolean, nowMs: number): Buffer[] {
    const frame = key ? KEY_FRAME : DELTA_FRAME
    const half = frame.length >> 1
    const timestamp = Math.round(nowMs * 90)
    this.#pictureId = (this.#pictureId + 1) & 0x7fff
    return [
      this.packet(timestamp, false, Buffer.concat([this.#descriptor(true), frame.subarray(0, half)])),
      this.packet(timestamp, true, Buffer.concat([this.#descriptor(false), frame.subarray(half)])),
    ]
  }

  /** X and, at a frame's start, S; then I and the picture's number in 15 bits. */
  #descriptor(start: boolean): Buffer {
    return Buffer.from([start ? 0x90 : 0x80, 0x80, 0x80 | (this.#pictureId >> 8), this.#pictureId & 0xff])
  }
}

/** A microphone in a quiet room. */
export class SilentAudio extends RtpStream {
  readonly rtpParameters: RtpParameters
  #timestamp = 0

  constructor() {
    super(OPUS_PAYLOAD_TYPE)
    const codec = { ...OPUS, payloadType: OPUS_PAYLOAD_TYPE, parameters: {}, rtcpFeedback: [] }
    this.rtpParameters = { codecs: [codec], headerExtensions: [], encodings: [{ ssrc: this.ssrc }], rtcp: { cname: 'crowd' } }
  }

  /** The next 20 ms. */
  frame(): Buffer {
    this.#timestamp += 960
    return this.packet(this.#timestamp, false, SILENCE)
  }
}

/** RTP and RTCP share a port; RFC 5761 says how to tell them apart. */
export const isRtcp = (packet: Buffer) => packet.length > 1 && packet[1]! >= 192 && packet[1]! <= 223

export const ssrcOf = (packet: Buffer) => packet.readUInt32BE(8)

/** Whether a packet is the first one of a VP8 key frame. */
export function startsKeyFrame(packet: Buffer): boolean {
  let at = RTP_HEADER_BYTES + 4 * (packet[0]! & 0x0f)
  if (packet[0]! & 0x10) at += 4 + 4 * packet.readUInt16BE(at + 2)
  const descriptor = packet[at] ?? 0
  if ((descriptor & 0x1f) !== 0x10) return false
  at += 1
  if (descriptor & 0x80) {
    const has = packet[at]!
    at += 1
    if (has & 0x80) at += packet[at]! & 0x80 ? 2 : 1
    if (has & 0x40) at += 1
    if (has & 0x30) at += 1
  }
  return at < packet.length && (packet[at]! & 1) === 0
}

/** Whether an RTCP packet, which may be several in one, asks for a key frame: PLI (RFC 4585) or FIR (RFC 5104). */
export function asksForKeyFrame(rtcp: Buffer): boolean {
  for (let at = 0; at + 4 <= rtcp.length; at += 4 * (rtcp.readUInt16BE(at + 2) + 1)) {
    const format = rtcp[at]! & 0x1f
    if (rtcp[at + 1] === 206 && (format === 1 || format === 4)) return true
  }
  return false
}
