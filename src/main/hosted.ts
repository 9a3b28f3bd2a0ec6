/** The room server as the desktop app carries it: a process of its own, which takes orders from the app and tells it how it fares. */
import { join } from 'node:path'
import { pino } from 'pino'
import { CLOCK_AHEAD, HostedOrder, type HostedNews } from '../shared/hosted.ts'
import { shiftClock } from '../shared/shiftClock.ts'
import {
  measureCapacity,
  ServerConfig,
  StartError,
  startRoomServer,
  type RoomServer,
  type ServerConfigInput,
} from './server/index.ts'

const port = process.parentPort
const tell = (news: HostedNews) => port.postMessage(news)

// The app writes what comes on stderr into its own log.
const log = pino({ level: 'info', base: null }, pino.destination({ dest: 2, sync: true }))
process.on('unhandledRejection', (error) => log.error({ err: error }, 'an unhandled rejection: this is a defect'))

// Only where a program drives the app.
const clock = process.argv.find((argument) => argument.startsWith(CLOCK_AHEAD))
if (clock !== undefined) shiftClock(Number(clock.slice(CLOCK_AHEAD.length)))

let server: RoomServer | null = null

const end = () => void (server?.close() ?? Promise.resolve()).then(() => process.exit(0))
// mediasoup listens for these too, and then ends its workers alone.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end)

port.on('message', ({ data }) => {
  const order = HostedOrder.parse(data)
  switch (order.type) {
    case 'start':
      return void start(order.config)
    case 'measure':
      return void measure(order.config)
    case 'stop':
      return end()
    case 'ping':
      return tell({ type: 'pong' })
  }
})

async function start(config: Record<string, unknown>): Promise<void> {
  try {
    server = await startRoomServer({ webDir: join(import.meta.dirname, '../renderer'), ...config } as ServerConfigInput, {
      log,
      step: (step) => tell({ type: 'step', step }),
      people: (count) => tell({ type: 'people', count }),
      rooms: (rooms) => tell({ type: 'rooms', rooms }),
      capacity: (capacity) => tell({ type: 'capacity', capacity }),
      addresses: (urls) => tell({ type: 'addresses', urls }),
    })
    const { url, urls, fingerprint, words, port, plainPort, firewall, setAside } = server
    tell({ type: 'ready', url, urls, fingerprint, words, port, plainPort, firewall, setAside })
  } catch (error) {
    log.error({ err: error }, 'the room server cannot start')
    const reason = error instanceof StartError ? error.reason : 'other'
    tell({ type: 'failed', reason, message: error instanceof Error ? error.message : String(error) })
  }
}

async function measure(config: Record<string, unknown>): Promise<void> {
  try {
    const { dataDir, workerBin } = ServerConfig.parse(config)
    tell({ type: 'measured', capacity: await (server ? server.measure() : measureCapacity({ dataDir, workerBin })) })
  } catch (error) {
    log.info({ err: error }, 'how many people this computer can hold could not be measured')
    tell({ type: 'unmeasured', message: error instanceof Error ? error.message : String(error) })
  }
}
