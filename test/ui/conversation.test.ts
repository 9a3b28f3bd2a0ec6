import { beforeEach, describe, expect, test } from 'vitest'
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

beforeEach(async () => {
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

test('what is written is sent and the box is empty', () => {
  conversation.draft = 'Good morning'
  conversation.send()
  expect(conversation.draft).toBe('')
  expect(conversation.entries).toMatchObject([{ delivery: 'sent', message: { text: 'Good morning' } }])
})
