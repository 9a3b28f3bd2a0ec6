import { join } from 'node:path'
import { utilityProcess } from 'electron'
import type { Logger } from 'pino'
import { CLOCK_AHEAD } from '../../shared/hosted.ts'
import type { HostedProcess } from './hosting.ts'
import { takeLines } from './logs.ts'

/** Starts the process of the carried room server, whose lines go into the log; its clock is so far ahead of the machine's, in ms. */
export function forkServer(log: Logger, clockAheadMs: number): HostedProcess {
  const args = clockAheadMs === 0 ? [] : [`${CLOCK_AHEAD}${clockAheadMs}`]
  const server = utilityProcess.fork(join(import.meta.dirname, 'hosted.js'), args, {
    serviceName: 'Lanyard room server',
    stdio: 'pipe',
  })
  takeLines(log, server.stderr)
  takeLines(log, server.stdout)
  server.on('error', (type, location) => log.error({ type, location }, 'the room server has failed'))
  return {
    get pid() {
      return server.pid
    },
    postMessage: (order) => server.postMessage(order),
    kill: () => {
      try {
        if (server.pid !== undefined) process.kill(server.pid, 'SIGKILL')
      } catch {
        // It has just ended by itself.
      }
    },
    on: (event, listener) => server.on(event, listener),
    once: (event, listener) => server.once(event, listener),
  }
}
