import { AppError } from '../../../shared/errors.ts'
import type { Source } from '../../../shared/model.ts'

/** What can be chosen among several. */
export type DeviceKind = 'microphone' | 'camera'

export interface MediaDevice {
  kind: DeviceKind | 'speaker'
  deviceId: string
  /** Empty as long as nothing was allowed. */
  label: string
}

/** Where microphone, camera and screen come from. */
export interface Capture {
  /** A live track; whoever opens it stops it. Throws `deviceDenied`, `deviceNotFound`, `deviceBusy`. */
  open(source: Source, options?: { deviceId?: string | undefined }): Promise<MediaStreamTrack>
  devices(): Promise<MediaDevice[]>
}

const CAMERA = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } }
const MICROPHONE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: { ideal: 1 } }
const SCREEN = { frameRate: { ideal: 15, max: 30 } }
/** What an encoder should keep when it must choose: movement of people, letters of screens. */
const contentHint = { microphone: 'speech', camera: 'motion', screen: 'detail' } as const satisfies Record<Source, string>

/** The browser's microphone, camera and screen. */
export const browserCapture: Capture = {
  async open(source, { deviceId } = {}) {
    const devices = mediaDevices()
    if (!devices) throw insecure(source)
    const chosen = deviceId === undefined ? {} : { deviceId: { exact: deviceId } }
    try {
      const stream = await (source === 'screen'
        ? devices.getDisplayMedia({ video: SCREEN, audio: false })
        : devices.getUserMedia(
            source === 'camera' ? { video: { ...CAMERA, ...chosen } } : { audio: { ...MICROPHONE, ...chosen } },
          ))
      const track = stream.getTracks()[0]
      if (!track) throw new AppError('deviceNotFound', sentences.deviceNotFound[source])
      track.contentHint = contentHint[source]
      return track
    } catch (thrown) {
      throw captureError(source, thrown)
    }
  },

  async devices() {
    const found = (await mediaDevices()?.enumerateDevices()) ?? []
    return found.map(({ kind, deviceId, label }) => ({ kind: kinds[kind], deviceId, label }))
  },
}

/** What `getUserMedia` and `getDisplayMedia` throw (https://www.w3.org/TR/mediacapture-streams/), as an error with a next step. */
export function captureError(source: Source, thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  const name = thrown instanceof Error || thrown instanceof DOMException ? thrown.name : ''
  const code = codes[name] ?? 'deviceBusy'
  return new AppError(code, sentences[code][source], { cause: thrown })
}

const kinds = { audioinput: 'microphone', audiooutput: 'speaker', videoinput: 'camera' } as const

const codes: Record<string, 'deviceDenied' | 'deviceNotFound' | 'deviceBusy'> = {
  NotAllowedError: 'deviceDenied',
  SecurityError: 'deviceDenied',
  NotFoundError: 'deviceNotFound',
  OverconstrainedError: 'deviceNotFound',
  NotReadableError: 'deviceBusy',
  AbortError: 'deviceBusy',
}

const sentences = {
  deviceDenied: {
    microphone:
      'The microphone is not allowed here. Allow it in the settings of this page or of your system, then switch it on again.',
    camera: 'The camera is not allowed here. Allow it in the settings of this page or of your system, then switch it on again.',
    screen: 'Your screen may not be shared from here. Allow screen recording in your system’s settings, then share again.',
  },
  deviceNotFound: {
    microphone: 'No microphone was found. Plug one in or choose another one, then switch it on again.',
    camera: 'No camera was found. Plug one in or choose another one, then switch it on again.',
    screen: 'No screen was found that can be shared.',
  },
  deviceBusy: {
    microphone: 'The microphone does not start; another program may be using it. Close that one, then switch it on again.',
    camera: 'The camera does not start; another program may be using it. Close that one, then switch it on again.',
    screen: 'Sharing the screen did not start. Try again, or choose another window.',
  },
} satisfies Record<string, Record<Source, string>>

/** A track that has ended by itself. */
export function unplugged(source: DeviceKind): AppError {
  return new AppError('deviceNotFound', `The ${source} has gone. Plug it in again or choose another one, then switch it on.`)
}

/** Browsers take it away from pages that came over an unsafe connection, whatever its type says. */
const mediaDevices = () => (typeof navigator === 'undefined' ? undefined : (navigator.mediaDevices as MediaDevices | undefined))

const insecure = (source: Source) =>
  new AppError(
    'deviceNotFound',
    `Browsers give a page the ${source} only over a safe connection (https, or this very machine). You can listen, watch and write.`,
  )
