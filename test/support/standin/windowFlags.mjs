/** What a window may be told, and keeps, without showing anything of it. */
import { record, recorded } from './core.mjs'

const FLAGS = {
  Resizable: true,
  Movable: true,
  Minimizable: true,
  Maximizable: true,
  Closable: true,
  FullScreenable: true,
  Focusable: true,
  AlwaysOnTop: false,
  Kiosk: false,
  MenuBarVisibility: true,
  AutoHideMenuBar: false,
  VisibleOnAllWorkspaces: false,
  DocumentEdited: false,
  ContentProtection: false,
  Enabled: true,
  Modal: false,
  FullScreen: false,
}

const getters = {
  MenuBarVisibility: 'isMenuBarVisible',
  ContentProtection: 'isContentProtected',
  AutoHideMenuBar: 'isMenuBarAutoHide',
}

export function initialFlags(options) {
  const flag = (name) => options[name[0].toLowerCase() + name.slice(1)] ?? FLAGS[name]
  return Object.fromEntries(Object.keys(FLAGS).map((name) => [name, flag(name)]))
}

/** Gives the class a getter and a setter for each flag that it has no own one for. */
export function addFlags(BrowserWindow) {
  const { prototype } = BrowserWindow
  for (const name of Object.keys(FLAGS)) {
    prototype[getters[name] ?? `is${name}`] = function () {
      return this._flags[name]
    }
    if (Object.hasOwn(prototype, `set${name}`)) continue
    prototype[`set${name}`] = function (value) {
      record(`BrowserWindow.set${name}`, value)
      this._flags[name] = value
    }
  }
  recorded(prototype, 'BrowserWindow', [
    'setMenu',
    'removeMenu',
    'setIcon',
    'setProgressBar',
    'setOverlayIcon',
    'setSkipTaskbar',
    'setBackgroundColor',
    'setOpacity',
    'setHasShadow',
    'setThumbarButtons',
    'setAppDetails',
    'setMaximumSize',
    'setAspectRatio',
    'flashFrame',
    'moveTop',
    'setTitleBarOverlay',
    'setIgnoreMouseEvents',
    'setRepresentedFilename',
    'invalidateShadow',
  ])
}
