/** P1: some of a room's peers talk at a fixed rate, and everyone else hears it. */
import { randomUUID } from 'node:crypto'
import { CrowdSeat, openRoom } from '../../test/support/CrowdSeat.ts'
import { cpuSeconds } from '../harness/cpu.ts'
import { finish, job } from '../harness/load.ts'
import { openLoop } from '../harness/openLoop.ts'
import { median, quantile } from '../harness/statistics.ts'
import { Tally } from '../harness/Tally.ts'

export interface FanOutJob {
  url: string
  pid: number
  peers: number
  perSecond: number
  warmUpSeconds: number
  seconds: number
}

/** Not everyone talks: a sender's own work is no delivery. */
const TALKERS = 10
const CONNECTING_AT_ONCE = 20
const TEXT = 'A sentence of the length that people write when they talk in a meeting, no more than that.'

const { url, pid, peers, perSecond, warmUpSeconds, seconds } = job<FanOutJob>()
const roomId = await openRoom(url)
const seats: CrowdSeat[] = []
while (seats.length < peers) {
  const some = Array.from({ length: Math.min(CONNECTING_AT_ONCE, peers - seats.length) }, (_, i) =>
    CrowdSeat.take(url, roomId, `Peer ${seats.length + i}`),
  )
  seats.push(...(await Promise.all(some)))
}

const tally = new Tally()
/** Of `performance.now()`, by the ids of the messages. */
const dueAt = new Map<string, number>()
/** In ms, by the second in which the message was due. */
let delays: number[][] = []
let from = 0
for (const seat of seats) {
  seat.on('chatMessage', ({ message }) => {
    const due = dueAt.get(message.clientMessageId)!
    ;(delays[Math.floor((due - from) / 1_000)] ??= []).push(performance.now() - due)
    tally.add()
  })
}

await talk(warmUpSeconds)
const before = cpuSeconds(pid)
const deliveries = await talk(seconds)
const cpuPerDelivery = ((cpuSeconds(pid) - before) / deliveries) * 1e6
// Of the seconds the middle one: a moment in which the machine did something else does not decide.
const typical = (share: number) => median(delays.map((second) => quantile(second, share)))
finish({ cpuPerDelivery, p50: typical(0.5), p99: typical(0.99), p99OfAll: quantile(delays.flat(), 0.99), deliveries })

/** Resolves with the number of deliveries, when all have come. Throws where some do not. */
async function talk(forSeconds: number): Promise<number> {
  const messages = forSeconds * perSecond
  delays = []
  from = performance.now()
  const answers = await openLoop(messages, perSecond, (due, i) => {
    const clientMessageId = randomUUID()
    dueAt.set(clientMessageId, due)
    return seats[i % TALKERS]!.request('sendChat', { text: TEXT, clientMessageId })
  })
  const deliveries = messages * (peers - 1)
  await Promise.all([...answers, tally.take(deliveries)])
  return deliveries
}
