import { createCipheriv, randomBytes } from 'node:crypto'

const KEY_BYTES = 32
const SALT_BYTES = 12
const RTP_HEADER_BYTES = 12
/** Of RFC 3711, 4.3.2. */
const LABEL = { key: 0, salt: 2 }

/** Encrypts RTP as browsers do it with a mediasoup that prefers AES-256-GCM (RFC 3711, RFC 7714). Of one stream, up to its 65,536th packet. */
export class SrtpSender {
  readonly suite = 'AEAD_AES_256_GCM'
  readonly #master = randomBytes(KEY_BYTES + SALT_BYTES)
  readonly #key = this.#derive(LABEL.key, KEY_BYTES)
  readonly #salt = this.#derive(LABEL.salt, SALT_BYTES)

  /** As mediasoup takes it: master key and salt. */
  get parameters() {
    return { cryptoSuite: this.suite, keyBase64: this.#master.toString('base64') } as const
  }

  /** Of a packet whose header is the plain 12 bytes. */
  protect(packet: Buffer): Buffer {
    const header = packet.subarray(0, RTP_HEADER_BYTES)
    // Two zeros, SSRC, rollover counter (0 here), sequence number (RFC 7714, 8.1).
    const iv = Buffer.alloc(SALT_BYTES)
    header.copy(iv, 2, 8, 12)
    header.copy(iv, 10, 2, 4)
    for (const [i, byte] of this.#salt.entries()) iv[i]! ^= byte
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv).setAAD(header)
    const body = cipher.update(packet.subarray(RTP_HEADER_BYTES))
    cipher.final()
    return Buffer.concat([header, body, cipher.getAuthTag()])
  }

  /** The key stream of AES in counter mode, from the salt with the label in its eighth byte (RFC 3711, 4.3.1 and 4.3.3). */
  #derive(label: number, bytes: number): Buffer {
    const iv = Buffer.alloc(16)
    this.#master.copy(iv, 0, KEY_BYTES)
    iv[7]! ^= label
    return createCipheriv('aes-256-ctr', this.#master.subarray(0, KEY_BYTES), iv).update(Buffer.alloc(bytes))
  }
}
