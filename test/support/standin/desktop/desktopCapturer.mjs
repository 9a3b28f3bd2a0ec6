import { part, state } from '../core.mjs'
import { NativeImage, plainImage } from './nativeImage.mjs'
import { area } from './screen.mjs'

/** The screen is a plain picture; those of our windows are real. */
const SLATE = [72, 84, 96]

/** The scale at which a size fits into another, as thumbnails do. */
const scaleInto = (size, limit) => Math.min(limit.width / size.width, limit.height / size.height)

async function windowThumbnail(win, limit) {
  const { width, height } = win.getBounds()
  const scale = scaleInto({ width, height }, limit)
  // A window that closes meanwhile, or shows nothing yet, has no picture.
  return win.webContents._picture({ x: 0, y: 0, width, height, scale }).catch(() => new NativeImage())
}

function screenThumbnail(limit) {
  const scale = scaleInto(area, limit)
  return plainImage({ width: Math.round(area.width * scale), height: Math.round(area.height * scale) }, SLATE)
}

export const desktopCapturer = part('desktopCapturer', {
  async getSources({ types, thumbnailSize = { width: 150, height: 150 } }) {
    const wanted = thumbnailSize.width > 0 && thumbnailSize.height > 0
    const windows = types.includes('window') ? [...state.windows].filter((win) => win.isVisible()) : []
    const screens = types.includes('screen')
      ? [
          {
            id: 'screen:1:0',
            name: 'Entire screen',
            display_id: '1',
            thumbnail: wanted ? screenThumbnail(thumbnailSize) : new NativeImage(),
          },
        ]
      : []
    const shown = await Promise.all(
      windows.map(async (win) => ({
        id: win.getMediaSourceId(),
        name: win.getTitle(),
        display_id: '',
        thumbnail: wanted ? await windowThumbnail(win, thumbnailSize) : new NativeImage(),
      })),
    )
    return [...screens, ...shown].map((source) => ({ ...source, appIcon: null }))
  },
})
