import { Emitter, state } from '../core.mjs'

class NativeTheme extends Emitter {
  static apiName = 'nativeTheme'
  _source = 'system'
  _system = 'light' // a test may set it and emit 'updated'
  shouldUseHighContrastColors = false
  prefersReducedTransparency = false
  inForcedColorsMode = false
  get themeSource() {
    return this._source
  }
  set themeSource(source) {
    if (!['system', 'light', 'dark'].includes(source))
      throw new TypeError(`Error processing argument at index 0, conversion failure from ${source}`)
    this._source = source
    for (const win of state.windows)
      void win.webContents._attached.promise.then(() => this._emulate(win.webContents)).catch(() => {})
    this.emit('updated')
  }
  get shouldUseDarkColors() {
    return (this._source === 'system' ? this._system : this._source) === 'dark'
  }
  /** Playwright emulates 'light' for itself unless launched with colorScheme: null; the last one to speak wins. */
  _emulate(contents) {
    return contents._cdp('Emulation.setEmulatedMedia', {
      features: this._source === 'system' ? [] : [{ name: 'prefers-color-scheme', value: this._source }],
    })
  }
}

export const nativeTheme = new NativeTheme()
