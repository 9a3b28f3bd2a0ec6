import { Audio, PeerConnection, type Track } from 'node-datachannel'
import type { DtlsParameters } from '../../src/shared/model.ts'
import type { Value } from '../../src/shared/protocol.ts'

/**
 * Real ICE, DTLS and SRTP to one mediasoup transport, and packets as they are: nothing here encodes or decodes. One media
 * section is enough for all packets of a transport, because libdatachannel hands everything to a lone track and mediasoup tells
 * streams apart by their SSRC.
 */
export class CrowdTransport {
  readonly dtlsParameters: DtlsParameters
  /** Resolves when packets can flow. */
  readonly ready: Promise<void>
  readonly #connection: PeerConnection
  readonly #track: Track
  #closed = false

  constructor(remote: Omit<Value<'createTransport'>, 'transportId'>, hear: (packet: Buffer) => void) {
    this.#connection = new PeerConnection('crowd', { iceServers: [], bindAddress: '127.0.0.1' })
    const media = new Audio('0', 'SendRecv')
    media.addOpusCodec(111)
    this.#track = this.#connection.addTrack(media)
    this.ready = new Promise((resolve, reject) => {
      this.#track.onOpen(resolve)
      this.#connection.onStateChange((state) => {
        if (state === 'failed') reject(new Error('a crowd peer found no way to the server'))
      })
    })
    // Whoever does not wait does not care.
    this.ready.catch(() => {})
    this.#track.onMessage((packet) => {
      if (!this.#closed) hear(packet)
    })
    this.#connection.setRemoteDescription(offer(remote), 'offer')
    const [, value] = /^a=fingerprint:sha-256 (\S+)/m.exec(this.#connection.localDescription()?.sdp ?? '') ?? []
    if (value === undefined) throw new Error('libdatachannel gave no answer')
    this.dtlsParameters = { role: 'client', fingerprints: [{ algorithm: 'sha-256', value }] }
  }

  /** A packet that cannot be sent now is lost, as on any network. */
  send(packet: Buffer): void {
    if (!this.#closed && this.#track.isOpen()) this.#track.sendMessageBinary(packet)
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#track.close()
    this.#connection.close()
  }
}

/** A mediasoup transport as the offer of an ICE-lite peer with one media section (RFC 8829, RFC 8839, RFC 8842). */
function offer({ iceParameters, iceCandidates, dtlsParameters }: Omit<Value<'createTransport'>, 'transportId'>): string {
  const lines = [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=ice-lite',
    'a=group:BUNDLE 0',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'c=IN IP4 127.0.0.1',
    'a=mid:0',
    'a=sendrecv',
    'a=rtcp-mux',
    'a=rtpmap:111 opus/48000/2',
    `a=ice-ufrag:${iceParameters.usernameFragment}`,
    `a=ice-pwd:${iceParameters.password}`,
    ...dtlsParameters.fingerprints
      .filter(({ algorithm }) => algorithm === 'sha-256')
      .map(({ algorithm, value }) => `a=fingerprint:${algorithm} ${value}`),
    'a=setup:actpass',
    ...iceCandidates
      .filter(({ protocol }) => protocol === 'udp')
      .map(
        ({ foundation, priority, address, port }) => `a=candidate:${foundation} 1 udp ${priority} ${address} ${port} typ host`,
      ),
    'a=end-of-candidates',
  ]
  return `${lines.join('\r\n')}\r\n`
}
