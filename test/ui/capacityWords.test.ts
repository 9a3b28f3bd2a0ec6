import { expect, test } from 'vitest'
import type { Capacity } from '../../src/shared/capacity.ts'
import { hereOf, hintFor, roomFor } from '../../src/renderer/src/components/desktop/capacityWords.ts'

const capacity: Capacity = {
  ...{ people: 40, inUse: 0, bottleneck: 'processor', knowsNetwork: true },
  measuredAt: '2026-01-01T08:00:00.000Z',
}

test('before hosting it says how many this computer can hold, and where the network is not known, on which', () => {
  expect(roomFor(capacity)).toBe('This computer can hold about 40 people.')
  expect(roomFor({ ...capacity, knowsNetwork: false })).toBe('This computer can hold about 40 people, on a fast network.')
})

test('while hosting it says how many of them are here', () => {
  expect(hereOf(12, capacity)).toBe('12 of about 40 people are here.')
  expect(hereOf(1, capacity)).toBe('1 of about 40 people is here.')
  expect(hereOf(0, capacity)).toBe('Nobody is here yet.')
  expect(hintFor(0, capacity)).toBe('This computer can hold about 40 people.')
  expect(hintFor(12, capacity)).toBeNull()
  expect(hereOf(0, null)).toBe('Nobody is here yet.')
  expect(hereOf(1, null)).toBe('1 person is here.')
  expect(hereOf(3, null)).toBe('3 people are here.')
})

test('from four fifths on it says what helps, by what is short', () => {
  expect(hintFor(31, capacity)).toBeNull()
  expect(hintFor(32, capacity)).toContain('Cameras that are switched off')
  expect(hintFor(32, { ...capacity, bottleneck: 'network' })).toContain('A faster network')
  expect(hintFor(32, { ...capacity, bottleneck: 'memory' })).toContain('more memory')
  for (const here of [0, 100]) expect(hintFor(here, null)).toBeNull()
})
