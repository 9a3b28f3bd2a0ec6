import type { Locator } from '@playwright/test'
import type { Colour } from './fakeMedia.ts'

/** What a video shows in its middle, and how many pictures it has shown so far. */
export interface Seen {
  colour: Colour
  frames: number
}

/** What an audio element plays: its loudest frequency in 0.6 s. */
export interface Heard {
  hertz: number
  /** Relative to full scale. */
  decibels: number
}

/** A codec shifts colours by less, and those of `looks` are further apart. Of a cube with edges of 255. */
const COLOUR_TOLERANCE = 60
/** In Hz: the analyser's resolution is 6, and Opus keeps a tone where it is. */
const TONE_TOLERANCE = 60
/** What is less is noise. */
const LEAST_DECIBELS = -70

/** Null where there is no video, one that shows nothing, or several. */
export function look(video: Locator): Promise<Seen | null> {
  // Of all that there are, because asking for one waits until there is one.
  return video.evaluateAll(([element, another]) => {
    if (another || !(element instanceof HTMLVideoElement) || !element.checkVisibility() || element.videoWidth === 0) return null
    const canvas = Object.assign(document.createElement('canvas'), { width: 8, height: 8 })
    const context = canvas.getContext('2d', { willReadFrequently: true })
    context?.drawImage(element, 0, 0, 8, 8)
    const [red = 0, green = 0, blue = 0] = context?.getImageData(4, 4, 1, 1).data ?? []
    return { colour: { red, green, blue }, frames: element.getVideoPlaybackQuality().totalVideoFrames }
  })
}

/** Null where there is no sound to speak of, or several have some. Takes 0.6 s, because the tones of fake microphones come in pulses. */
export async function listen(audio: Locator): Promise<Heard | null> {
  const heard = await audio.evaluateAll(async ([element, another]) => {
    if (another || !(element instanceof HTMLAudioElement)) return null
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
  return heard && heard.decibels >= LEAST_DECIBELS ? heard : null
}

export function isColour(a: Colour, b: Colour): boolean {
  return Math.hypot(a.red - b.red, a.green - b.green, a.blue - b.blue) <= COLOUR_TOLERANCE
}

export function isTone(a: number, b: number): boolean {
  return Math.abs(a - b) <= TONE_TOLERANCE
}
