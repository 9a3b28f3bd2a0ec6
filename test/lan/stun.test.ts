import { createHmac } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { bindingRequest, framed, isSuccess, unframed } from '../../src/main/lan/doctor/stun.ts'

/** The answer of RFC 5769, section 2.2, to a request with this transaction id and password. */
const answer = Buffer.from(
  [
    '0101003c2112a442b7e7a701bc34d686fa87dfae',
    '8022000b7465737420766563746f7220002000080001a147e112a643',
    '000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96',
  ].join(''),
  'hex',
)
const request = { bytes: Buffer.alloc(0), transactionId: Buffer.from('b7e7a701bc34d686fa87dfae', 'hex') }
const password = 'VOkJxbRl1RmTxUk/WvJxBt'

test('the answer of RFC 5769 is taken for one, and nothing that differs from it', () => {
  expect(isSuccess(answer, request, password)).toBe(true)
  expect(isSuccess(answer, request, `${password}x`)).toBe(false)
  expect(isSuccess(answer, { ...request, transactionId: Buffer.alloc(12) }, password)).toBe(false)
  // But for the fingerprint, which stands last and is not looked at, and the length, which is taken from what there is.
  for (let byte = 0; byte < answer.length - 8; byte++) {
    const other = Buffer.from(answer)
    other[byte]! ^= 1
    if (byte !== 2 && byte !== 3) expect(isSuccess(other, request, password), `byte ${byte}`).toBe(false)
    expect(isSuccess(answer.subarray(0, byte), request, password), `${byte} bytes`).toBe(false)
  }
})

test('a request says what RFC 8489 and RFC 8445 ask for, with an integrity and a fingerprint that are right', () => {
  const { bytes, transactionId } = bindingRequest('ufrag', 'secret')
  expect(bytes.subarray(0, 2).toString('hex')).toBe('0001')
  expect(bytes.readUInt16BE(2)).toBe(bytes.length - 20)
  expect(bytes.subarray(4, 8).toString('hex')).toBe('2112a442')
  expect(bytes.subarray(8, 20)).toEqual(transactionId)
  expect(bytes.includes('ufrag:')).toBe(true)

  expect(bytes.subarray(-8, -4).toString('hex')).toBe('80280004')
  expect(bytes.readUInt32BE(bytes.length - 4)).toBe((crc32(bytes.subarray(0, -8)) ^ 0x5354554e) >>> 0)
  const before = Buffer.from(bytes.subarray(0, -32))
  before.writeUInt16BE(before.length - 20 + 24, 2)
  expect(bytes.subarray(-28, -8)).toEqual(createHmac('sha1', 'secret').update(before).digest())
})

test('over TCP messages are taken apart by the length before them', () => {
  const stream = Buffer.concat([framed(answer), framed(Buffer.from('next'))])
  expect(unframed(stream)).toEqual(answer)
  for (const length of [0, 1, 2, answer.length + 1]) expect(unframed(stream.subarray(0, length))).toBeNull()
})
