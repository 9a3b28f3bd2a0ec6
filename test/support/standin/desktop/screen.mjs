import { Emitter } from '../core.mjs'

export const area = { x: 0, y: 0, width: 1440, height: 900 }
const display = {
  id: 1,
  label: 'stand-in',
  bounds: area,
  workArea: area,
  size: { width: 1440, height: 900 },
  workAreaSize: { width: 1440, height: 900 },
  scaleFactor: 1,
  rotation: 0,
  internal: true,
  touchSupport: 'unknown',
}

class Screen extends Emitter {
  static apiName = 'screen'
  getPrimaryDisplay() {
    return display
  }
  getAllDisplays() {
    return [display]
  }
  getDisplayMatching() {
    return display
  }
  getDisplayNearestPoint() {
    return display
  }
  getCursorScreenPoint() {
    return { x: 0, y: 0 }
  }
}

export const screen = new Screen()
