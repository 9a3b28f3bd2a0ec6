import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'

/** Sends the message and waits for the answer, in a process of its own: the app may well quit in its next line. */
const TELL = `
  require('net').connect({ path: '\\0' + process.argv[1], allowHalfOpen: true })
    .on('error', () => {}).on('data', () => {}).end(process.argv[2])`

/**
 * One instance per folder of user data. The lock is an abstract Unix socket (Linux only): listen() binds at once, so the
 * answer is synchronous, and the kernel removes it with the process, so that no lock is ever stale.
 */
export class SingleInstance {
  #name
  #server = null

  constructor(userData) {
    mkdirSync(userData, { recursive: true })
    this.#name = `electron-standin-${createHash('sha256').update(userData).digest('hex')}`
  }

  get held() {
    return this.#server !== null
  }

  /** Takes the lock, or tells its holder. @returns {boolean} whether it is ours */
  request(message, onSecond) {
    if (this.held) return true
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      let text = ''
      socket
        .setEncoding('utf8')
        .on('error', () => {})
        .on('data', (chunk) => (text += chunk))
        .on('end', () => {
          socket.end('ok')
          onSecond(JSON.parse(text))
        })
    })
    server.on('error', () => {}).listen(`\0${this.#name}`)
    if (server.listening) {
      this.#server = server.unref()
      return true
    }
    spawnSync(process.execPath, ['-e', TELL, this.#name, JSON.stringify(message)], { timeout: 5_000 })
    return false
  }

  release() {
    this.#server?.close()
    this.#server = null
  }
}
