/** A server on which people call each other outside of rooms, too, and soon give up ringing. Started as the program is. */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startRoomServer } from '../../../src/main/server/index.ts'

const { values } = parseArgs({
  allowPositionals: true,
  options: { host: { type: 'string' }, port: { type: 'string' }, 'data-dir': { type: 'string' } },
})
const server = await startRoomServer({
  host: values.host ?? '127.0.0.1',
  port: Number(values.port),
  dataDir: values['data-dir'] ?? '',
  maxWorkers: 1,
  webDir: join(import.meta.dirname, '../../../out/renderer'),
  directCalls: true,
  ringMs: 4_000,
})
process.once('SIGTERM', () => void server.close().then(() => process.exit(0)))
const { url, urls, dataDir } = server
process.stdout.write(`${JSON.stringify({ ready: true, url, urls, dataDir, pid: process.pid })}\n`)
