import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { plainScene, SampleSession } from '../../src/renderer/src/gallery/SampleSession.ts'
import { sampleRoom } from '../../src/renderer/src/gallery/samples.ts'
import { browserPlatform } from '../../src/renderer/src/platform/browser.ts'
import type { Session } from '../../src/renderer/src/session/Session.ts'
import { Announcer } from '../../src/renderer/src/state/Announcer.svelte.ts'
import { Conversation } from '../../src/renderer/src/state/Conversation.svelte.ts'
import { Meeting } from '../../src/renderer/src/state/Meeting.svelte.ts'
import { Preferences } from '../../src/renderer/src/state/Preferences.svelte.ts'

const [self, other] = [0, 1]
let session: SampleSession
let meeting: Meeting
let conversation: Conversation
let announcer: Announcer

afterEach(() => {
  announcer.close()
  vi.useRealTimers()
})

beforeEach(async () => {
  vi.useFakeTimers()
  session = new SampleSession({ ...plainScene, state: { status: 'left', reason: 'left', room: sampleRoom() }, messages: [] })
  const platform = browserPlatform()
  meeting = new Meeting(session as unknown as Session, platform, new Preferences(platform))
  conversation = new Conversation(session as unknown as Session, meeting)
  announcer = new Announcer(session as unknown as Session, conversation)
  await session.join()
})

describe('messages while the chat is closed', () => {
  test('count as unread when others write them', () => {
    session.say(other, 'Good morning')
    session.say(other, 'Is anyone there?')
    expect(conversation.unread).toBe(2)
  })

  test('do not count when one writes them oneself', () => {
    session.say(self, 'Good morning')
    expect(conversation.unread).toBe(0)
  })

  test('are read once the chat was open', () => {
    session.say(other, 'Good morning')
    meeting.togglePanel('chat')
    expect(conversation.unread).toBe(0)
    conversation.markRead()
    meeting.togglePanel('chat')
    expect(conversation.unread).toBe(0)
  })

  test('are announced to those who listen', () => {
    session.say(self, 'Good morning')
    expect(announcer.text).toBe('')
    session.say(other, 'Good morning')
    expect(announcer.text).toBe('Grace Hopper has written in the chat')
  })
})

test('what one wrote under another name, or from another seat, is still one’s own', () => {
  session.say(self, 'Good morning')
  session.say(other, 'Good morning')
  const [own, theirs] = session.messages.flatMap((entry) => (entry.delivery === 'sent' ? [entry.message] : []))
  const before = { ...own!, from: { ...own!.from, name: 'Countess', peerId: 'an earlier seat' } }
  expect(conversation.isOwn(before)).toBe(true)
  expect(conversation.isOwn(theirs!)).toBe(false)
})

describe('who comes and goes', () => {
  test('is told in one sentence, which grows while more come', () => {
    session.gather(5)
    expect(announcer.comings).toBe('王小明 joined')
    session.gather(8)
    expect(announcer.comings).toBe('王小明 and 3 others joined')
  })

  test('is told no more after a while, and then anew', () => {
    session.gather(5)
    vi.runAllTimers()
    expect(announcer.comings).toBe('')
    session.gather(4)
    expect(announcer.comings).toBe('王小明 left')
  })

  test('is nothing to tell where one has just come oneself', () => {
    expect(announcer.comings).toBe('')
  })
})

test('what is written is sent and the box is empty', () => {
  conversation.draft = 'Good morning'
  conversation.send()
  expect(conversation.draft).toBe('')
  expect(conversation.entries).toMatchObject([{ delivery: 'sent', message: { text: 'Good morning' } }])
})
