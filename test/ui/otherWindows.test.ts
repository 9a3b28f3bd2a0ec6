import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { plainScene, SampleSession } from '../../src/renderer/src/gallery/SampleSession.ts'
import { browserPlatform } from '../../src/renderer/src/platform/browser.ts'
import type { Session } from '../../src/renderer/src/session/Session.ts'
import { OtherWindows } from '../../src/renderer/src/state/OtherWindows.svelte.ts'

const room = 'r0'

/** A window of this browser, with its view of the others. */
function open() {
  const session = new SampleSession(plainScene)
  const others = new OtherWindows(session as unknown as Session, browserPlatform(), () => void session.leave())
  onTestFinished(() => others.close())
  return { session, others }
}

let first: ReturnType<typeof open>
beforeEach(() => {
  first = open()
})

test('a window knows which rooms the others are in, whichever was opened first', async () => {
  await first.session.join()
  const second = open()
  await vi.waitUntil(() => second.others.areIn(room))
  expect(second.others.areIn('another')).toBe(false)
  expect(first.others.areIn(room)).toBe(false)
  await second.session.join()
  await vi.waitUntil(() => first.others.areIn(room))
})

test('a window that leaves the room, or goes, is there no more', async () => {
  const second = open()
  await first.session.join()
  await vi.waitUntil(() => second.others.areIn(room))
  await first.session.leave()
  await vi.waitUntil(() => !second.others.areIn(room))
  await first.session.join()
  await vi.waitUntil(() => second.others.areIn(room))
  first.others.close()
  await vi.waitUntil(() => !second.others.areIn(room))
})

test('a window may take the others out of a room, and out of that one only', async () => {
  await first.session.join()
  const second = open()
  second.others.takeOut('another')
  await vi.waitUntil(() => second.others.areIn(room))
  expect(first.session.state.status).toBe('joined')
  second.others.takeOut(room)
  await vi.waitUntil(() => first.session.state.status === 'left')
  await vi.waitUntil(() => !second.others.areIn(room))
})

test('what another version of the page says is overheard', async () => {
  await first.session.join()
  const channel = new BroadcastChannel('lanyard.windows')
  onTestFinished(() => channel.close())
  channel.postMessage({ type: 'whatever' })
  channel.postMessage('leave')
  const second = open()
  await vi.waitUntil(() => second.others.areIn(room))
  expect(first.session.state.status).toBe('joined')
})
