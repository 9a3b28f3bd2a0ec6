/** utilityProcess: a real child process with Node, as in Electron, minus the MessagePorts and Chromium's services. */
import { fork } from 'node:child_process'
import { constants } from 'node:os'
import { join, resolve } from 'node:path'
import { Emitter, notImplemented, part, state } from './core.mjs'

const main = join(import.meta.dirname, 'utilityMain.mjs')

class UtilityProcess extends Emitter {
  constructor(path, args = [], options = {}) {
    super()
    const { env = process.env, cwd, stdio = 'inherit', execArgv = [], serviceName: name = 'Node Utility Process' } = options
    const [, out = 'inherit', err = 'inherit'] = Array.isArray(stdio) ? stdio : [stdio, stdio, stdio]
    const child = fork(main, [resolve(path), ...args], {
      env: { ...env, STANDIN_ELECTRON: process.versions.electron },
      cwd,
      execArgv: ['--unhandled-rejections=warn', ...execArgv],
      serialization: 'advanced',
      stdio: ['ignore', out, err, 'ipc'],
    })
    const { pid, stdout, stderr } = child
    Object.assign(this, { pid, stdout, stderr, name, _child: child })
    state.utilities.add(this)
    child
      .once('spawn', () => this.emit('spawn'))
      .on('message', (message) => this.emit('message', message))
      .on('error', () => {})
      .once('exit', (code, signal) => this._exited(code, signal))
  }

  _exited(code, signal) {
    const { name } = this
    state.utilities.delete(this)
    this.pid = undefined
    const exitCode = code ?? constants.signals[signal]
    this.emit('exit', exitCode)
    if (exitCode === 0 || this._killed) return
    const reason = signal === 'SIGKILL' ? 'killed' : signal ? 'crashed' : 'abnormal-exit'
    const details = { type: 'Utility', reason, exitCode, serviceName: 'node.mojom.NodeService', name }
    state.app.emit('child-process-gone', {}, details)
  }

  postMessage(message, transfer = []) {
    if (transfer.length) notImplemented('UtilityProcess.postMessage with MessagePorts')
    structuredClone(message) // throws here, and not later in the channel
    if (this._child.connected) this._child.send(message)
  }

  kill() {
    this._killed = true
    return this._child.kill()
  }
}

export const utilityProcess = part('utilityProcess', {
  fork(path, ...rest) {
    if (!state.app.isReady()) throw new Error('utilityProcess cannot be created before app is ready.')
    const [args, options] = Array.isArray(rest[0]) || rest[0] === undefined ? rest : [[], rest[0]]
    return new UtilityProcess(path, args, options)
  },
})

process.once('exit', () => {
  for (const { _child } of state.utilities) _child.kill('SIGKILL')
})
