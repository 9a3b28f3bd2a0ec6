import { randomInt } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { serve, type ServedProcess } from './serve.ts'
import { startRoomServer, type RoomServer, type ServerConfigInput } from '../../src/main/server/index.ts'

/** A directory that goes with the test. */
export async function temporaryDirectory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'lanyard-test-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

/** The real server on a free port of loopback, with a database file of its own; closed when the test is over. */
export async function startServer(config: Partial<ServerConfigInput> = {}): Promise<RoomServer> {
  const dataDir = config.dataDir ?? (await temporaryDirectory())
  const server = await startRoomServer({ host: '127.0.0.1', port: 0, maxWorkers: 1, ...config, dataDir })
  onTestFinished(() => server.close())
  return server
}

/** The server as a process of its own, which can be killed; ended with the test, at the latest. */
export async function startProcess(dataDir: string, port = 0): Promise<ServedProcess> {
  const served = await serve(dataDir, { port })
  onTestFinished(() => served.stop('SIGKILL').then(() => {}))
  return served
}

/**
 * A free port that stays free while its server is started again and again: below those that the system gives to connections (from
 * 32,768 on under Linux; /proc/sys/net/ipv4/ip_local_port_range), one of which might take it meanwhile.
 */
export async function lastingPort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000)
    const probe = createServer()
    const isFree = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false))
      probe.listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!isFree) continue
    await new Promise((resolve) => probe.close(resolve))
    return port
  }
}
