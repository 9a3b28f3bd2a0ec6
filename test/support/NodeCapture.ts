import wrtc from '@roamhq/wrtc'
import type { Source } from '../../src/shared/model.ts'
import { captureError, type Capture, type MediaDevice } from '../../src/renderer/src/session/capture.ts'

const { RTCAudioSource, RTCVideoSource } = wrtc.nonstandard

export type Colour = 'red' | 'green' | 'blue' | 'yellow'

/** Red, green and blue of 0 to 255. */
const rgb: Record<Colour, readonly [number, number, number]> = {
  red: [220, 30, 30],
  green: [30, 200, 30],
  blue: [30, 30, 220],
  yellow: [220, 220, 30],
}

const WIDTH = 320
const HEIGHT = 240
const FRAME_MS = 50
/** WebRTC takes sound in pieces of 10 ms. */
const SAMPLE_RATE = 48_000
const CHUNK = SAMPLE_RATE / 100
const AMPLITUDE = 8_000

/** Devices for tests: a camera and a screen that each show one colour, and a microphone that hums one tone. */
export class NodeCapture implements Capture {
  readonly #look: { camera: Colour; screen: Colour }
  readonly #hertz: number
  readonly #open = new Map<Source, MediaStreamTrack>()
  /** Named as `getUserMedia` would name it, for sources that are not to be had. */
  readonly refused = new Map<Source, string>()

  constructor({ camera = 'red', screen = 'yellow', hertz = 440 }: { camera?: Colour; screen?: Colour; hertz?: number } = {}) {
    this.#look = { camera, screen }
    this.#hertz = hertz
  }

  /** A colour's name is a camera's, and a number of hertz a microphone's `deviceId`. */
  async open(source: Source, { deviceId }: { deviceId?: string | undefined } = {}): Promise<MediaStreamTrack> {
    await Promise.resolve()
    const isGone = source === 'camera' && deviceId !== undefined && !Object.hasOwn(rgb, deviceId)
    const name = this.refused.get(source) ?? (isGone ? 'OverconstrainedError' : undefined)
    if (name !== undefined) throw captureError(source, Object.assign(new Error(name), { name }))
    const track =
      source === 'microphone'
        ? hum(Number(deviceId ?? this.#hertz))
        : show((deviceId as Colour | undefined) ?? this.#look[source])
    this.#open.set(source, track)
    return track
  }

  devices(): Promise<MediaDevice[]> {
    const cameras = Object.keys(rgb).map((colour) => ({ kind: 'camera', deviceId: colour, label: colour }) as const)
    return Promise.resolve([...cameras, { kind: 'microphone', deviceId: '440', label: 'Concert pitch' }])
  }

  /** The track that was opened last, if it still runs. */
  running(source: Source): MediaStreamTrack | null {
    const track = this.#open.get(source)
    return track?.readyState === 'live' ? track : null
  }

  /** Ends a track as a pulled plug does: by itself. */
  unplug(source: Source): void {
    const track = this.#open.get(source)
    track?.stop()
    track?.dispatchEvent(new Event('ended'))
  }
}

/** Feeds a track until it is stopped. */
function feed(track: MediaStreamTrack, everyMs: number, give: () => void): MediaStreamTrack {
  const timer = setInterval(() => {
    if (track.readyState === 'ended') clearInterval(timer)
    else give()
  }, everyMs)
  timer.unref()
  return track
}

function show(colour: Colour): MediaStreamTrack {
  const source = new RTCVideoSource()
  const [r, g, b] = rgb[colour]
  const rgba = new Uint8ClampedArray(WIDTH * HEIGHT * 4)
  for (let i = 0; i < rgba.length; i += 4) rgba.set([r, g, b, 255], i)
  const data = new Uint8ClampedArray((WIDTH * HEIGHT * 3) / 2)
  wrtc.nonstandard.rgbaToI420(
    { width: WIDTH, height: HEIGHT, data: rgba as never },
    { width: WIDTH, height: HEIGHT, data: data as never },
  )
  return feed(source.createTrack(), FRAME_MS, () => source.onFrame({ width: WIDTH, height: HEIGHT, data: data as never }))
}

function hum(hertz: number): MediaStreamTrack {
  const source = new RTCAudioSource()
  const started = performance.now()
  let given = 0
  return feed(source.createTrack(), 10, () => {
    // Timers come late; the sound must not.
    for (const due = (performance.now() - started) / 10; given < due; given += 1) {
      const samples = Int16Array.from(
        { length: CHUNK },
        (_, i) => AMPLITUDE * Math.sin((2 * Math.PI * hertz * (given * CHUNK + i)) / SAMPLE_RATE),
      )
      source.onData({ samples, sampleRate: SAMPLE_RATE, bitsPerSample: 16, channelCount: 1, numberOfFrames: CHUNK })
    }
  })
}

/** Resolves at the first decoded frame of that colour. */
export function sees(track: MediaStreamTrack, colour: Colour): Promise<void> {
  return new Promise((resolve) => {
    const sink = new wrtc.nonstandard.RTCVideoSink(track)
    sink.onframe = ({ frame }: { frame: { width: number; height: number; data: Uint8Array } }) => {
      const { width, height } = frame
      const rgba = new Uint8ClampedArray(width * height * 4)
      wrtc.nonstandard.i420ToRgba(frame, { width, height, data: rgba as never })
      const centre = (Math.floor(height / 2) * width + Math.floor(width / 2)) * 4
      if (nearest([rgba[centre]!, rgba[centre + 1]!, rgba[centre + 2]!]) !== colour) return
      sink.stop()
      resolve()
    }
  })
}

/** Resolves when the tone is what is mainly heard for a fifth of a second. */
export const hears = (track: MediaStreamTrack, hertz: number) =>
  listen(track, 20, (samples, sampleRate) => share(samples, hertz / sampleRate) > 0.5)

/** Resolves when there was half a second of silence. */
export const hearsSilence = (track: MediaStreamTrack) =>
  listen(track, 50, (samples) => samples.every((sample) => Math.abs(sample) < 50))

/** Resolves when that many pieces of 10 ms in a row are as they should be. */
function listen(
  track: MediaStreamTrack,
  pieces: number,
  isRight: (samples: Int16Array, sampleRate: number) => boolean,
): Promise<void> {
  return new Promise((resolve) => {
    let row = 0
    const sink = new wrtc.nonstandard.RTCAudioSink(track)
    sink.ondata = ({ samples, sampleRate }: { samples: Int16Array; sampleRate: number }) => {
      row = isRight(samples, sampleRate) ? row + 1 : 0
      if (row < pieces) return
      sink.stop()
      resolve()
    }
  })
}

/** The part of the sound's energy that is at one frequency (in cycles per sample), 0 to 1: one bin of a Fourier transform. */
function share(samples: Int16Array, frequency: number): number {
  let [re, im, energy] = [0, 0, 0]
  for (const [i, sample] of samples.entries()) {
    re += sample * Math.cos(2 * Math.PI * frequency * i)
    im += sample * Math.sin(2 * Math.PI * frequency * i)
    energy += sample * sample
  }
  return energy === 0 ? 0 : (2 * (re * re + im * im)) / (samples.length * energy)
}

function nearest(seen: readonly [number, number, number]): Colour | null {
  const distance = (colour: Colour) => Math.hypot(...rgb[colour].map((value, i) => value - seen[i]!))
  const best = (Object.keys(rgb) as Colour[]).sort((a, b) => distance(a) - distance(b))[0]!
  // Black, before the first key frame, is none of them.
  return distance(best) < 100 ? best : null
}
