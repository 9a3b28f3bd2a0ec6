// What every part shares: the record that tests read, the state of the program, and the trap that
// turns "we never wrote that" into a clear error instead of an undefined.
import { EventEmitter } from 'node:events'

/** Where the pieces find each other: no module imports another in a circle. */
export const state = {
  app: null,
  chromium: null,
  windows: new Set(),
  contents: new Map(),
  sessions: new Map(),
  utilities: new Set(),
  focused: null,
}

/** `require('electron').standin`: what the app did, and what the test wants answered. */
export const standin = {
  calls: [], //           { api: 'shell.openExternal', args: [...] }, in order
  answers: [], //         push { api: 'dialog.showMessageBox', value: { response: 1 } }; used once
  trays: [],
  notifications: [],
  menus: [],
  shortcuts: new Map(),
  popups: [],
}

export const record = (api, ...args) => {
  standin.calls.push({ api, args })
}

export function answer(api, fallback) {
  const index = standin.answers.findIndex((a) => a.api === api)
  return index < 0 ? fallback : standin.answers.splice(index, 1)[0].value
}

// Names that are probed by await, JSON, assertion libraries and `app.dock?.…`: absent on Linux too.
const probed = new Set(['then', 'toJSON', 'nodeType', 'domain', 'inspect', 'asymmetricMatch', '$$typeof', 'dock'])

/** A prototype below which unknown names throw. Node's own names, `_private` and symbols pass. */
export const trap = (base, nameOf) =>
  new Proxy(base, {
    get(target, key, receiver) {
      if (typeof key === 'symbol' || key in target || key.startsWith('_') || probed.has(key))
        return Reflect.get(target, key, receiver)
      return notImplemented(`${nameOf(receiver)}.${key}`.replace(/^\./, ''))
    },
  })
export const notImplemented = (name) => {
  throw new Error(`stand-in: electron.${name} is not implemented`)
}

/** A module of plain functions, e.g. `shell`. */
export const part = (name, members) =>
  Object.setPrototypeOf(
    members,
    trap(Object.prototype, () => name),
  )
/** Something the app may import but not touch. */
export const absent = (name) =>
  new Proxy(class {}, {
    get: (target, key) =>
      typeof key === 'symbol' || probed.has(key) || key === 'prototype' ? target[key] : notImplemented(`${name}.${key}`),
    apply: () => notImplemented(name),
    construct: () => notImplemented(name),
  })

/** An EventEmitter of our own, so that the trap can sit at the end of its prototype chain. */
export class Emitter {
  constructor() {
    EventEmitter.call(this)
  }
}

const { constructor: _, ...inherited } = Object.getOwnPropertyDescriptors(EventEmitter.prototype)
Object.defineProperties(Emitter.prototype, inherited)
const nameOfClass = (c) => (Object.hasOwn(c, 'apiName') ? c.apiName : c.name)
Object.setPrototypeOf(
  Emitter.prototype,
  trap(Object.prototype, (o) => nameOfClass(o.constructor)),
)
Object.setPrototypeOf(Emitter, trap(Function.prototype, nameOfClass))

/** Setters and actions that only leave a trace. */
export function recorded(target, prefix, names) {
  for (const name of names)
    target[name] = function (...args) {
      record(`${prefix}.${name}`, ...args)
    }
}

/** Emits an Electron event; true when a listener called preventDefault(). */
export function prevented(emitter, name, details = {}, ...args) {
  const event = {
    ...details,
    defaultPrevented: false,
    preventDefault() {
      event.defaultPrevented = true
    },
  }
  emitter.emit(name, event, ...args)
  return event.defaultPrevented
}

/** After `_end()` every method of the class but isDestroyed throws, as in Electron; listeners still work. */
export function destroyable(type) {
  const methods = new Set(
    Object.getOwnPropertyNames(type.prototype).filter(
      (name) => !name.startsWith('_') && !['constructor', 'isDestroyed'].includes(name),
    ),
  )
  const ended = new Proxy(type.prototype, {
    get(target, key, receiver) {
      if (methods.has(key)) throw new TypeError('Object has been destroyed')
      return Reflect.get(target, key, receiver)
    },
  })
  type.prototype._end = function () {
    this._destroyed = true
    Object.setPrototypeOf(this, ended)
  }
}
