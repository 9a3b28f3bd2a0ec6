import type { Locator } from '@playwright/test'
import { looks } from '../../examples/playwright/kit/looks.ts'
import { isColour, isTone, listen, look } from '../../examples/playwright/kit/senses.ts'

export type Look = keyof typeof looks

const all = Object.keys(looks) as Look[]

/** Whose colour a video shows; null where it shows none of them, or nothing. */
export async function lookOfPicture(video: Locator): Promise<Look | null> {
  const seen = await look(video)
  return (seen && all.find((one) => isColour(seen.colour, looks[one].colour))) ?? null
}

/** Whether one picture after another comes to a video, for half a second. */
export function arePicturesComing(video: Locator): Promise<boolean> {
  return video.evaluateAll(async ([element]) => {
    if (!(element instanceof HTMLVideoElement)) return false
    // Not by requestVideoFrameCallback, which waits for a window that is drawn.
    const before = element.getVideoPlaybackQuality().totalVideoFrames
    await new Promise((resolve) => setTimeout(resolve, 500))
    return element.getVideoPlaybackQuality().totalVideoFrames > before + 1
  })
}

/** Whose tone an audio element plays; null where it plays none of them, or nothing. */
export async function lookOfSound(audio: Locator): Promise<Look | null> {
  const heard = await listen(audio)
  return (heard && all.find((one) => isTone(heard.hertz, looks[one].tone))) ?? null
}
