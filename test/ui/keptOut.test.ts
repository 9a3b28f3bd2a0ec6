import { flushSync, mount, unmount } from 'svelte'
import { expect, onTestFinished, test } from 'vitest'
import Window from '../../src/renderer/src/components/Window.svelte'
import { plainScene, sampleCapture, SampleSession, type Scene } from '../../src/renderer/src/gallery/SampleSession.ts'
import { sampleRoom } from '../../src/renderer/src/gallery/samples.ts'
import { scenes } from '../../src/renderer/src/gallery/scenes.ts'
import { browserPlatform } from '../../src/renderer/src/platform/browser.ts'
import type { Session } from '../../src/renderer/src/session/Session.ts'
import { Lanyard } from '../../src/renderer/src/state/Lanyard.svelte.ts'
import { AppError } from '../../src/shared/errors.ts'
import Holder from './support/Holder.svelte'

/** The heading and all that is read of the window. */
function open(scene: Partial<Scene> | undefined): { title: string | undefined; text: string } {
  const session = new SampleSession({ ...plainScene, ...scene })
  const platform = browserPlatform()
  const lanyard = new Lanyard(session as unknown as Session, sampleCapture('all'), platform)
  // Whoever could open an ended meeting again has ended it.
  platform.keepHostKey(sampleRoom().id, 'key')
  const holder = mount(Holder, { target: document.body, props: { lanyard, component: Window } })
  flushSync()
  onTestFinished(() => {
    lanyard.close()
    void unmount(holder)
    document.body.replaceChildren()
    localStorage.clear()
  })
  return {
    title: document.querySelector('h1')?.textContent,
    text: document.querySelector('main')?.textContent.replace(/\s+/g, ' ') ?? '',
  }
}

test('whoever is refused by a server reads why, and is told to update only where that helps', () => {
  const { title, text } = open(scenes['switchedOff'])
  expect(title).toBe('This server does not let you in')
  expect(text).toContain('The rooms of this tenant are switched off')
  expect(text).toContain('Try again')
})

test('a version that does not fit is said to be one', () => {
  expect(open(scenes['upgrade']).title).toBe('Time to update')
})

test('an invitation that has run out is said to be one', () => {
  const error = new AppError('tokenExpired', 'Your invitation has run out; ask for another one')
  expect(open({ connection: { status: 'refused', error } }).title).toBe('Your invitation has run out')
})

test('whoever is in a room that is switched off with all others is not told to have ended it', () => {
  const { title, text } = open(scenes['suspended'])
  expect(title).toBe('The rooms were switched off')
  expect(text).toContain('Whoever runs the server has switched off its rooms, and Design sync with them.')
})

test('the host who has ended a meeting can open it again', () => {
  expect(open(scenes['ended']).title).toBe('You ended the meeting')
})
