import { join } from 'node:path'
import type { Locator } from '@playwright/test'
import { writeColour, writeTone, type Colour } from './fakeMedia.ts'

/** Red, green and blue are told apart after a codec, and tones of these frequencies (Hz) after another. */
export const looks = {
  red: { colour: { red: 200, green: 30, blue: 30 }, tone: 440 },
  green: { colour: { red: 30, green: 180, blue: 30 }, tone: 700 },
  blue: { colour: { red: 30, green: 30, blue: 210 }, tone: 1100 },
} as const satisfies Record<string, { colour: Colour; tone: number }>

export type Look = keyof typeof looks

/** Chromium's switches for a camera of one colour and a microphone of one tone (Hz). Their files go into the folder. */
export function fakeDevices(folder: string, { colour, tone }: { colour: Colour; tone: number }): string[] {
  const [camera, microphone] = [join(folder, 'camera.y4m'), join(folder, 'microphone.wav')]
  writeColour(camera, colour)
  writeTone(microphone, tone)
  return [
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-video-capture=${camera}`,
    `--use-file-for-fake-audio-capture=${microphone}`,
  ]
}

/** Whose colour a video shows; null where it shows none of them, or nothing. */
export async function lookOfPicture(video: Locator): Promise<Look | null> {
  // Of all that there are, because asking for one waits until there is one.
  const seen = await video.evaluateAll(([element]) => {
    if (!(element instanceof HTMLVideoElement) || !element.checkVisibility() || element.videoWidth === 0) return null
    const canvas = Object.assign(document.createElement('canvas'), { width: 8, height: 8 })
    const context = canvas.getContext('2d', { willReadFrequently: true })
    context?.drawImage(element, 0, 0, 8, 8)
    const [red = 0, green = 0, blue = 0] = context?.getImageData(4, 4, 1, 1).data ?? []
    return { red, green, blue }
  })
  return seen && nearest((look) => distance(seen, looks[look].colour), 60)
}

/** Whether a video shows one picture after another. */
export function arePicturesComing(video: Locator): Promise<boolean> {
  return video.evaluateAll(async ([element]) => {
    if (!(element instanceof HTMLVideoElement)) return false
    const next = () =>
      new Promise<boolean>((resolve) => {
        element.requestVideoFrameCallback(() => resolve(true))
        setTimeout(() => resolve(false), 500)
      })
    return (await next()) && (await next())
  })
}

/** Whose tone an audio element plays; null where it plays none of them, or nothing. */
export async function lookOfSound(audio: Locator): Promise<Look | null> {
  const heard = await audio.evaluateAll(async ([element]) => {
    if (!(element instanceof HTMLAudioElement)) return null
    if (!(element.srcObject instanceof MediaStream) || element.srcObject.getAudioTracks().length === 0) return null
    const context = new AudioContext()
    try {
      await context.resume()
      const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 })
      context.createMediaStreamSource(element.srcObject).connect(analyser)
      const bins = new Float32Array(analyser.frequencyBinCount)
      let peak = { hertz: 0, decibels: -Infinity }
      for (let i = 0; i < 12; i += 1) {
        await new Promise((resolve) => setTimeout(resolve, 50))
        analyser.getFloatFrequencyData(bins)
        bins.forEach((decibels, bin) => {
          if (decibels > peak.decibels) peak = { hertz: (bin * context.sampleRate) / analyser.fftSize, decibels }
        })
      }
      return peak
    } finally {
      await context.close()
    }
  })
  if (!heard || heard.decibels < -70) return null
  return nearest((look) => Math.abs(heard.hertz - looks[look].tone), 60)
}

function nearest(distanceTo: (look: Look) => number, limit: number): Look | null {
  const [best] = (Object.keys(looks) as Look[]).sort((a, b) => distanceTo(a) - distanceTo(b))
  return best !== undefined && distanceTo(best) <= limit ? best : null
}

function distance(a: Colour, b: Colour): number {
  return Math.hypot(a.red - b.red, a.green - b.green, a.blue - b.blue)
}
