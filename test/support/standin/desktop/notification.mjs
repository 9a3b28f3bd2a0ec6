import { Emitter, standin } from '../core.mjs'

export class Notification extends Emitter {
  static isSupported() {
    return true
  }
  constructor(options = {}) {
    super()
    Object.assign(this, { title: '', body: '', silent: false, actions: [], ...options })
    this.closed = true
  }
  show() {
    this.closed = false
    if (!standin.notifications.includes(this)) standin.notifications.push(this)
    queueMicrotask(() => this.emit('show', {}))
  }
  close() {
    if (!this.closed) {
      this.closed = true
      this.emit('close', {})
    }
  }
}
