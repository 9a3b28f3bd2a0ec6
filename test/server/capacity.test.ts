import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Costs, type Capacity } from '../../src/shared/capacity.ts'
import type { HostedRoom } from '../../src/shared/hosted.ts'
import { Emitter } from '../../src/shared/emitter.ts'
import { measureCosts, Probe } from '../../src/main/server/capacity/probe.ts'
import { Headroom, measureCapacity } from '../../src/main/server/capacity/Headroom.ts'
import { keepCosts, readCosts } from '../../src/main/server/capacity/keptCosts.ts'
import { silent } from '../../src/main/server/log.ts'
import { asOwner } from '../../src/main/server/index.ts'
import { enter, hostRoom } from '../support/Client.ts'
import { lanyard } from '../support/serve.ts'
import { startServer, temporaryDirectory } from '../support/server.ts'
import { until } from '../support/until.ts'

/** What someone was told, one after the other. */
class Told<T> extends Emitter<{ changed: [] }> {
  readonly all: T[] = []

  get last(): T | undefined {
    return this.all.at(-1)
  }

  readonly hear = (news: T) => {
    this.all.push(news)
    this.emit('changed')
  }
}

const costs: Costs = { video: { in: 5, out: 7 }, audio: { in: 5, out: 5 }, personBytes: 100_000, streamBytes: 250_000 }

test('F76: what it costs to move media is measured by moving some', async () => {
  const began = performance.now()
  const measured = await measureCosts(null)
  expect(performance.now() - began).toBeLessThan(10_000)
  expect(Costs.parse(measured)).toEqual(measured)
  for (const kind of [measured.video, measured.audio]) expect(kind.out).toBeLessThan(1_000)
  if (process.platform === 'linux') expect(measured.personBytes).toBeGreaterThan(0)
})

test('F76: every packet that arrives is sent on to each, and more of them cost more', async () => {
  const probe = await Probe.start(null)
  onTestFinished(() => probe.close())
  const few = await probe.run('video', 10, 200)
  const many = await probe.run('video', 10, 800)
  for (const { packetsIn, packetsOut } of [few, many]) expect(packetsOut).toBe(10 * packetsIn)
  // A machine that is very busy may lose some.
  expect(many.packetsIn).toBeGreaterThan(2 * few.packetsIn)
  expect(many.packetsIn).toBeLessThanOrEqual(800)
  expect(many.cpuMs).toBeGreaterThan(1.5 * few.cpuMs)
})

test('F76: measuring ends when it is to, wherever it is', async () => {
  for (const afterMs of [0, 100, 300]) {
    const abort = new AbortController()
    const measuring = measureCosts(null, abort.signal)
    setTimeout(() => abort.abort(new Error('enough')), afterMs)
    await expect(measuring).rejects.toThrow()
  }
})

test('F76: a probe leaves no worker behind', async () => {
  const probe = await Probe.start(null)
  const running = probe.run('audio', 2)
  const ended = expect(running).rejects.toThrow()
  await probe.close()
  await ended
  expect(() => process.kill(probe.pid, 0)).toThrow('ESRCH')
})

test('F76: the costs are kept for this machine and these workers, for thirty days', async () => {
  const dataDir = await temporaryDirectory()
  const file = join(dataDir, 'capacity.json')
  expect(readCosts(dataDir)).toBeNull()
  const kept = keepCosts(dataDir, costs)
  expect(readCosts(dataDir)).toEqual(kept)
  for (const change of [
    { processor: 'another' },
    { worker: '0.0.0' },
    { measuredAt: new Date(Date.now() - 31 * 24 * 3_600_000).toISOString() },
    { measuredAt: new Date(Date.now() + 3_600_000).toISOString() },
    { costs: { ...costs, video: { in: 5, out: 0 } } },
  ]) {
    await writeFile(file, JSON.stringify({ ...kept, ...change }))
    expect(readCosts(dataDir), JSON.stringify(change)).toBeNull()
  }
  await writeFile(file, '{')
  expect(readCosts(dataDir)).toBeNull()
})

test('F76: a server says how many it can hold from what is kept, and how many are here', async () => {
  const dataDir = await temporaryDirectory()
  keepCosts(dataDir, costs)
  const told = new Told<Capacity>()
  const server = await startServer({ dataDir }, { capacity: told.hear })
  expect(told.all).toHaveLength(1)
  expect(told.last).toMatchObject({ inUse: 0, bottleneck: expect.any(String) })
  const { room } = await hostRoom(server.url)
  await enter(server.url, room.joinCode, 'Grace')
  await until(told, () => told.last?.inUse === 2)
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  expect(metrics).toMatch(new RegExp(`^lanyard_capacity_people\\{bottleneck="\\w+"\\} ${told.last!.people}$`, 'm'))
  await asOwner(dataDir, async (ask) => {
    expect(await (await ask('GET', '/owner/capacity')).json()).toEqual({ capacity: told.last })
    // Two are in a room.
    const refused = await ask('POST', '/owner/capacity')
    expect(refused.status).toBe(503)
    expect(await refused.json()).toMatchObject({ code: 'mediaUnavailable', detail: expect.stringContaining('while people meet') })
  })
})

test('F76: rooms that someone is in are told with their people, and go when they are empty', async () => {
  const told = new Told<HostedRoom[]>()
  const server = await startServer({ graceMs: 0 }, { rooms: told.hear })
  const { host, room } = await hostRoom(server.url)
  const { client } = await enter(server.url, room.joinCode, 'Grace')
  await until(told, () => told.last?.[0]?.people === 2)
  expect(told.last).toEqual([{ id: room.id, name: room.name, joinCode: room.joinCode, people: 2 }])
  for (const each of [host, client]) await each.request('leaveRoom', {})
  await until(told, () => told.last?.length === 0)
})

/** Other tests keep this machine from being so. */
const quiet = async () => true

/** One whose use the test decides. */
async function headroom(use: { rooms: number[]; processor: number }, dataDir?: string) {
  const made = new Headroom({
    ...{ dataDir: dataDir ?? (await temporaryDirectory()), workerBin: null, measureAfterMs: null, log: silent, quiet },
    use: () => use,
  })
  onTestFinished(() => made.close())
  return made
}

test('F76: load beyond what the people account for leaves less room, and is told', async () => {
  const dataDir = await temporaryDirectory()
  keepCosts(dataDir, costs)
  const use = { rooms: [4], processor: 0 }
  const room = await headroom(use, dataDir)
  const told: Capacity[] = []
  room.on('changed', (capacity) => told.push(capacity))
  room.look()
  expect(told).toEqual([])
  const before = room.capacity!.people
  use.processor = 0.5
  room.look()
  expect(told).toHaveLength(1)
  expect(room.capacity!.people).toBeLessThan(before)
})

test('F76: a meeting that begins ends the measuring, which would disturb it', async () => {
  const use = { rooms: [] as number[], processor: 0 }
  const room = await headroom(use)
  const measuring = room.measure()
  use.rooms = [2]
  room.look()
  await expect(measuring).rejects.toMatchObject({ code: 'mediaUnavailable' })
  await expect(room.measure()).rejects.toMatchObject({
    code: 'mediaUnavailable',
    message: expect.stringContaining('while people meet'),
  })
  expect(room.capacity).toBeNull()
})

test('F76: without a server it is measured as well, and kept where a server finds it', async () => {
  const dataDir = join(await temporaryDirectory(), 'not yet there')
  const measured = await measureCapacity({ dataDir, workerBin: null, quiet })
  expect(measured).toMatchObject({ inUse: 0, measuredAt: readCosts(dataDir)?.measuredAt })
  expect(measured.people).toBeGreaterThan(0)
  const told = new Told<Capacity>()
  await startServer({ dataDir }, { capacity: told.hear })
  expect(told.last).toEqual(measured)
})

test('F76: a machine that does not come to be quiet is not measured', async () => {
  const dataDir = await temporaryDirectory()
  const measuring = measureCapacity({ dataDir, workerBin: null, quiet: async () => false })
  await expect(measuring).rejects.toMatchObject({ code: 'mediaUnavailable' })
  expect(readCosts(dataDir)).toBeNull()
})

test('F76: what is not known is measured by itself while nobody meets', async () => {
  const told = new Told<Capacity>()
  const dataDir = await temporaryDirectory()
  const by = new Headroom({
    ...{ dataDir, workerBin: null, measureAfterMs: 20, log: silent, quiet },
    use: () => ({ rooms: [1], processor: 0 }),
  })
  onTestFinished(() => by.close())
  by.on('changed', told.hear)
  await until(told, () => told.last)
  expect(told.last).toMatchObject({ inUse: 1, measuredAt: readCosts(dataDir)?.measuredAt })
})

test('F76: the command line tells it, of a server that runs and of one that does not', async () => {
  const server = await startServer()
  const ask = (...more: string[]) => lanyard('capacity', '--data-dir', server.dataDir, ...more)
  expect((await ask()).stdout).toBe('Not measured yet: lanyard capacity --measure\n')
  const { measuredAt } = keepCosts(server.dataDir, costs)
  await server.close()
  const { capacity } = JSON.parse((await ask('--json')).stdout) as { capacity: Capacity }
  expect(capacity).toMatchObject({ inUse: 0, measuredAt })
  expect((await ask()).stdout).toContain(
    `About ${capacity.people} people, 0 of whom are here. The ${capacity.bottleneck} would be`,
  )
})
