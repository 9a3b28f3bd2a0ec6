import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { plainScene, SampleSession } from '../../src/renderer/src/gallery/SampleSession.ts'
import { sampleRoom } from '../../src/renderer/src/gallery/samples.ts'
import { browserPlatform } from '../../src/renderer/src/platform/browser.ts'
import type { Session } from '../../src/renderer/src/session/Session.ts'
import { OtherWindows } from '../../src/renderer/src/state/OtherWindows.svelte.ts'
import { OwnRooms } from '../../src/renderer/src/state/OwnRooms.svelte.ts'
import { Preferences } from '../../src/renderer/src/state/Preferences.svelte.ts'

const long = '2026-01-05T10:00:00.000Z'
beforeEach(() => localStorage.clear())

/** A window whose server tells these rooms, by id. */
function open(told: { id: string; name?: string; at?: string; isThere?: boolean }[]) {
  const session = new SampleSession(plainScene)
  const answer = vi.spyOn(session.records, 'myRooms')
  answer.mockImplementation(async () =>
    told.map(({ id, name = id, at = long, isThere = false }) => ({ room: sampleRoom({ id, name }), lastSeenAt: at, isThere })),
  )
  const platform = browserPlatform()
  const preferences = new Preferences(platform)
  const others = new OtherWindows(session as unknown as Session, platform, () => {})
  const rooms = new OwnRooms(session as unknown as Session, platform, preferences, others)
  onTestFinished(() => {
    rooms.close()
    others.close()
  })
  return { rooms, preferences, session, answer }
}

const names = ({ all }: OwnRooms) => all.map(({ name }) => name)

test('F13: the server’s and the remembered rooms are one list, each once, the latest first', async () => {
  const { rooms, preferences } = open([{ id: 'a', name: 'Renamed' }, { id: 'b' }])
  preferences.remember(sampleRoom({ id: 'c', name: 'Elsewhere' }))
  preferences.remember(sampleRoom({ id: 'a', name: 'As it was called' }))
  expect(names(rooms)).toEqual(['As it was called', 'Elsewhere'])
  await vi.waitUntil(() => rooms.all.length === 3)
  expect(names(rooms).toSorted()).toEqual(['Elsewhere', 'Renamed', 'b'])
  expect(rooms.all.at(-1)).toMatchObject({ id: 'b', at: long, server: location.origin })
})

test('a room that was forgotten stays away until one has been there again', async () => {
  const told = [{ id: 'a', at: long }, { id: 'b' }]
  const { rooms, preferences } = open(told)
  await vi.waitUntil(() => rooms.all.length === 2)
  preferences.forget('a')
  expect(names(rooms)).toEqual(['b'])
  expect(names(open(told).rooms)).toEqual([])
  told[0]!.at = new Date(Date.now() + 1_000).toISOString()
  rooms.look()
  await vi.waitUntil(() => rooms.all.length === 2)
})

test('where one is in another window is said, and asked again until one is not', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const told = [{ id: 'a', isThere: true }]
  const { rooms, answer } = open(told)
  await vi.waitUntil(() => rooms.all[0]?.isThere)
  told[0]!.isThere = false
  await vi.advanceTimersByTimeAsync(2_000)
  expect(rooms.all[0]?.isThere).toBe(false)
  const { length } = answer.mock.calls
  await vi.advanceTimersByTimeAsync(60_000)
  expect(answer.mock.calls).toHaveLength(length)
})

test('the server is asked when one is back from a room, and not while one is there', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const { session, rooms, answer } = open([])
  await session.join()
  const { length } = answer.mock.calls
  rooms.look()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(answer.mock.calls).toHaveLength(length)
  await session.leave()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(answer.mock.calls).toHaveLength(length + 1)
})
