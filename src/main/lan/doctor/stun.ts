/** As much of STUN (RFC 8489) as trying a media port needs: an ICE connectivity check (RFC 8445, 7.1) and its answer. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { crc32 } from 'node:zlib'

const HEADER_BYTES = 20
const MAGIC_COOKIE = 0x2112_a442
const BINDING_REQUEST = 0x0001
const BINDING_SUCCESS = 0x0101
/** Attributes: RFC 8489, 18.3, and RFC 8445, 16.1. */
const USERNAME = 0x0006
const MESSAGE_INTEGRITY = 0x0008
const PRIORITY = 0x0024
const FINGERPRINT = 0x8028
const ICE_CONTROLLING = 0x802a
const INTEGRITY_BYTES = 20
/** RFC 8489, 14.7. */
const FINGERPRINT_MASK = 0x5354_554e
/** Of a peer-reflexive candidate (RFC 8445, 5.1.2.1). */
const PRIORITY_VALUE = (110 << 24) | (0xffff << 8) | 255

/** What tells an answer from others. */
export interface Binding {
  bytes: Buffer
  transactionId: Buffer
}

/** A Binding request to whoever has these credentials. */
export function bindingRequest(usernameFragment: string, password: string): Binding {
  const transactionId = randomBytes(12)
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt16BE(BINDING_REQUEST, 0)
  header.writeUInt32BE(MAGIC_COOKIE, 4)
  transactionId.copy(header, 8)
  const priority = Buffer.alloc(4)
  priority.writeUInt32BE(PRIORITY_VALUE)
  const message = Buffer.concat([
    header,
    attribute(USERNAME, Buffer.from(`${usernameFragment}:doctor`)),
    attribute(PRIORITY, priority),
    attribute(ICE_CONTROLLING, randomBytes(8)),
  ])
  return { bytes: withFingerprint(withIntegrity(message, password)), transactionId }
}

/** Whether that is the answer to a request, by whoever knows the password. */
export function isSuccess(bytes: Buffer, { transactionId }: Binding, password: string): boolean {
  if (bytes.length < HEADER_BYTES || bytes.readUInt16BE(0) !== BINDING_SUCCESS) return false
  if (bytes.readUInt32BE(4) !== MAGIC_COOKIE || !bytes.subarray(8, HEADER_BYTES).equals(transactionId)) return false
  for (let at = HEADER_BYTES; at + 4 <= bytes.length;) {
    const length = bytes.readUInt16BE(at + 2)
    if (bytes.readUInt16BE(at) === MESSAGE_INTEGRITY) {
      const told = bytes.subarray(at + 4, at + 4 + length)
      const made = integrityOf(bytes.subarray(0, at), password)
      return told.length === made.length && timingSafeEqual(told, made)
    }
    at += 4 + padded(length)
  }
  return false
}

/** Over TCP each message has its length before it (RFC 4571, 2). */
export function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(message.length)
  return Buffer.concat([length, message])
}

/** The first whole message of what has come over TCP; null while it is not all there. */
export function unframed(bytes: Buffer): Buffer | null {
  if (bytes.length < 2) return null
  const length = bytes.readUInt16BE(0)
  return bytes.length < 2 + length ? null : bytes.subarray(2, 2 + length)
}

function withIntegrity(message: Buffer, password: string): Buffer {
  return sized(Buffer.concat([message, attribute(MESSAGE_INTEGRITY, integrityOf(message, password))]))
}

function withFingerprint(message: Buffer): Buffer {
  const value = Buffer.alloc(4)
  value.writeUInt32BE((crc32(sized(message, 4 + value.length)) ^ FINGERPRINT_MASK) >>> 0)
  return sized(Buffer.concat([message, attribute(FINGERPRINT, value)]))
}

/** Of what stands before it; the length in the header counts the attribute itself as well (RFC 8489, 14.5). */
function integrityOf(before: Buffer, password: string): Buffer {
  return createHmac('sha1', password)
    .update(sized(before, 4 + INTEGRITY_BYTES))
    .digest()
}

/** With the right length in its header, and that of what will follow. */
function sized(message: Buffer, more = 0): Buffer {
  const copy = Buffer.from(message)
  copy.writeUInt16BE(message.length - HEADER_BYTES + more, 2)
  return copy
}

function attribute(type: number, value: Buffer): Buffer {
  const bytes = Buffer.alloc(4 + padded(value.length))
  bytes.writeUInt16BE(type, 0)
  bytes.writeUInt16BE(value.length, 2)
  value.copy(bytes, 4)
  return bytes
}

const padded = (length: number) => Math.ceil(length / 4) * 4
