import { describe, expect, test } from 'vitest'
import { sampleRoom } from '../../src/renderer/src/gallery/samples.ts'
import {
  changesIn,
  draftOf,
  errorsIn,
  hasConflict,
  newRoomDraft,
  rebase,
  settingsOf,
} from '../../src/renderer/src/state/roomDraft.ts'

test('a draft that nobody has touched changes nothing', () => {
  for (const emptyTtl of [null, 0, 90, 600, 7_200, 86_400])
    for (const maxPeers of [0, 12]) {
      const room = sampleRoom({ emptyTtl, maxPeers, description: 'Every Monday', admission: 'lobby', visibility: 'private' })
      expect(changesIn(draftOf(room), room)).toEqual({})
    }
})

test('only what was touched is changed, and what members may send keeps its limit', () => {
  const room = sampleRoom({ mediaLimits: { microphone: true, camera: true, screen: true, maxKbps: 900 } })
  expect(changesIn({ ...draftOf(room), name: ' Review ', places: '', screen: false }, room)).toEqual({
    name: 'Review',
    maxPeers: 0,
    mediaLimits: { microphone: true, camera: true, screen: false, maxKbps: 900 },
  })
})

test('a password is set, changed, removed, or left as it is', () => {
  const room = sampleRoom({ hasPassword: true })
  const draft = draftOf(room)
  expect(changesIn({ ...draft, password: 'sesame' }, room)).toEqual({ password: 'sesame' })
  expect(changesIn({ ...draft, removesPassword: true }, room)).toEqual({ password: null })
  expect(changesIn(draft, room)).toEqual({})
})

test.each([
  ['atOnce', '7', 0],
  ['minutes', '10', 600],
  ['hours', '2', 7_200],
  ['days', '366', 31_622_400],
  ['forGood', '', null],
] as const)('kept: %s %s is %s seconds', (keptUnit, keptCount, emptyTtl) => {
  const draft = { ...newRoomDraft(), name: 'Review', keptUnit, keptCount }
  expect(errorsIn(draft)).toEqual({})
  expect(settingsOf(draft).emptyTtl).toBe(emptyTtl)
})

test('times that no unit divides are shown in the nearest minutes', () => {
  expect(draftOf(sampleRoom({ emptyTtl: 90 }))).toMatchObject({ keptUnit: 'minutes', keptCount: '2' })
  expect(draftOf(sampleRoom({ emptyTtl: 1 }))).toMatchObject({ keptUnit: 'minutes', keptCount: '1' })
})

test.each([
  [{ name: '  ' }, 'name'],
  [{ places: '0' }, 'places'],
  [{ places: 'many' }, 'places'],
  [{ places: '10001' }, 'places'],
  [{ keptUnit: 'days', keptCount: '367' }, 'kept'],
  [{ keptUnit: 'hours', keptCount: '1.5' }, 'kept'],
  [{ keptUnit: 'hours', keptCount: '' }, 'kept'],
] as const)('%j is said to be wrong at its field', (wrong, field) => {
  expect(Object.keys(errorsIn({ ...newRoomDraft(), name: 'Review', ...wrong }))).toEqual([field])
})

describe('a room that changes while its form is open', () => {
  const before = sampleRoom()
  const draft = { ...draftOf(before), name: 'Review' }

  test('is followed where nothing was touched', () => {
    const after = sampleRoom({ locked: true, joinCode: 'N3W0NE', version: 2 })
    expect(hasConflict(draft, before, after)).toBe(false)
    expect(rebase(draft, before, after)).toEqual({ ...draftOf(after), name: 'Review' })
  })

  test('does not take away what was typed, and is told from one’s own wish', () => {
    const after = sampleRoom({ name: 'Retro', version: 2 })
    expect(hasConflict(draft, before, after)).toBe(true)
    expect(rebase(draft, before, after).name).toBe('Review')
  })
})

test('a name for links is checked before it is sent, and taken away by leaving it empty', () => {
  const room = sampleRoom()
  for (const slug of ['Team Meeting', '-team', 'abc123']) expect(errorsIn({ ...draftOf(room), slug }).slug).toBeDefined()
  const named = { ...draftOf(room), slug: ' team-meeting ' }
  expect(errorsIn(named).slug).toBeUndefined()
  expect(changesIn(named, room)).toEqual({ slug: 'team-meeting' })
  expect(changesIn({ ...draftOf(room), slug: '' }, { ...room, slug: 'team-meeting' })).toMatchObject({ slug: null })
})
