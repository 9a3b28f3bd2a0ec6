import { flushSync, mount, unmount } from 'svelte'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import Telephone from '../../src/renderer/src/components/ring/Telephone.svelte'
import { fate, listNames, tellEnd } from '../../src/renderer/src/components/ring/words.ts'
import { sampleCall } from '../../src/renderer/src/gallery/SampleRinging.ts'
import { plainScene, sampleCapture, SampleSession, type Scene } from '../../src/renderer/src/gallery/SampleSession.ts'
import { sampleRoom } from '../../src/renderer/src/gallery/samples.ts'
import { browserPlatform } from '../../src/renderer/src/platform/browser.ts'
import type { Session } from '../../src/renderer/src/session/Session.ts'
import { Lanyard } from '../../src/renderer/src/state/Lanyard.svelte.ts'
import { AppError } from '../../src/shared/errors.ts'
import Holder from './support/Holder.svelte'

class NoSizes implements ResizeObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}

/** How often the ring tone has begun, and has ended; there is no sound here. */
const tone = vi.hoisted(() => ({ begun: 0, ended: 0 }))
vi.mock('../../src/renderer/src/components/ring/ringTone.ts', () => ({
  startRingTone: () => {
    tone.begun += 1
    return () => (tone.ended += 1)
  },
}))

beforeEach(() => {
  // There is no layout here, either.
  vi.stubGlobal('ResizeObserver', NoSizes)
  Object.assign(tone, { begun: 0, ended: 0 })
  localStorage.clear()
})

const ada = sampleCall([
  [1, 'in'],
  [0, 'ringing'],
])

/** The window's part that is about calls, in a room unless it is said otherwise. */
function open(scene: Partial<Scene> = {}) {
  const joined = { status: 'joined', room: sampleRoom(), selfId: 'p0' } as const
  const session = new SampleSession({ ...plainScene, state: joined, ...scene })
  const lanyard = new Lanyard(session as unknown as Session, sampleCapture('all'), browserPlatform())
  const holder = mount(Holder, { target: document.body, props: { lanyard, component: Telephone } })
  flushSync()
  onTestFinished(() => {
    lanyard.close()
    void unmount(holder)
    document.body.replaceChildren()
  })
  return { session, lanyard }
}

const card = () => document.querySelector<HTMLElement>('[role=alertdialog]')
const button = (name: string) =>
  [...document.querySelectorAll('button')].find((one) => (one.getAttribute('aria-label') ?? one.textContent.trim()) === name)
const text = () => document.body.textContent.replace(/\s+/g, ' ')

function press(name: string): void {
  const found = button(name)
  if (!found) throw new Error(`there is no button ${name}`)
  found.click()
  flushSync()
}

describe('F45: whoever is rung', () => {
  test('sees who calls, hears it, and has the focus on the card', async () => {
    open({ calls: { rung: ada } })
    expect(text()).toContain('Grace Hopper calls you')
    expect(document.activeElement).toBe(card())
    expect(tone).toEqual({ begun: 1, ended: 0 })
  })

  test('reads who will hear, and that the room will where one’s microphone there is on', async () => {
    const { session } = open({ calls: { rung: ada } })
    const about = () => document.querySelector(`#${card()?.getAttribute('aria-describedby')}`)?.textContent.trim()
    expect(about()).toBe('Your microphone in the room stays on: the room hears you, too.')
    session.microphone.set(false)
    await session.microphone.settled()
    flushSync()
    expect(about()).toBe('Only those in the call hear you, not the room.')
  })

  test('accepts, and is in the call, with the tone over', async () => {
    const { session } = open({ calls: { rung: ada } })
    press('Accept')
    await vi.waitUntil(() => session.ringing.state.status === 'in')
    flushSync()
    expect(card()).toBeNull()
    expect(tone.ended).toBe(1)
    expect(text()).toContain('Direct call')
  })

  test('declines, and all is as before', async () => {
    const { session } = open({ calls: { rung: ada } })
    press('Decline')
    await vi.waitUntil(() => session.ringing.state.status === 'idle')
    flushSync()
    expect(card()).toBeNull()
    expect(tone.ended).toBe(1)
  })

  test('can silence the tone and take the time to answer', async () => {
    const { session } = open({ calls: { rung: ada } })
    press('Silence')
    expect(tone).toEqual({ begun: 1, ended: 1 })
    expect(card()).not.toBeNull()
    session.ringing.ringIn({ ...ada, callId: 'another' })
    flushSync()
    expect(tone.begun).toBe(2)
  })

  test('goes on typing, and answers nothing by it', async () => {
    const box = document.body.appendChild(document.createElement('textarea'))
    box.focus()
    open({ calls: { rung: ada } })
    expect(document.activeElement).toBe(box)
    expect(document.querySelector('[role=alert]')?.textContent).toBe('Grace Hopper calls you')
  })

  test('reads later what was missed, and calls back whoever is still there', async () => {
    const { session } = open()
    session.ringing.ringIn(ada)
    flushSync()
    session.ringing.miss(ada)
    flushSync()
    expect(card()).toBeNull()
    expect(text()).toContain('You missed a call from Grace Hopper at')
    press('Call back')
    expect(session.ringing.rung).toEqual([['p1']])
    expect(text()).not.toContain('You missed a call')
  })

  test('is offered no call back to someone who has gone', async () => {
    const call = sampleCall([
      [9, 'left'],
      [0, 'missed'],
    ])
    open({ calls: { missed: [{ call, at: 0 }] } })
    expect(text()).toContain('You missed a call from')
    expect(button('Call back')).toBeUndefined()
    press('Got it')
    expect(text()).not.toContain('You missed a call')
  })
})

describe('F45: whoever rings', () => {
  test('sees how it stands, and takes it back', async () => {
    const { session } = open({
      calls: {
        in: sampleCall([
          [0, 'in'],
          [1, 'ringing'],
        ]),
      },
    })
    expect(text()).toContain('Ringing…')
    press('Cancel')
    expect(session.ringing.state.status).toBe('idle')
  })

  test('is told that the room hears, too, and mutes it there with one press', async () => {
    const { session } = open({
      calls: {
        in: sampleCall([
          [0, 'in'],
          [1, 'in'],
        ]),
      },
    })
    expect(text()).toContain('The room hears you, too.')
    press('Mute for the room')
    await session.microphone.settled()
    flushSync()
    expect(session.microphone.actual).toBe(false)
    expect(text()).toContain('Only those in this call hear you here, not the room.')
    expect(button('Voice')?.getAttribute('aria-pressed')).toBe('true')
  })

  test('reads why it did not work', async () => {
    const { session, lanyard } = open()
    session.ringing.ring = () => Promise.reject(new AppError('peerNotFound', 'Nobody of those is here to be called'))
    lanyard.telephone.ring('p1')
    await vi.waitUntil(() => lanyard.telephone.error !== null)
    flushSync()
    expect(text()).toContain('Nobody of those is here to be called')
    press('Got it')
    expect(lanyard.telephone.isNeeded).toBe(false)
  })
})

test('F45: outside of rooms one is known by one’s name, as long as one wants to', async () => {
  const { session, lanyard } = open({ state: { status: 'idle' }, bystanders: [] })
  lanyard.preferences.name = 'Ada'
  flushSync()
  expect(session.bystanders.name).toBeNull()
  lanyard.telephone.canBeRung = true
  flushSync()
  expect(session.bystanders.name).toBe('Ada')
  lanyard.preferences.name = ' '
  flushSync()
  expect(session.bystanders.name).toBeNull()
})

test('F45: the end of a call is told in a sentence', () => {
  const end = (parties: Parameters<typeof sampleCall>[0], reason: 'over' | 'disconnected' | 'unreachable' = 'over') =>
    tellEnd({ call: sampleCall(parties), selfId: 'p0', reason })
  const self = [0, 'in'] as const
  expect(end([self, [1, 'declined']])).toBe('Grace Hopper declined the call.')
  expect(end([self, [1, 'busy'], [2, 'missed']])).toBe('Grace Hopper is in another call. Lin did not answer.')
  expect(end([self, [1, 'left'], [2, 'missed']])).toBe('The call with Grace Hopper has ended.')
  expect(end([self, [1, 'in']], 'disconnected')).toBe(
    'The call with Grace Hopper has ended: the connection to the server was lost.',
  )
  expect(end([self, [1, 'in']], 'unreachable')).toMatch(/^There is no direct connection to Grace Hopper\./)
})

test('names and fates are read as one says them', () => {
  expect(listNames(['Ada'])).toBe('Ada')
  expect(listNames(['Ada', 'Grace', 'Lin'])).toBe('Ada, Grace and Lin')
  expect(listNames(['Ada', 'Grace', 'Lin', 'Sam'])).toBe('Ada, Grace and 2 others')
  const party = { id: 'p1', userId: 'u1', name: 'Grace' }
  expect(fate({ ...party, state: 'busy' }, null)).toBe('In another call')
  expect(fate({ ...party, state: 'in' }, 'interrupted')).toBe('Reconnecting…')
  expect(fate({ ...party, state: 'in' }, 'connected')).toBe('')
})
