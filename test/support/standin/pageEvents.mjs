/** What Chromium says of a page, as the events of Electron's WebContents. */
import { prevented, state } from './core.mjs'
import { navigationRequested } from './navigation.mjs'
import { dropFrame, names, newFrame, onPreloadMessage, WORLD } from './preloadMessages.mjs'
import { fromWire } from './schemes.mjs'

const levels = { error: 'error', assert: 'error', warning: 'warning', debug: 'debug' }

/** By the name of the event in the Chrome DevTools Protocol. */
const events = {
  'Page.frameNavigated'(contents, { frame }) {
    state.contents.set(frame.id, contents)
    if (frame.parentId) return
    contents._loader = frame.loaderId
    if (contents._load && contents._load.loaderId !== frame.loaderId) contents._load.reject()
    contents._url = fromWire(frame.url + (frame.urlFragment ?? ''))
    contents.emit('did-navigate', {}, contents._url, 200, 'OK')
  },

  'Page.frameRequestedNavigation'(contents, { frameId, url }) {
    if (frameId === contents._targetId) navigationRequested(contents, url)
  },

  'Page.frameAttached'(contents, { frameId }) {
    state.contents.set(frameId, contents)
  },

  'Page.navigatedWithinDocument'(contents, { frameId, url }) {
    const isMainFrame = frameId === contents._targetId
    if (isMainFrame) {
      contents._url = fromWire(url)
      for (const frame of contents._frames.values()) frame.url = contents._url
    }
    contents.emit('did-navigate-in-page', {}, fromWire(url), isMainFrame)
  },

  'Page.frameStartedLoading'(contents, { frameId }) {
    if (frameId !== contents._targetId || !contents._url || contents._loading) return
    contents._loading = true
    contents.emit('did-start-loading')
  },

  'Page.frameStoppedLoading'(contents, { frameId }) {
    if (frameId !== contents._targetId || !contents._loading) return
    contents._loading = false
    contents.emit('did-stop-loading')
  },

  'Page.lifecycleEvent'(contents, { frameId, loaderId, name }) {
    if (frameId !== contents._targetId || loaderId !== contents._loader) return
    if (name === 'DOMContentLoaded') contents.emit('dom-ready', {})
    if (name !== 'load') return
    contents._loaded = loaderId
    if (contents._load?.loaderId === loaderId) contents._load.resolve()
    contents.emit('did-finish-load')
    contents._window._readyToShow()
  },

  /** Electron shows no question before unload: the page stays, unless the app objects. */
  'Page.javascriptDialogOpening'(contents, { type }) {
    if (type !== 'beforeunload') return
    const leave = prevented(contents, 'will-prevent-unload')
    contents._cdp('Page.handleJavaScriptDialog', { accept: leave }).catch(() => {})
    contents._staying = !leave
    if (!leave) state.app._quitCancelled()
  },

  'Runtime.executionContextCreated'(contents, { context: { id, name, auxData } }) {
    if (name === WORLD && auxData.frameId === contents._targetId) contents._frames.set(id, newFrame(contents, id))
  },

  'Runtime.executionContextDestroyed'(contents, { executionContextId }) {
    dropFrame(contents, executionContextId)
  },

  'Runtime.executionContextsCleared'(contents) {
    for (const id of [...contents._frames.keys()]) dropFrame(contents, id)
  },

  'Runtime.bindingCalled'(contents, { name, executionContextId, payload }) {
    if (name !== names.binding || !contents._frames.has(executionContextId)) return
    // An exception in a listener of the app is an uncaught one, and not ours to swallow.
    onPreloadMessage(contents, executionContextId, JSON.parse(payload)).catch((/** @type {unknown} */ error) =>
      queueMicrotask(() => {
        throw error
      }),
    )
  },

  'Runtime.consoleAPICalled'(contents, { type, args, stackTrace }) {
    const level = levels[type] ?? 'info'
    const message = args.map((arg) => String(arg.value ?? arg.description ?? arg.unserializableValue ?? arg.type)).join(' ')
    const top = stackTrace?.callFrames[0]
    const lineNumber = (top?.lineNumber ?? -1) + 1
    const details = { message, level, lineNumber, sourceId: fromWire(top?.url ?? ''), frame: contents.mainFrame }
    contents.emit('console-message', details, ['debug', 'info', 'warning', 'error'].indexOf(level), message)
  },

  async 'Security.certificateError'(contents, params) {
    const accepted = await contents.session._acceptsCertificate(params).catch(() => false)
    const action = accepted ? 'continue' : 'cancel'
    await contents._cdp('Security.handleCertificateError', { eventId: params.eventId, action }).catch(() => {})
  },

  'Inspector.targetCrashed'(contents) {
    contents._crashed = true
    const details = { reason: 'crashed', exitCode: 5 }
    contents.emit('render-process-gone', {}, details)
    state.app.emit('render-process-gone', {}, contents, details)
  },
}

export function onPageEvent(contents, method, params) {
  void events[method]?.(contents, params)
}
