import { expect, test } from 'vitest'
import { Kept } from '../../src/renderer/src/platform/Platform.ts'
import type { Capture, MediaDevice } from '../../src/renderer/src/session/capture.ts'
import type { Session } from '../../src/renderer/src/session/Session.ts'
import { Devices } from '../../src/renderer/src/state/Devices.svelte.ts'
import { Preferences } from '../../src/renderer/src/state/Preferences.svelte.ts'

const microphone = (deviceId: string, label: string): MediaDevice => ({ kind: 'microphone', deviceId, label })

/** A page where the devices go by these ids; what it keeps is in `kept`. */
function page(devices: MediaDevice[], kept: { value: unknown }) {
  const platform = {
    readKept: () => Kept.parse(kept.value ?? {}),
    keep: (news: Kept) => (kept.value = news),
    invitation: { room: null, name: null },
    showTheme: () => {},
  }
  const nothing = { on: () => () => {} }
  const session = { microphone: nothing, camera: nothing, useDevice: () => Promise.resolve() } as unknown as Session
  const capture = { devices: () => Promise.resolve(devices) } as unknown as Capture
  return new Devices(capture, session, new Preferences(platform as never))
}

test('a chosen microphone is used again at another server, where it goes by another id', async () => {
  const kept = { value: undefined }
  const here = page([microphone('default', 'Headset'), microphone('a1', 'Headset'), microphone('a2', 'Desk')], kept)
  await here.refresh()
  await here.choose('microphone', 'a1')
  expect(here.used('microphone')).toBe('a1')

  const there = page([microphone('default', 'Headset'), microphone('b9', 'Desk'), microphone('b8', 'Headset')], kept)
  await there.refresh()
  expect(there.used('microphone')).toBe('b8')

  const without = page([microphone('b9', 'Desk')], kept)
  await without.refresh()
  expect(without.used('microphone')).toBeNull()
})
