/** A window of Chromium's, without what the desktop adds to it. */
import { attach } from './attach.mjs'
import { destroyable, Emitter, prevented, state } from './core.mjs'
import { area } from './desktop/screen.mjs'
import { NOWHERE } from './nowhere.mjs'
import { attachedPage } from './pages.mjs'
import { WebContents } from './webContents.mjs'
import { addFlags, initialFlags } from './windowFlags.mjs'

/** About what Chromium's own window adds in height: only for the eye. */
const TOOLBAR = 87
let windowIds = 0
export class BrowserWindow extends Emitter {
  static getAllWindows() {
    return [...state.windows]
  }
  static getFocusedWindow() {
    return state.focused
  }
  static fromWebContents(contents) {
    return contents?._window ?? null
  }
  static fromId(id) {
    return BrowserWindow.getAllWindows().find((w) => w.id === id) ?? null
  }
  id = ++windowIds
  _destroyed = false
  _state = 'normal'
  _minimum = [0, 0]
  constructor({
    width = 800,
    height = 600,
    x = Math.round((area.width - width) / 2),
    y = Math.round((area.height - height) / 2),
    show = true,
    title,
    parent = null,
    webPreferences = {},
    _adopt,
    ...options
  } = {}) {
    super()
    if (!state.app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready')
    this._bounds = { x, y, width, height }
    this._title = title ?? state.app.name
    this._parent = parent
    this._visible = show
    this._flags = initialFlags(options)
    this.webContents = new WebContents(this, webPreferences)
    state.windows.add(this)
    state.app.emit('browser-window-created', {}, this)
    state.app.emit('web-contents-created', {}, this.webContents)
    this._opening = this._open(_adopt).catch((/** @type {unknown} */ error) => {
      this.webContents._attached.reject(error)
      if (!this._destroyed) process.stderr.write(`stand-in: cannot open a window: ${String(error)}\n`)
    })
    if (show)
      queueMicrotask(() => {
        this.emit('show')
        this.focus()
      })
  }
  async _open(adopt) {
    const { send } = state.chromium
    let page = adopt
    if (!page) {
      const { targetId } = await send('Target.createTarget', {
        url: NOWHERE,
        newWindow: true,
        width: this._bounds.width,
        height: this._bounds.height,
        browserContextId: await this.webContents.session._browserContext(),
      })
      page = await attachedPage(targetId)
    }
    this._targetId = page.targetId
    if (this._destroyed) return void send('Target.closeTarget', { targetId: page.targetId }).catch(() => {})
    state.chromium.windowOf.set(page.sessionId, this)
    const { windowId } = await send('Browser.getWindowForTarget', { targetId: page.targetId })
    this._windowId = windowId
    this._view = (params) => send('Emulation.setDeviceMetricsOverride', params, page.sessionId)
    await this._place()
    await attach(this.webContents, page.sessionId, page.targetId, Boolean(adopt))
  }
  /** The page's size is emulated: exact, at once, and free of what Chromium's window adds (or its minimum of 500 pixels). */
  async _place() {
    if (this._windowId === undefined) return
    const bounds = this.getBounds()
    void this._view({ width: bounds.width, height: bounds.height, deviceScaleFactor: 0, mobile: false }).catch(() => {})
    const move = (bounds) => state.chromium.send('Browser.setWindowBounds', { windowId: this._windowId, bounds })
    const windowState = this._flags.FullScreen ? 'fullscreen' : this._state
    await move({ windowState: 'normal' }) // from any other state there is only the way over normal
    if (windowState === 'normal')
      await move({ left: bounds.x, top: bounds.y, width: bounds.width, height: bounds.height + TOOLBAR })
    else await move({ windowState })
  }
  _setState(next, event) {
    if (this._state === next) return
    this._state = next
    void this._place().catch(() => {})
    this.emit(event)
    this.emit('resize')
  }
  _readyToShow() {
    if (this._shown) return
    this._shown = true
    setImmediate(() => this._destroyed || this.emit('ready-to-show'))
  }
  /** The target is gone: after close(), window.close(), Playwright's page.close(), or the end of Chromium. */
  _gone() {
    if (this._destroyed) return
    for (const child of this.getChildWindows()) child.destroy()
    if (state.focused === this) state.focused = null
    this._end()
    this.webContents._end()
    state.windows.delete(this)
    for (const [id, contents] of state.contents) if (contents === this.webContents) state.contents.delete(id)
    this.webContents._attached.reject(new Error('Object has been destroyed'))
    this.webContents._closed.resolve()
    this.webContents.emit('destroyed')
    this.emit('closed')
    if (state.windows.size === 0 && !state.app._leaving) state.app._noMoreWindows()
  }
  close() {
    if (prevented(this, 'close')) state.app._quitCancelled()
    else void this.webContents._closePage()
  }
  destroy() {
    if (this._targetId) state.chromium.send('Target.closeTarget', { targetId: this._targetId }).catch(() => {})
    this._gone()
  }
  isDestroyed() {
    return this._destroyed
  }

  loadURL(url, options) {
    return this.webContents.loadURL(url, options)
  }
  loadFile(path, options) {
    return this.webContents.loadFile(path, options)
  }
  reload() {
    this.webContents.reload()
  }
  capturePage(rect) {
    return this.webContents.capturePage(rect)
  }
  getTitle() {
    return this._title
  }
  get title() {
    return this._title
  }
  setTitle(title) {
    this._title = title
  }
  _titleFromPage(title) {
    this.webContents._title = title
    if (prevented(this, 'page-title-updated', {}, title, true)) return
    this.webContents.emit('page-title-updated', {}, title, true)
    this._title = title
  }

  /** Visibility is bookkeeping: the page is not told, and under Playwright, which emulates focus, could not see it. */
  show() {
    this.showInactive()
    this.focus()
  }
  showInactive() {
    if (!this._visible) {
      this._visible = true
      this.emit('show')
    }
  }
  hide() {
    if (this._visible) {
      this._visible = false
      this.blur()
      this.emit('hide')
    }
  }
  isVisible() {
    return this._visible
  }
  focus() {
    if (state.focused === this || this._destroyed || !this._visible) return
    state.focused?.blur()
    state.focused = this
    if (this._targetId) state.chromium.send('Target.activateTarget', { targetId: this._targetId }).catch(() => {})
    this.emit('focus')
    state.app.emit('browser-window-focus', {}, this)
  }
  blur() {
    if (state.focused === this) {
      state.focused = null
      this.emit('blur')
      state.app.emit('browser-window-blur', {}, this)
    }
  }
  isFocused() {
    return state.focused === this
  }
  getBounds() {
    return this._state === 'maximized' || this._flags.FullScreen ? { ...area } : { ...this._bounds }
  }
  getNormalBounds() {
    return { ...this._bounds }
  }
  setBounds(bounds) {
    const { x, y, width, height } = this._bounds
    this._bounds = { ...this._bounds, ...bounds }
    this._bounds.width = Math.max(this._bounds.width, this._minimum[0])
    this._bounds.height = Math.max(this._bounds.height, this._minimum[1])
    void this._place().catch(() => {})
    if (x !== this._bounds.x || y !== this._bounds.y) this.emit('move')
    if (width !== this._bounds.width || height !== this._bounds.height) this.emit('resize')
  }
  getSize() {
    const { width, height } = this.getBounds()
    return [width, height]
  }
  setSize(width, height) {
    this.setBounds({ width, height })
  }
  getPosition() {
    const { x, y } = this.getBounds()
    return [x, y]
  }
  setPosition(x, y) {
    this.setBounds({ x, y })
  }
  center() {
    this.setPosition(Math.round((area.width - this._bounds.width) / 2), Math.round((area.height - this._bounds.height) / 2))
  }
  setMinimumSize(width, height) {
    this._minimum = [width, height]
  }
  getMinimumSize() {
    return [...this._minimum]
  }
  maximize() {
    this._setState('maximized', 'maximize')
  }
  unmaximize() {
    if (this.isMaximized()) this._setState('normal', 'unmaximize')
  }
  isMaximized() {
    return this._state === 'maximized'
  }
  minimize() {
    this._setState('minimized', 'minimize')
  }
  restore() {
    if (this.isMinimized()) this._setState('normal', 'restore')
  }
  isMinimized() {
    return this._state === 'minimized'
  }
  isNormal() {
    return this._state === 'normal' && !this._flags.FullScreen
  }
  setFullScreen(on) {
    this._flags.FullScreen = on
    void this._place().catch(() => {})
    this.emit(on ? 'enter-full-screen' : 'leave-full-screen')
  }
  getParentWindow() {
    return this._parent
  }
  getChildWindows() {
    return [...state.windows].filter((w) => w._parent === this)
  }
  getMediaSourceId() {
    return `window:${this.id}:0`
  }
}
addFlags(BrowserWindow)
for (const name of ['Bounds', 'Size'])
  for (const verb of ['get', 'set']) BrowserWindow.prototype[`${verb}Content${name}`] = BrowserWindow.prototype[verb + name] // no frame: all is content
destroyable(BrowserWindow)
state.openWindow = (options) => new BrowserWindow(options)
