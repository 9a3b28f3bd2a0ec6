import { flushSync, mount, unmount } from 'svelte'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import RoomCard from '../../src/renderer/src/components/home/RoomCard.svelte'
import { dayLabel, openingLabel } from '../../src/renderer/src/components/parts/days.ts'
import { sampleRoom } from '../../src/renderer/src/gallery/samples.ts'
import type { Room } from '../../src/shared/model.ts'

const now = new Date(2026, 2, 30, 9, 0)
const here = Intl.DateTimeFormat().resolvedOptions().timeZone

beforeEach(() => {
  vi.useFakeTimers({ now })
  return () => void vi.useRealTimers()
})

function card(part: Partial<Room>): () => string {
  const mounted = mount(RoomCard, { target: document.body, props: { room: sampleRoom(part), onopen: () => {} } })
  onTestFinished(() => unmount(mounted))
  return () => {
    flushSync()
    return document.body.textContent.replaceAll(/\s+/g, ' ').trim()
  }
}

test('F11: the card of a room says when it opens, and no more once it has', () => {
  const opensAt = new Date(2026, 2, 30, 9, 50).toISOString()
  const text = card({ state: 'EMPTY', present: 0, host: null, timeZone: here, opensAt })
  expect(text()).toMatch(/^Design sync opens today at 0?9:50/)
  vi.advanceTimersByTime(49 * 60_000)
  expect(text()).toContain('opens today')
  vi.advanceTimersByTime(60_000)
  expect(text()).toBe('Design sync Nobody there')
})

test('F11: a room may open further away than a timer can wait', () => {
  const wait = vi.spyOn(globalThis, 'setTimeout')
  const text = card({ state: 'EMPTY', present: 0, opensAt: new Date(2026, 5, 1).toISOString() })
  vi.advanceTimersByTime(40 * 86_400_000)
  expect(text()).toContain('opens on')
  vi.advanceTimersByTime(30 * 86_400_000)
  expect(text()).not.toContain('opens')
  expect(Math.max(...wait.mock.calls.map(([, ms = 0]) => ms))).toBe(2 ** 31 - 1)
})

test('whoever is there before it opens is shown, too', () => {
  const text = card({ state: 'ACTIVE', present: 1, timeZone: here, opensAt: new Date(2026, 2, 31, 9, 0).toISOString() })
  expect(text()).toMatch(/1 person there opens tomorrow at 0?9:00/)
})

test('the day is named as people do, with the clock of the room where it shows another time', () => {
  const at = new Date(2026, 3, 2, 9, 0)
  expect(dayLabel(new Date(2026, 2, 31), now)).toBe('Tomorrow')
  expect(openingLabel(at, here, now)).toMatch(/^opens on Thursday, April 2 at 0?9:00(\s?AM)?$/)
  expect(openingLabel(at, undefined, now)).not.toContain('(')
  const far = here === 'Asia/Kathmandu' ? 'Asia/Tokyo' : 'Asia/Kathmandu'
  expect(openingLabel(at, far, now)).toMatch(new RegExp(`\\(\\w{3} \\d+:\\d\\d\\s[AP]M in ${far}\\)$`))
})
