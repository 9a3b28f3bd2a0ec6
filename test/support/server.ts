import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { serve, type ServedProcess } from './serve.ts'
import { startRoomServer, type RoomServer, type ServerConfigInput, type Watch } from '../../src/main/server/index.ts'

/** A directory that goes with the test. */
export async function temporaryDirectory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'lanyard-test-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

/** The real server on a free port of loopback, with a database file of its own; closed when the test is over. */
export async function startServer(config: Partial<ServerConfigInput> = {}, watch: Watch = {}): Promise<RoomServer> {
  const dataDir = config.dataDir ?? (await temporaryDirectory())
  const server = await startRoomServer({ host: '127.0.0.1', port: 0, maxWorkers: 1, ...config, dataDir }, watch)
  onTestFinished(() => server.close())
  return server
}

/** The server as a process of its own, which can be killed; ended with the test, at the latest. */
export async function startProcess(dataDir: string, port?: number): Promise<ServedProcess> {
  const served = await serve(dataDir, port === undefined ? {} : { port })
  onTestFinished(() => served.stop('SIGKILL').then(() => {}))
  return served
}
