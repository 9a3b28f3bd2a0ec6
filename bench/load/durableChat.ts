/** P2: as many messages as the server takes, from pairs of people who each have some under way. */
import { randomUUID } from 'node:crypto'
import { CrowdSeat, openRoom } from '../../test/support/CrowdSeat.ts'
import { cpuSeconds } from '../harness/cpu.ts'
import { finish, job } from '../harness/load.ts'
import { quantile } from '../harness/statistics.ts'
import { Tally } from '../harness/Tally.ts'

export interface DurableChatJob {
  url: string
  pid: number
  pairs: number
  /** Unanswered messages of each person. */
  underWay: number
  warmUpSeconds: number
  seconds: number
}

const TEXT = 'A sentence of the length that people write when they talk in a meeting, no more than that.'

const { url, pid, pairs, underWay, warmUpSeconds, seconds } = job<DurableChatJob>()
const seats: CrowdSeat[] = []
for (let i = 0; i < pairs; i += 1) {
  const roomId = await openRoom(url)
  seats.push(await CrowdSeat.take(url, roomId, 'Ada'), await CrowdSeat.take(url, roomId, 'Ben'))
}
const tally = new Tally()
for (const seat of seats) seat.on('chatMessage', () => tally.add())

await talk(warmUpSeconds)
const before = cpuSeconds(pid)
const { delays, perSecond } = await talk(seconds)
const cpuPerMessage = ((cpuSeconds(pid) - before) / delays.length) * 1e6
finish({ perSecond, cpuPerMessage, p50: quantile(delays, 0.5), p99: quantile(delays, 0.99), messages: delays.length })

/** Resolves with the delays of all answers, in ms, when the last one has come, and how many came each second. */
async function talk(forSeconds: number): Promise<{ delays: number[]; perSecond: number }> {
  const delays: number[] = []
  const from = performance.now()
  const until = from + forSeconds * 1_000
  const speak = async (seat: CrowdSeat) => {
    for (let now = performance.now(); now < until; now = performance.now()) {
      await seat.request('sendChat', { text: TEXT, clientMessageId: randomUUID() })
      delays.push(performance.now() - now)
    }
  }
  await Promise.all(seats.flatMap((seat) => Array.from({ length: underWay }, () => speak(seat))))
  const perSecond = (delays.length * 1_000) / (performance.now() - from)
  // Each was heard by the other one of its pair.
  await tally.take(delays.length)
  return { delays, perSecond }
}
