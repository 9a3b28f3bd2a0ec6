/** One page in Chromium, driven over its CDP session. */
import { isAbsolute, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { destroyable, Emitter, notImplemented, recorded, state } from './core.mjs'
import { NativeImage } from './desktop/nativeImage.mjs'
import { IpcMain } from './ipcMain.mjs'
import { withoutHash } from './navigation.mjs'
import { sendToPreload } from './preloadMessages.mjs'
import { originOf, toWire } from './schemes.mjs'
import { fromPartition } from './session.mjs'

const ERRNO = {
  ERR_ABORTED: -3,
  ERR_FILE_NOT_FOUND: -6,
  ERR_CONNECTION_REFUSED: -102,
  ERR_NAME_NOT_RESOLVED: -105,
  ERR_CERT_AUTHORITY_INVALID: -202,
}

let contentIds = 0
export class WebContents extends Emitter {
  static apiName = 'webContents'
  static getAllWebContents() {
    return [...state.windows].map((w) => w.webContents)
  }
  static fromId(id) {
    return WebContents.getAllWebContents().find((c) => c.id === id)
  }
  static fromDevToolsTargetId(targetId) {
    return state.contents.get(targetId)
  }
  static getFocusedWebContents() {
    return state.focused?.webContents ?? null
  }
  id = ++contentIds
  ipc = new IpcMain()
  _destroyed = false
  _attached = Promise.withResolvers()
  _closed = Promise.withResolvers()
  _url = ''
  _title = ''
  _loading = false
  _crashed = false
  _muted = false
  _frames = new Map() // execution context → frame, of the preload's world
  _own = null

  constructor(win, { preload, partition, session = fromPartition(partition ?? ''), additionalArguments = [], ...prefs }) {
    super()
    for (const [name, only] of [
      ['nodeIntegration', false],
      ['contextIsolation', true],
      ['sandbox', true],
      ['nodeIntegrationInSubFrames', false],
      ['webviewTag', false],
      ['offscreen', false],
    ]) {
      if ((prefs[name] ?? only) !== only) notImplemented(`BrowserWindow webPreferences.${name}: ${prefs[name]}`)
    }
    Object.assign(this, { session, _window: win, _preload: preload, _arguments: additionalArguments })
    this._attached.promise.catch(() => {})
  }

  get mainFrame() {
    return [...this._frames.values()].at(-1) ?? { url: this._url, origin: originOf(this._url), parent: null }
  }

  async loadURL(url) {
    await this._attached.promise
    const wire = toWire(url)
    this._own = withoutHash(wire)
    this._url ||= url
    const { errorText, loaderId } = await this._cdp('Page.navigate', { url: wire })
    this._own = null
    const failed = (code, errno = ERRNO[code] ?? -2) =>
      Object.assign(new Error(`${code} (${errno}) loading '${url}'`), { code, errno, url })
    if (errorText) {
      const error = failed(errorText.replace('net::', ''))
      this.emit('did-fail-load', {}, error.errno, error.code, url, true)
      throw error
    }
    if (!loaderId || this._loaded === loaderId) return // without a loader it went to a fragment of the same page
    this._load = { loaderId, ...Promise.withResolvers() } // rejected when another document comes first
    await Promise.race([this._load.promise, this._closed.promise]).catch(() => {})
    if (this._loaded !== loaderId) throw failed('ERR_ABORTED')
  }
  loadFile(path, { query, search, hash } = {}) {
    const url = pathToFileURL(isAbsolute(path) ? path : join(state.app.getAppPath(), path))
    url.search = search ?? new URLSearchParams(query ?? {}).toString()
    url.hash = hash ?? ''
    return this.loadURL(url.href)
  }
  async _reload(ignoreCache) {
    this._own = withoutHash(toWire(this._url))
    await this._cdp('Page.reload', { ignoreCache })
  }
  reload() {
    void this._reload(false)
  }
  reloadIgnoringCache() {
    void this._reload(true)
  }
  stop() {
    void this._cdp('Page.stopLoading')
  }
  send(channel, ...args) {
    sendToPreload(this, channel, args)
  }
  async executeJavaScript(code, userGesture = false) {
    await this._attached.promise
    if (this._loading) await new Promise((resolve) => this.once('did-stop-loading', resolve))
    const { result, exceptionDetails } = await this._cdp('Runtime.evaluate', {
      expression: code,
      userGesture,
      awaitPromise: true,
      returnByValue: true,
    })
    if (exceptionDetails)
      throw new Error(exceptionDetails.exception?.description?.split('\n')[0].replace(/^\w*Error: /, '') ?? exceptionDetails.text)
    return result.value
  }
  capturePage(rect) {
    return this._picture(rect && { ...rect, scale: 1 })
  }
  /** @param clip of Page.captureScreenshot: a part, and its scale */
  async _picture(clip) {
    await this._attached.promise
    for (let tries = 1; ; tries++) {
      try {
        const { data } = await this._cdp('Page.captureScreenshot', { format: 'png', ...(clip && { clip }) })
        return new NativeImage(Buffer.from(data, 'base64'))
      } catch (error) {
        // while one page replaces another
        if (this._destroyed || tries === 10) throw error
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    }
  }
  setWindowOpenHandler(handler) {
    this._openHandler = handler
  }
  close() {
    void this._closePage()
  }
  /** Page.close runs beforeunload, but fails, or is forgotten, while one page replaces another: so again until the target is gone. */
  async _closePage() {
    await this._attached.promise.catch(() => {})
    for (this._staying = false; !this._destroyed && !this._staying;) {
      await this._cdp('Page.close')
        .catch(() => state.chromium.send('Target.closeTarget', { targetId: this._targetId }))
        .catch(() => {})
      await Promise.race([this._closed.promise, new Promise((resolve) => setTimeout(resolve, 250))])
    }
  }
  forcefullyCrashRenderer() {
    this._cdp('Page.crash').catch(() => {})
  }
  isDestroyed() {
    return this._destroyed
  }
  getURL() {
    return this._url
  }
  getTitle() {
    return this._title || this._url
  }
  getUserAgent() {
    return this.session.getUserAgent()
  }
  isLoading() {
    return this._loading
  }
  isLoadingMainFrame() {
    return this._loading
  }
  isCrashed() {
    return this._crashed
  }
  isFocused() {
    return state.focused === this._window
  }
  isDevToolsOpened() {
    return false
  }
  focus() {
    this._window.focus()
  }
  setAudioMuted(muted) {
    this._muted = muted
  }
  isAudioMuted() {
    return this._muted
  }
}

recorded(WebContents.prototype, 'webContents', [
  'openDevTools',
  'closeDevTools',
  'toggleDevTools',
  'setBackgroundThrottling',
  'setVisualZoomLevelLimits',
  'setIgnoreMenuShortcuts',
  'setWebRTCIPHandlingPolicy',
  'setZoomLevel',
  'setZoomFactor',
])

destroyable(WebContents)
