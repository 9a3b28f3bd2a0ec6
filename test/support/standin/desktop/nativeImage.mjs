import { readFileSync } from 'node:fs'
import { crc32, deflateSync } from 'node:zlib'
import { part } from '../core.mjs'

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** A picture as the bytes of its PNG file, which nothing here decodes: resize() leaves it as it is. */
export class NativeImage {
  constructor(bytes = Buffer.alloc(0)) {
    this._bytes = bytes
  }
  isEmpty() {
    return this._bytes.length === 0
  }
  toPNG() {
    return this._bytes
  }
  toDataURL() {
    return `data:image/png;base64,${this._bytes.toString('base64')}`
  }
  getSize() {
    if (!this._bytes.subarray(0, 8).equals(SIGNATURE)) return { width: 0, height: 0 }
    return { width: this._bytes.readUInt32BE(16), height: this._bytes.readUInt32BE(20) }
  }
  getAspectRatio() {
    const { width, height } = this.getSize()
    return height === 0 ? 1 : width / height
  }
  resize() {
    return this
  }
  isTemplateImage() {
    return this._template === true
  }
  setTemplateImage(on) {
    this._template = on
  }
}

part('NativeImage', NativeImage.prototype)

export const nativeImage = part('nativeImage', {
  createEmpty: () => new NativeImage(),
  createFromPath(path) {
    try {
      return new NativeImage(readFileSync(path))
    } catch {
      return new NativeImage()
    }
  },
  createFromBuffer: (buffer) => new NativeImage(buffer),
  createFromDataURL: (url) => new NativeImage(Buffer.from(url.split(',')[1] ?? '', 'base64')),
})

/** A picture of one colour. */
export function plainImage({ width, height }, [red, green, blue]) {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8) // 8 bits, RGB, no filter, no interlacing
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, Buffer.from([red, green, blue]))])
  const rows = Buffer.concat(Array.from({ length: height }, () => row))
  const chunks = [chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]
  return new NativeImage(Buffer.concat([SIGNATURE, ...chunks]))
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(data.length, 0)
  frame.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}
