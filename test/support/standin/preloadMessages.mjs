/** What goes between main and the preload's world of a page: IPC, questions of the guards, windows that the page opens. */
import { notImplemented, state } from './core.mjs'
import { ipcMain } from './ipcMain.mjs'
import { codec } from './page/codec.mjs'
import { fromWire, originOf } from './schemes.mjs'

const { encode, decode } = codec()

/** The isolated world that the preload runs in, and what is defined there under which name. */
export const WORLD = 'electron-preload'
export const names = { binding: '__standinPost', deliver: '__standinDeliver', hello: 'standin:hello' }

/** A frame as main sees it. Each document has one of its own; that of a document that is gone is detached. */
export function newFrame(contents, context) {
  return {
    url: contents._url,
    get origin() {
      return originOf(this.url)
    },
    parent: null,
    get top() {
      return this
    },
    name: '',
    routingId: 1,
    processId: contents.id,
    frameTreeNodeId: contents.id,
    frameToken: contents._targetId,
    detached: false,
    _context: context,
    isDestroyed() {
      return this.detached
    },
    send: (...args) => contents.send(...args),
    executeJavaScript: (...args) => contents.executeJavaScript(...args),
    ipc: contents.ipc,
  }
}

export function dropFrame(contents, context) {
  const frame = contents._frames.get(context)
  if (frame) frame.detached = true
  contents._frames.delete(context)
}

/** `kind`: a message, or the value or error that a request waits for. */
function deliver(contents, context, kind, target, data) {
  contents
    ._cdp('Runtime.callFunctionOn', {
      executionContextId: context,
      functionDeclaration: `function (...args) { ${names.deliver}(...args) }`,
      arguments: [{ value: kind }, { value: target }, { value: data }],
    })
    .catch(() => {})
}

/** Messages to a page that has no preload world yet are lost, as in Electron. */
export function sendToPreload(contents, channel, args) {
  const data = encode(args)
  const context = [...contents._frames.keys()].at(-1)
  if (context !== undefined) deliver(contents, context, 'message', channel, data)
}

export async function onPreloadMessage(contents, context, [kind, id, name, data]) {
  switch (kind) {
    case 'invoke':
      return invoked(contents, context, id, name, data)
    case 'send': {
      const event = eventFrom(contents, context)
      const args = decode(data)
      contents.emit('ipc-message', event, name, ...args)
      contents.ipc.emit(name, event, ...args)
      ipcMain.emit(name, event, ...args)
      return
    }
    case 'ask': {
      const verdict = await contents.session._permission(contents, contents._frames.get(context), name, ...decode(data))
      return deliver(contents, context, 'value', id, encode(verdict))
    }
    case 'title':
      return contents._window._titleFromPage(...decode(name))
    case 'open':
      return void openedByPage(contents, ...decode(name))
    case 'preload-error':
      return preloadFailed(contents, ...decode(name))
  }
}

async function invoked(contents, context, id, channel, data) {
  try {
    const handler = contents.ipc._handlers.get(channel) ?? ipcMain._handlers.get(channel)
    if (!handler) throw new Error(`No handler registered for '${channel}'`)
    deliver(contents, context, 'value', id, encode(await handler(eventFrom(contents, context), ...decode(data))))
  } catch (error) {
    if (!String(error).includes('No handler registered')) {
      process.stderr.write(`Error occurred in handler for '${channel}': ${error?.stack ?? String(error)}\n`)
    }
    deliver(contents, context, 'error', id, `Error invoking remote method '${channel}': ${String(error)}`)
  }
}

function eventFrom(contents, context) {
  const frame = contents._frames.get(context)
  return {
    type: 'frame',
    sender: contents,
    get senderFrame() {
      return frame.detached ? null : frame
    },
    frameId: 1,
    processId: contents.id,
    ports: [],
    defaultPrevented: false,
    preventDefault() {},
    reply: (channel, ...args) => deliver(contents, context, 'message', channel, encode(args)),
    get returnValue() {
      return notImplemented('ipcRenderer.sendSync')
    },
    set returnValue(_) {
      notImplemented('ipcRenderer.sendSync')
    },
  }
}

export function preloadFailed(contents, error) {
  process.stderr.write(`Unable to load preload script: ${contents._preload}\n${error.stack ?? error}\n`)
  contents.emit('preload-error', {}, contents._preload, error)
}

/**
 * The answer to window.open and to links with a target. `page` is one that Chromium opened all the same.
 * @returns {boolean} whether the app allows it
 */
export function openedByPage(contents, url, frameName, features, page) {
  const disposition = /width|height|left|top|popup/.test(features) ? 'new-window' : 'foreground-tab'
  const referrer = { url: contents._url, policy: 'strict-origin-when-cross-origin' }
  const details = { url: fromWire(url), frameName, features, disposition, referrer }
  const { action, overrideBrowserWindowOptions = {} } = contents._openHandler?.(details) ?? { action: 'allow' }
  if (action !== 'allow') return false
  const options = { webPreferences: { session: contents.session }, ...overrideBrowserWindowOptions, _adopt: page }
  const win = state.openWindow(options)
  contents.emit('did-create-window', win, { ...details, options: overrideBrowserWindowOptions })
  if (!page) void win.loadURL(details.url).catch(() => {})
  return true
}
