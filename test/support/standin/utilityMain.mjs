/** What runs in a utility process, before the app's own script: process.parentPort, and little else of Electron. */
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Emitter, notImplemented, part } from './core.mjs'
import { provideElectron } from './provide.mjs'

const [node, , path, ...args] = process.argv
const electron = process.env.STANDIN_ELECTRON
delete process.env.STANDIN_ELECTRON
process.argv = [node, path, ...args]
Object.defineProperty(process, 'versions', { value: { ...process.versions, electron } })
Object.assign(process, { type: 'utility', crash: () => process.abort() })

class ParentPort extends Emitter {
  static apiName = 'parentPort'
  postMessage(message, transfer = []) {
    if (transfer.length) notImplemented('parentPort.postMessage with MessagePorts')
    process.send(message)
  }
  start() {}
}

const port = new ParentPort()
process.parentPort = port
const deliver = (data) => port.emit('message', { data, ports: [] })

/** What came before somebody listens; null from then on. */
let early = []
// Listening keeps the process alive, as Electron's parentPort does.
process.on('message', (data) => (early === null ? deliver(data) : early.push(data)))
port.on('newListener', (name) => {
  if (name !== 'message' || early === null) return
  const waiting = early
  early = null
  queueMicrotask(() => waiting.forEach(deliver))
})

// The app is gone, in whatever way.
process.once('disconnect', () => process.exit(0))

provideElectron(part('(utility process)', { net: part('net', { fetch: (...all) => fetch(...all), isOnline: () => true }) }))
await import(pathToFileURL(createRequire(import.meta.url).resolve(path)).href)
