import { encode } from 'uqr'
import { expect, test } from 'vitest'
import { qrPath } from '../../src/renderer/src/components/parts/qrPath.ts'

test('the path of a QR code has exactly its dark modules', () => {
  const text = `https://192.168.1.20:4433/j/7QK4MX#fp=${'5e'.repeat(32)}&k=q8Zt3vXc-LmN0pRs`
  const { size, path } = qrPath(text)
  const drawn = Array.from({ length: size }, () => Array.from({ length: size }, () => false))
  for (const [, x, y, length, back] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-(\d+)z/g)) {
    expect(back).toBe(length)
    drawn[Number(y)]!.fill(true, Number(x), Number(x) + Number(length))
  }
  expect(drawn).toEqual(encode(text, { ecc: 'M', border: 0 }).data)
})
