import { part } from './core.mjs'
import { interceptRequests } from './interception.mjs'
import { schemes } from './schemes.mjs'

export class Protocol {
  _handlers = new Map()
  handle(scheme, handler) {
    if (this._handlers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`)
    if (!/^https?$/.test(scheme)) schemes.add(scheme)
    this._handlers.set(scheme, handler)
    void interceptRequests()
  }
  unhandle(scheme) {
    this._handlers.delete(scheme)
  }
  isProtocolHandled(scheme) {
    return this._handlers.has(scheme) || /^(https?|file|ws|wss|blob|data)$/.test(scheme)
  }
}

part('protocol', Protocol.prototype)
