import { expect, onTestFinished, test } from 'vitest'
import { startRoomServer } from '../../src/main/server/index.ts'
import { systemClock } from '../../src/main/server/Stay.ts'
import type { Client } from '../support/Client.ts'
import { enter, hostRoom } from '../support/Client.ts'
import { temporaryDirectory } from '../support/server.ts'

const HOUR_MS = 3_600_000

/** The real server, by a clock that can be set, on a machine that can sleep. */
async function startOnMachine() {
  const ahead = { clock: 0, uptime: 0 }
  const clock = {
    now: () => systemClock.now() + ahead.clock,
    uptime: () => systemClock.uptime() + ahead.uptime,
  }
  const config = { host: '127.0.0.1', port: 0, maxWorkers: 1, graceMs: 50, dataDir: await temporaryDirectory() }
  const server = await startRoomServer(config, { clock })
  onTestFinished(() => server.close())
  const { host, room } = await hostRoom(server.url)
  return {
    ...{ host, url: server.url, code: room.joinCode },
    setClock: (ms: number) => void (ahead.clock += ms),
    sleep: (ms: number) => {
      ahead.clock += ms
      ahead.uptime += ms
    },
  }
}

/** How long someone was in the host's room, in minutes, once they have left it. */
async function minutesOf(host: Client, name: string): Promise<number> {
  await host.take('peerLeft')
  // Stored in order, so that what was before is stored by then.
  await host.say('So much for that')
  const { sessions } = await host.request('roomHistory', {})
  const session = sessions.find((one) => one.name === name)!
  return Math.round((Date.parse(session.disconnectedAt!) - Date.parse(session.connectedAt)) / 60_000)
}

test.each([-3, 3])('F13: a session lasts as long as it lasted where the clock is set by %i hours meanwhile', async (hours) => {
  const { host, url, code, setClock } = await startOnMachine()
  const { client: grace } = await enter(url, code, 'Grace')
  setClock(hours * HOUR_MS)
  await grace.request('leaveRoom', {})
  expect(await minutesOf(host, 'Grace')).toBe(0)
})

test('F13: a session ends when someone was last there, and not when the machine wakes that slept meanwhile', async () => {
  const { host, url, code, sleep } = await startOnMachine()
  const { client: grace } = await enter(url, code, 'Grace')
  const { client: lin } = await enter(url, code, 'Lin')
  sleep(2 * HOUR_MS)
  grace.vanish()
  expect(await minutesOf(host, 'Grace')).toBe(0)
  // Whoever is still there after it was there all the time.
  await lin.request('leaveRoom', {})
  expect(await minutesOf(host, 'Lin')).toBe(120)
})
