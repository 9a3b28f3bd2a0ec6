/** The preload's world: injected as source text and run before any script of the page. */
export function preloadWorld(codec, makeBridge, config, preload) {
  if (window !== window.top) return // as without nodeIntegrationInSubFrames
  const { encode, decode } = codec()
  const post = globalThis[config.binding]
  Reflect.deleteProperty(globalThis, config.binding)
  const listeners = new Map()
  const pending = new Map()
  const exposed = []
  let bridge = null
  let ids = 0
  const request = (kind, ...rest) =>
    new Promise((resolve, reject) => {
      pending.set(++ids, { resolve, reject })
      post(JSON.stringify([kind, ids, ...rest]))
    })
  const missing = (name) => {
    throw new Error(`stand-in: electron.${name} is not implemented in a preload`)
  }
  const guarded = (name, object) =>
    new Proxy(object, {
      get: (o, key) => (key in o || typeof key === 'symbol' || key === 'then' ? o[key] : missing(name ? `${name}.${key}` : key)),
    })

  const add = (where) => (channel, listener, once) => {
    const all = listeners.get(channel) ?? []
    all[where]({ listener, once: once === true })
    listeners.set(channel, all)
    return ipcRenderer
  }
  const remove = (channel, listener) => {
    const all = listeners.get(channel) ?? []
    const i = all.findLastIndex((l) => l.listener === listener)
    if (i >= 0) all.splice(i, 1)
    return ipcRenderer
  }
  const ipcRenderer = guarded('ipcRenderer', {
    invoke: async (channel, ...args) => decode(await request('invoke', channel, encode(args))),
    send: (channel, ...args) => post(JSON.stringify(['send', 0, channel, encode(args)])),
    on: (channel, listener) => add('push')(channel, listener),
    addListener: (channel, listener) => add('push')(channel, listener),
    prependListener: (channel, listener) => add('unshift')(channel, listener),
    once: (channel, listener) => add('push')(channel, listener, true),
    off: remove,
    removeListener: remove,
    removeAllListeners: (channel) => {
      if (channel === undefined) listeners.clear()
      else listeners.delete(channel)
      return ipcRenderer
    },
    listenerCount: (channel) => listeners.get(channel)?.length ?? 0,
    listeners: (channel) => (listeners.get(channel) ?? []).map((l) => l.listener),
    eventNames: () => [...listeners.keys()],
  })
  const contextBridge = guarded('contextBridge', {
    exposeInMainWorld(key, api) {
      if (exposed.some((e) => e.key === key))
        throw new Error('Cannot bind an API on top of an existing property on the window object')
      exposed.push({ key, api })
      bridge?.expose(key, api)
    },
  })
  const electron = guarded('', { contextBridge, ipcRenderer })

  // The page's world says hello before any page script runs; `relatedTarget` hands the private node across.
  addEventListener(
    config.hello,
    (event) => {
      event.stopImmediatePropagation()
      bridge = makeBridge(event.relatedTarget, 'to-preload', 'to-page')
      bridge.expose('', {
        // not exposed to the page: see pageWorld
        ask: (permission, details) => request('ask', permission, encode([details])).then(decode),
        open: (url, name, features) => post(JSON.stringify(['open', 0, encode([url, name, features])])),
      })
      for (const { key, api } of exposed) bridge.expose(key, api)
    },
    { once: true, capture: true },
  )

  // How main speaks to this world. Defined here, so the page cannot see it.
  Object.defineProperty(globalThis, config.deliver, {
    value: (kind, target, data) => {
      if (kind === 'message') {
        for (const entry of [...(listeners.get(target) ?? [])]) {
          if (entry.once) remove(target, entry.listener)
          entry.listener({ sender: ipcRenderer, ports: [], preventDefault() {}, defaultPrevented: false }, ...decode(data))
        }
        return
      }
      const waiting = pending.get(target)
      pending.delete(target)
      if (kind === 'value') waiting?.resolve(data)
      else waiting?.reject(new Error(data))
    },
  })

  // CDP announces no change of the title.
  let title = ''
  const tellTitle = () => {
    if (document.title !== title) {
      title = document.title
      post(JSON.stringify(['title', 0, encode([title])]))
    }
  }
  addEventListener('DOMContentLoaded', () => {
    tellTitle()
    if (document.head)
      new MutationObserver(tellTitle).observe(document.head, { childList: true, subtree: true, characterData: true })
  })

  // Links that open another window go the same way as window.open.
  for (const type of ['click', 'auxclick']) {
    addEventListener(type, (event) => {
      const link = event.composedPath().find((n) => n instanceof HTMLAnchorElement && n.href)
      if (event.defaultPrevented || !link || event.button > 1 || link.hasAttribute('download')) return
      if (!/^(_blank|[^_].*)$/.test(link.target) && event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey)
        return
      event.preventDefault()
      post(JSON.stringify(['open', 0, encode([link.href, link.target.replace('_blank', ''), ''])]))
    })
  }

  const process = {
    type: 'renderer',
    sandboxed: true,
    contextIsolated: true,
    ...config.process,
    on() {
      return process
    },
    once() {
      return process
    },
  }
  const require = (name) =>
    name === 'electron' || name === 'electron/renderer' || name === 'electron/common'
      ? electron
      : (() => {
          throw new Error(`module not found: ${name}`)
        })()
  const module = { exports: {} }
  try {
    preload(require, module, module.exports, process, (f, ...a) => setTimeout(() => f(...a), 0))
  } catch (error) {
    post(JSON.stringify(['preload-error', 0, encode([String(error?.stack ?? error)])]))
  }
}
