import { writeFileSync } from 'node:fs'

const PULSE_EVERY_SECONDS = 0.5
const PULSE_SECONDS = 0.2

export interface Colour {
  red: number
  green: number
  blue: number
}

/** A camera that shows one colour: YUV4MPEG2 (320 × 240, 15 frames per second), which Chromium plays in a loop. */
export function writeColour(file: string, { red, green, blue }: Colour): void {
  const [width, height, frames] = [320, 240, 15]
  // BT.601, studio range.
  const y = 16 + 0.257 * red + 0.504 * green + 0.098 * blue
  const u = 128 - 0.148 * red - 0.291 * green + 0.439 * blue
  const v = 128 + 0.439 * red - 0.368 * green - 0.071 * blue
  const plane = (size: number, value: number) => Buffer.alloc(size, Math.round(value))
  const quarter = (width * height) / 4
  const frame = Buffer.concat([Buffer.from('FRAME\n'), plane(width * height, y), plane(quarter, u), plane(quarter, v)])
  const header = Buffer.from(`YUV4MPEG2 W${width} H${height} F15:1 Ip A1:1 C420mpeg2\n`)
  writeFileSync(file, Buffer.concat([header, ...Array.from({ length: frames }, () => frame)]))
}

/**
 * A microphone that plays one tone: WAV, 48 kHz, mono. It comes in short pulses, two a second, because noise suppression learns as noise
 * whatever is there for most of the time.
 */
export function writeTone(file: string, hertz: number): void {
  const rate = 48_000
  const seconds = 2
  const samples = rate * seconds
  const data = Buffer.alloc(44 + samples * 2)
  data.write('RIFF', 0)
  data.writeUInt32LE(36 + samples * 2, 4)
  data.write('WAVEfmt ', 8)
  data.writeUInt32LE(16, 16)
  data.writeUInt16LE(1, 20)
  data.writeUInt16LE(1, 22)
  data.writeUInt32LE(rate, 24)
  data.writeUInt32LE(rate * 2, 28)
  data.writeUInt16LE(2, 32)
  data.writeUInt16LE(16, 34)
  data.write('data', 36)
  data.writeUInt32LE(samples * 2, 40)
  for (let i = 0; i < samples; i += 1) {
    const time = i / rate
    const phase = (time % PULSE_EVERY_SECONDS) / PULSE_SECONDS
    // A raised cosine as envelope: no clicks, so no other frequencies.
    const envelope = phase < 1 ? (1 - Math.cos(2 * Math.PI * phase)) / 2 : 0
    data.writeInt16LE(Math.round(20_000 * envelope * Math.sin(2 * Math.PI * hertz * time)), 44 + i * 2)
  }
  writeFileSync(file, data)
}
