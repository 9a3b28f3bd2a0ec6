import { part, recorded } from './core.mjs'
import { interceptRequests } from './interception.mjs'

const globs = (patterns) =>
  patterns?.map((p) =>
    p === '<all_urls>' ? /./ : new RegExp(`^${p.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*')}$`),
  )
export class WebRequest {
  _on = {}
  /** Asks the listener of one event; {} when there is none or its filter does not match. */
  _ask(event, details) {
    const { filter, listener } = this._on[event] ?? {}
    if (
      !listener ||
      (filter.urls && !globs(filter.urls).some((g) => g.test(details.url))) ||
      (filter.types && !filter.types.includes(details.resourceType))
    )
      return {}
    return new Promise((resolve) => listener(details, (reply) => resolve(reply ?? {})))
  }
}

for (const event of ['onBeforeRequest', 'onHeadersReceived']) {
  WebRequest.prototype[event] = function (filter, listener) {
    if (typeof filter !== 'object' || filter === null) [filter, listener] = [{}, filter]
    this._on[event] = { filter, listener }
    void interceptRequests()
  }
}

recorded(WebRequest.prototype, 'webRequest', [
  'onSendHeaders',
  'onResponseStarted',
  'onBeforeRedirect',
  'onCompleted',
  'onErrorOccurred',
])

part('webRequest', WebRequest.prototype)
