import { join } from 'node:path'
import { isColour, isTone } from './senses.ts'
import { writeColour, writeTone, type Colour } from './fakeMedia.ts'

/** What a fake camera shows, and the frequency (Hz) that a fake microphone plays. */
export interface Look {
  colour: Colour
  tone: number
}

/** Colours that are told apart after a codec, and tones after another. */
export const looks = {
  red: { colour: { red: 200, green: 30, blue: 30 }, tone: 440 },
  green: { colour: { red: 30, green: 180, blue: 30 }, tone: 700 },
  blue: { colour: { red: 30, green: 30, blue: 210 }, tone: 1100 },
} as const satisfies Record<string, Look>

/** For messages: `green (30, 179, 30)`, by the nearest of the looks. */
export function nameColour({ red, green, blue }: Colour): string {
  const near = Object.entries(looks).find(([, look]) => isColour(look.colour, { red, green, blue }))
  return `${near?.[0] ?? 'another colour'} (${[red, green, blue].join(', ')})`
}

/** For messages: `700 Hz (green)`. */
export function nameTone(hertz: number): string {
  const near = Object.entries(looks).find(([, look]) => isTone(look.tone, hertz))
  return `${Math.round(hertz)} Hz${near ? ` (${near[0]})` : ''}`
}

/** Writes the files of a camera of one colour and a microphone of one tone into a folder. */
export function writeDevices(folder: string, { colour, tone }: Look): { camera: string; microphone: string } {
  const files = { camera: join(folder, 'camera.y4m'), microphone: join(folder, 'microphone.wav') }
  writeColour(files.camera, colour)
  writeTone(files.microphone, tone)
  return files
}

/** Chromium's own switches for them. */
export function browserSwitches({ camera, microphone }: { camera: string; microphone: string }): string[] {
  return [
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-video-capture=${camera}`,
    `--use-file-for-fake-audio-capture=${microphone}`,
  ]
}
