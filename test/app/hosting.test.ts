import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { pino } from 'pino'
import { Hosting, type HostedProcess } from '../../src/main/app/hosting.ts'
import type { Capacity } from '../../src/shared/capacity.ts'
import type { HostedNews, HostedOrder } from '../../src/shared/hosted.ts'

/** A process that does nothing by itself: the test says how it fares. */
class Process extends EventEmitter implements HostedProcess {
  readonly pid = 1
  readonly orders: HostedOrder[] = []
  wasKilled = false

  postMessage(order: HostedOrder): void {
    this.orders.push(order)
  }

  kill(): void {
    this.wasKilled = true
    this.end(137)
  }

  tell(news: HostedNews): void {
    this.emit('message', news)
  }

  end(code: number): void {
    this.emit('exit', code)
  }

  /** What it was started with. */
  get config(): unknown {
    return this.orders.find((order) => order.type === 'start')?.config
  }
}

const url = 'http://127.0.0.1:5000'
const ready: HostedNews = {
  ...{ type: 'ready', url, urls: [url], port: 5_000 },
  ...{ plainPort: null, fingerprint: null, words: null, firewall: null, setAside: null },
}
const capacity: Capacity = {
  ...{ people: 40, inUse: 0, bottleneck: 'processor', knowsNetwork: true },
  measuredAt: '2026-01-01T08:00:00.000Z',
}

function host({ port = 4_433, plainPort = null as number | null, known = null as Capacity | null } = {}) {
  const processes: Process[] = []
  const hosting = new Hosting({
    fork: () => {
      const started = new Process()
      processes.push(started)
      return started
    },
    config: () => ({ port, ...(plainPort !== null && { plainPort }) }),
    capacity: known,
    log: pino({ level: 'silent' }),
  })
  onTestFinished(async () => {
    const stopped = hosting.stop()
    processes.at(-1)?.end(0)
    await stopped
  })
  return { hosting, processes, last: () => processes.at(-1)! }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('it says what it does on its way, and who is there when it is on', async () => {
  const { hosting, last } = host()
  const states: unknown[] = []
  hosting.on('changed', (state) => states.push('step' in state ? state.step : state.status))
  const started = hosting.start()
  for (const step of ['folder', 'database', 'media', 'network'] as const) last().tell({ type: 'step', step })
  last().tell(ready)
  expect(await started).toEqual({
    ...{ status: 'on', url, urls: [url], people: 0, capacity: null },
    ...{ plainPort: null, fingerprint: null, words: null, firewall: null, setAside: null },
  })
  last().tell({ type: 'people', count: 3 })
  expect(hosting.people).toBe(3)
  expect(states).toEqual(['folder', 'folder', 'database', 'media', 'network', 'on', 'on'])
})

test('two who start it at once start one', async () => {
  const { hosting, processes, last } = host()
  const both = Promise.all([hosting.start(), hosting.start()])
  last().tell(ready)
  await both
  expect(processes).toHaveLength(1)
})

test('one that cannot start is not tried again, and says why', async () => {
  const { hosting, processes, last } = host()
  const started = hosting.start()
  last().tell({ type: 'failed', reason: 'portTaken', message: 'Port 4433 is in use' })
  expect(last().wasKilled).toBe(true)
  expect(await started).toEqual({ status: 'failed', reason: 'portTaken', message: 'Port 4433 is in use' })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(processes).toHaveLength(1)
  const again = hosting.start({ anyPort: true })
  expect(last().config).toEqual({ port: 0 })
  last().tell(ready)
  expect((await again).status).toBe('on')
})

test('one that crashes is started again on the port that people know, with longer pauses each time', async () => {
  const { hosting, processes, last } = host()
  const started = hosting.start({ anyPort: true })
  last().tell(ready)
  await started
  for (const pause of [250, 1_000, 4_000, 15_000, 15_000]) {
    const count = processes.length
    last().end(137)
    expect(hosting.state.status).toBe('crashed')
    await vi.advanceTimersByTimeAsync(pause - 1)
    expect(processes).toHaveLength(count)
    await vi.advanceTimersByTimeAsync(1)
    expect(processes).toHaveLength(count + 1)
    expect(last().config).toEqual({ port: 5_000 })
    last().tell(ready)
  }
})

test('the pauses begin anew for one that was on for a while', async () => {
  const { hosting, processes, last } = host()
  void hosting.start()
  last().tell(ready)
  last().end(137)
  await vi.advanceTimersByTimeAsync(250)
  last().tell(ready)
  for (let i = 0; i < 14; i += 1) {
    await vi.advanceTimersByTimeAsync(5_000)
    last().tell({ type: 'pong' })
  }
  last().end(137)
  await vi.advanceTimersByTimeAsync(250)
  expect(processes).toHaveLength(3)
})

test('one that ends again and again before it is on is left', async () => {
  const { hosting, processes, last } = host()
  const started = hosting.start()
  for (let i = 0; i < 4; i += 1) {
    last().end(1)
    await vi.advanceTimersByTimeAsync(15_000)
  }
  expect(await started).toMatchObject({ status: 'failed', reason: 'other' })
  expect(processes).toHaveLength(4)
})

test('one that hangs is killed and started again', async () => {
  const { hosting, processes, last } = host()
  void hosting.start()
  last().tell(ready)
  const [first] = processes
  await vi.advanceTimersByTimeAsync(25_000)
  expect(first?.wasKilled).toBe(true)
  expect(processes.length).toBeGreaterThan(1)
})

test('a stop is orderly, and one that does not end in time is killed', async () => {
  const { hosting, last } = host()
  void hosting.start()
  last().tell(ready)
  const stopped = hosting.stop()
  expect(last().orders.at(-1)).toEqual({ type: 'stop' })
  expect(hosting.state.status).toBe('stopping')
  await vi.advanceTimersByTimeAsync(8_000)
  expect(await stopped).toEqual({ status: 'off', capacity: null })
  expect(last().wasKilled).toBe(true)
})

test('a stop between a crash and the next start is the last word', async () => {
  const { hosting, processes, last } = host()
  void hosting.start()
  last().tell(ready)
  last().end(137)
  await hosting.stop()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(processes).toHaveLength(1)
  expect(hosting.state).toEqual({ status: 'off', capacity: null })
})

test('a start during a stop starts anew when that one is off', async () => {
  const { hosting, processes, last } = host()
  void hosting.start()
  last().tell(ready)
  const stopped = hosting.stop()
  const again = hosting.start()
  processes[0]!.end(0)
  expect(processes).toHaveLength(2)
  last().tell(ready)
  expect((await again).status).toBe('on')
  expect((await stopped).status).toBe('on')
})

test('a start after a crash does not wait for the next try, which then does not come as well', async () => {
  const { hosting, processes, last } = host()
  void hosting.start()
  last().tell(ready)
  last().end(137)
  const again = hosting.start()
  last().tell(ready)
  expect((await again).status).toBe('on')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(processes).toHaveLength(2)
})

test('a stop, a start and a stop in a row end with what was asked for last', async () => {
  const { hosting, processes, last } = host()
  void hosting.start()
  last().tell(ready)
  const first = hosting.stop()
  void hosting.start()
  const second = hosting.stop()
  last().end(0)
  expect(await Promise.all([first, second])).toEqual([
    { status: 'off', capacity: null },
    { status: 'off', capacity: null },
  ])
  expect(processes).toHaveLength(1)
})

test('a computer that has slept is no server that hangs', async () => {
  const { hosting, last } = host()
  void hosting.start()
  last().tell(ready)
  vi.setSystemTime(Date.now() + 3_600_000)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(hosting.state.status).toBe('on')
  expect(last().wasKilled).toBe(false)
})

test('a port that the system has chosen is told, to be kept; one that was set is not', async () => {
  const told = (port: number, anyPort = false) => {
    const { hosting, last } = host({ port })
    const moved: number[] = []
    hosting.on('moved', (to) => moved.push(to))
    void hosting.start({ anyPort })
    last().tell(ready)
    return moved
  }
  expect(told(4_433)).toEqual([])
  expect(told(0)).toEqual([5_000])
  expect(told(4_433, true)).toEqual([5_000])
})

test('how many people it can hold is known before it starts, and follows what the server says', async () => {
  const { hosting, last } = host({ known: capacity })
  expect(hosting.state).toEqual({ status: 'off', capacity })
  const started = hosting.start()
  last().tell(ready)
  expect(await started).toMatchObject({ status: 'on', capacity })
  const less = { ...capacity, people: 20, inUse: 3 }
  last().tell({ type: 'capacity', capacity: less })
  expect(hosting.state).toMatchObject({ status: 'on', capacity: less })
})

test('which rooms someone is in is known until the server ends', async () => {
  const { hosting, last } = host()
  void hosting.start()
  last().tell(ready)
  const rooms = [{ id: 'r', name: 'Weekly', joinCode: '7QK4MX', people: 2 }]
  last().tell({ type: 'rooms', rooms })
  expect(hosting.rooms).toEqual(rooms)
  last().end(137)
  expect(hosting.rooms).toEqual([])
})

test('while it is off, a process that starts no server measures, and is ended', async () => {
  const { hosting, last } = host()
  const measuring = hosting.measure()
  expect(last().orders).toEqual([{ type: 'measure', config: { port: 4_433 } }])
  await expect(hosting.measure()).rejects.toMatchObject({ code: 'mediaUnavailable' })
  last().tell({ type: 'measured', capacity })
  expect(await measuring).toEqual(capacity)
  expect(last().wasKilled).toBe(true)
  expect(hosting.state).toEqual({ status: 'off', capacity })
})

test('while it is on, the server measures, and goes on; what it cannot is said', async () => {
  const { hosting, processes, last } = host()
  void hosting.start()
  last().tell(ready)
  const measuring = hosting.measure()
  last().tell({ type: 'measured', capacity })
  expect(await measuring).toEqual(capacity)
  const again = hosting.measure()
  last().tell({ type: 'unmeasured', message: 'People meet here' })
  await expect(again).rejects.toMatchObject({ code: 'mediaUnavailable', message: 'People meet here' })
  expect(processes).toHaveLength(1)
  expect(last().wasKilled).toBe(false)
})

test('a start does not wait for what is being measured', async () => {
  const { hosting, processes, last } = host()
  const measuring = expect(hosting.measure()).rejects.toMatchObject({ code: 'mediaUnavailable' })
  const started = hosting.start()
  expect(processes[0]!.wasKilled).toBe(true)
  last().tell(ready)
  expect((await started).status).toBe('on')
  await measuring
})

test('a server that ends while it measures is no reason to wait', async () => {
  const { hosting, last } = host()
  void hosting.start()
  last().tell(ready)
  const measuring = expect(hosting.measure()).rejects.toMatchObject({ code: 'mediaUnavailable' })
  last().end(137)
  await measuring
})

test('the port for browsers without encryption is any where the other one is', () => {
  const { hosting, last } = host({ plainPort: 4_434 })
  void hosting.start()
  expect(last().config).toMatchObject({ port: 4_433, plainPort: 4_434 })
  last().tell({ type: 'failed', reason: 'portTaken', message: 'Port 4434 is in use' })
  last().end(0)
  void hosting.start({ anyPort: true })
  expect(last().config).toMatchObject({ port: 0, plainPort: 0 })
})
