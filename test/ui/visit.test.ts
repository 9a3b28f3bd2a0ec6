import { expect, onTestFinished, test } from 'vitest'
import { plainScene, sampleCapture, SampleSession, type Scene } from '../../src/renderer/src/gallery/SampleSession.ts'
import { sampleRoom } from '../../src/renderer/src/gallery/samples.ts'
import { browserPlatform } from '../../src/renderer/src/platform/browser.ts'
import type { Session } from '../../src/renderer/src/session/Session.ts'
import { Lanyard } from '../../src/renderer/src/state/Lanyard.svelte.ts'
import { AppError } from '../../src/shared/errors.ts'

/** At a window of one’s own. */
function open(scene: Partial<Scene> = {}) {
  const session = new SampleSession({ ...plainScene, ...scene })
  const lanyard = new Lanyard(session as unknown as Session, sampleCapture('all'), browserPlatform())
  onTestFinished(() => lanyard.close())
  return { ...lanyard, session }
}

/** Someone at the door of a room that asks for a password, who has typed one and joins. */
async function join(refusal: AppError | null) {
  const { session, visit } = open({ room: sampleRoom({ hasPassword: true, host: null }), refusal })
  await visit.open('r0')
  visit.password = 'sesame'
  await visit.join()
  return { session, visit }
}

test('whoever was refused asks again without typing the password again', async () => {
  const { session, visit } = await join(null)
  session.become({ status: 'left', reason: 'refused', room: sampleRoom({ hasPassword: true, host: null }) })
  expect(visit.place).toMatchObject({ at: 'over', reason: 'refused' })
  await visit.returnTo('r0')
  expect(visit.place).toMatchObject({ at: 'ready' })
  expect(visit.password).toBe('sesame')
})

test('the password of one room is not brought to another one', async () => {
  const { visit } = await join(null)
  visit.goHome()
  await visit.open('r1')
  expect(visit.password).toBe('')
})

test('a wrong password is typed anew', async () => {
  const { visit } = await join(new AppError('passwordRequired', 'Design sync asks for a password'))
  expect(visit.passwordError).toContain('That is not the password of this room.')
  visit.goHome()
  await visit.open('r0')
  expect(visit.password).toBe('')
})

test('whoever comes to lead the room is told so, and nobody who has led it from the start', async () => {
  const enter = (role: Scene['role']) => {
    const { announcer, session } = open({ role })
    session.become({ status: 'joined', room: sampleRoom(), selfId: 'p0' })
    return { announcer, session }
  }
  expect(enter('host').announcer.isNewHost).toBe(false)
  const { announcer, session } = enter('speaker')
  expect(announcer.isNewHost).toBe(false)
  await session.leading.setRole('p0', 'cohost')
  expect(announcer.isNewHost).toBe(false)
  await session.leading.setRole('p0', 'host')
  expect(announcer.isNewHost).toBe(true)
  expect(announcer.text).toBe('You lead this room now')
  await session.leading.setRole('p0', 'speaker')
  expect(announcer.isNewHost).toBe(false)
})
