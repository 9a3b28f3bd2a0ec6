import { flushSync, mount, unmount } from 'svelte'
import { expect, onTestFinished, test } from 'vitest'
import Lobby from '../../src/renderer/src/components/people/Lobby.svelte'
import { plainScene, sampleCapture, SampleSession } from '../../src/renderer/src/gallery/SampleSession.ts'
import { sampleRoom, sampleWaiting } from '../../src/renderer/src/gallery/samples.ts'
import { browserPlatform } from '../../src/renderer/src/platform/browser.ts'
import type { Session } from '../../src/renderer/src/session/Session.ts'
import { Lanyard } from '../../src/renderer/src/state/Lanyard.svelte.ts'
import Holder from './support/Holder.svelte'

/** Two wait to be let in, and two for a place. */
function open() {
  const waiting = ([1, 2, 3, 4] as const).map((index) => sampleWaiting(index, index < 3 ? 'lobby' : 'full'))
  const session = new SampleSession({
    ...plainScene,
    state: { status: 'joined', room: sampleRoom(), selfId: 'p0' },
    waiting,
  })
  const lanyard = new Lanyard(session as unknown as Session, sampleCapture('all'), browserPlatform())
  const holder = mount(Holder, { target: document.body, props: { lanyard, component: Lobby } })
  flushSync()
  onTestFinished(() => {
    lanyard.close()
    void unmount(holder)
    document.body.replaceChildren()
  })
  const rows = () => [...document.querySelectorAll('li')]
  return {
    names: () => rows().map((row) => row.getAttribute('aria-label')),
    /** What is at the right edge of each row, under which Admit may have been a moment ago. */
    slots: () => rows().map((row) => row.querySelector('.slot')?.textContent.trim()),
    buttons: () =>
      rows().map((row) => [...row.querySelectorAll('button')].map((button) => button.ariaLabel ?? button.textContent)),
    press: (row: number, label: string, detail: number) => {
      const button = [...(rows()[row]?.querySelectorAll('button') ?? [])].find((one) => one.textContent === label)
      button?.dispatchEvent(new MouseEvent('click', { bubbles: true, detail }))
      flushSync()
    },
  }
}

test('F9: nobody is refused where someone was admitted: that place is never one to refuse', () => {
  const { buttons, slots } = open()
  expect(buttons()).toEqual([['Refuse', 'Admit'], ['Refuse', 'Admit'], ['Refuse'], ['Refuse', 'Move up']])
  expect(slots()).toEqual(['Admit', 'Admit', '', ''])
})

test('F9: a double press is one press, whoever has moved up meanwhile', () => {
  const { names, press } = open()
  expect(names()).toHaveLength(4)
  press(0, 'Refuse', 1)
  expect(names()).toEqual(['Lin', 'Tomáš Dvořák', '王小明'])
  press(0, 'Refuse', 2)
  expect(names()).toHaveLength(3)
  press(0, 'Refuse', 1)
  expect(names()).toHaveLength(2)
})
