import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  capacityNow,
  loadOf,
  mostPeople,
  ORDINARY,
  roughly,
  type Costs,
  type Machine,
  type Meeting,
} from '../../src/shared/capacity.ts'

/** About what a core of 2.6 GHz shows. */
const costs: Costs = { video: { in: 5, out: 7 }, audio: { in: 5, out: 5 }, personBytes: 100_000, streamBytes: 250_000 }
const machine: Machine = { cores: 4, memoryBytes: 8e9, linkMbps: null }
const paged: Meeting = { cameraKbps: 1_500, tiles: 9, voices: 3 }

test('a camera of 1.5 Mbit/s is 180 packets a second, which each of the others costs once', () => {
  const quiet: Costs = { ...costs, audio: { in: 0, out: 1e-9 } }
  expect(loadOf(1, quiet, ORDINARY).processor).toBeCloseTo((180 * 5) / 1e6, 9)
  expect(loadOf(3, quiet, ORDINARY).processor).toBeCloseTo((3 * 180 * (5 + 2 * 7)) / 1e6, 9)
  expect(loadOf(20, quiet, paged).processor).toBeCloseTo((20 * 180 * (5 + 9 * 7)) / 1e6, 9)
})

test('three speak at once; whoever is silent sends a packet every 400 ms', () => {
  const voices: Costs = { ...costs, video: { in: 0, out: 1e-9 }, audio: { in: 2, out: 3 } }
  const heard = 3 * 50 + 16 * 2.5
  expect(loadOf(20, voices, ORDINARY).processor).toBeCloseTo(((3 * 50 + 17 * 2.5) * 2 + 20 * heard * 3) / 1e6, 9)
  expect(loadOf(20, voices, paged).processor).toBeCloseTo(((3 * 50 + 17 * 2.5) * 2 + 20 * 150 * 3) / 1e6, 9)
})

test('what goes over the network is what is sent, with the headers around it', () => {
  const meeting: Meeting = { cameraKbps: 1_500, tiles: 1, voices: 0 }
  // 1.5 Mbit/s, and 180 times 106 bytes, of each of two; and their voices, which nobody receives.
  const voices = 2 * 50 * (80 + 106) * 8
  expect(loadOf(2, costs, meeting).mbps).toBeCloseTo(2 * (1.5 + (180 * 106 * 8) / 1e6) + voices / 1e6, 6)
})

test('the number is the largest that fits, and what forbids one more is named', () => {
  const { people, bottleneck } = mostPeople(costs, machine, paged)
  expect(bottleneck).toBe('processor')
  expect(loadOf(people, costs, paged).processor).toBeLessThanOrEqual(0.7)
  expect(loadOf(people + 1, costs, paged).processor).toBeGreaterThan(0.7)
  expect(people).toBeGreaterThan(40)
  expect(people).toBeLessThan(70)
})

test('one meeting has one core, so more cores do not make it larger, and an only core is shared', () => {
  const on = (cores: number) => mostPeople(costs, { ...machine, cores }, paged).people
  expect(on(64)).toBe(on(2))
  expect(on(1)).toBeCloseTo(on(2) / 2, -1)
})

test('a slow link and little memory are named as what is short', () => {
  expect(mostPeople(costs, { ...machine, linkMbps: 100 }, paged)).toEqual({ people: 6, bottleneck: 'network' })
  expect(mostPeople(costs, { ...machine, memoryBytes: 64e6 }, paged).bottleneck).toBe('memory')
})

test('dearer packets, a slower link, less memory, larger pictures: never more people', () => {
  const factor = fc.double({ min: 1, max: 10, noNaN: true })
  fc.assert(
    fc.property(factor, factor, factor, factor, fc.boolean(), (dear, slow, small, large, isPaged) => {
      const meeting = isPaged ? paged : ORDINARY
      const full = { ...machine, linkMbps: 1_000 }
      const { people } = mostPeople(costs, full, meeting)
      const dearer = { ...costs, video: { in: costs.video.in * dear, out: costs.video.out * dear } }
      const less = { ...full, linkMbps: 1_000 / slow, memoryBytes: full.memoryBytes / small }
      expect(mostPeople(dearer, full, meeting).people).toBeLessThanOrEqual(people)
      expect(mostPeople(costs, less, meeting).people).toBeLessThanOrEqual(people)
      expect(mostPeople(costs, full, { ...meeting, cameraKbps: 1_500 * large }).people).toBeLessThanOrEqual(people)
    }),
  )
})

test('the number is said in the round, downwards, and exactly where it is small', () => {
  expect([0, 7, 9, 10, 14, 47, 63, 199, 249, 1_234].map(roughly)).toEqual([0, 7, 9, 10, 10, 45, 60, 190, 200, 1_200])
})

const exactly = mostPeople(costs, machine, paged).people

test('before anyone is there, it is what one meeting can hold', () => {
  expect(capacityNow(costs, machine, { rooms: [], processor: 0 }, paged)).toEqual({
    people: roughly(exactly),
    inUse: 0,
    bottleneck: 'processor',
    knowsNetwork: false,
  })
})

test('people whose cameras are off do not make it larger', () => {
  expect(capacityNow(costs, machine, { rooms: [10], processor: 0.001 }, paged)).toMatchObject({
    people: roughly(exactly),
    inUse: 10,
  })
})

test('what the workers do beyond the arithmetic is taken off, but never those who are here', () => {
  const expected = loadOf(10, costs, paged).processor
  const busy = capacityNow(costs, machine, { rooms: [10], processor: expected + 0.35 }, paged)
  expect(busy).toMatchObject({ people: roughly(exactly / 2), inUse: 10, bottleneck: 'processor' })
  expect(capacityNow(costs, machine, { rooms: [10], processor: 4 }, paged)).toMatchObject({ people: 10, inUse: 10 })
})

test('several meetings have a core each, up to the one that is left to the rest', () => {
  const of = (...rooms: number[]) => capacityNow(costs, machine, { rooms, processor: 0 }, paged).people
  expect(of(2, 2)).toBe(roughly(2 * exactly))
  expect(of(2, 2, 2, 2, 2, 2)).toBe(roughly(3 * exactly))
})
