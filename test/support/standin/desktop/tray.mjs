import { Emitter, recorded, standin } from '../core.mjs'

export class Tray extends Emitter {
  _tip = ''
  _destroyed = false
  constructor(image, guid) {
    super()
    this.image = image
    this.guid = guid
    this.menu = null
    standin.trays.push(this)
  }
  setToolTip(tip) {
    this._tip = tip
  }
  getToolTip() {
    return this._tip
  } // ours: for tests
  setImage(image) {
    this.image = image
  }
  setContextMenu(menu) {
    this.menu = menu
  }
  popUpContextMenu(menu) {
    standin.popups.push({ menu: menu ?? this.menu, options: {} })
  }
  getBounds() {
    return { x: 0, y: 0, width: 24, height: 24 }
  }
  destroy() {
    this._destroyed = true
    standin.trays.splice(standin.trays.indexOf(this), 1)
  }
  isDestroyed() {
    return this._destroyed
  }
}

recorded(Tray.prototype, 'Tray', ['setTitle', 'setPressedImage', 'setIgnoreDoubleClickEvents', 'displayBalloon', 'focus'])
