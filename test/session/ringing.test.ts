import { expect, test } from 'vitest'
import type { RingingState } from '../../src/renderer/src/session/Ringing.ts'
import type { Session } from '../../src/renderer/src/session/Session.ts'
import { enter } from '../support/Client.ts'
import { hears, NodeCapture, sees } from '../support/NodeCapture.ts'
import { Relay } from '../support/Relay.ts'
import { startServer } from '../support/server.ts'
import { meet, member, newSession } from '../support/sessions.ts'
import { until } from '../support/until.ts'

type Talking = Extract<RingingState, { status: 'in' }>

const peerId = async (session: Session, name: string) => (await member(session, name)).peerId
const rung = ({ ringing }: Session) => until(ringing, () => ringing.state.status === 'rung')
const idle = ({ ringing }: Session) => until(ringing, () => ringing.state.status === 'idle')
const states = ({ ringing: { state, last } }: Session) =>
  (state.status === 'idle' ? last?.call : state.call)?.parties.map(({ name, state }) => `${name} ${state}`)

/** The call that someone is in, once they are connected with so many. */
const talking = ({ ringing }: Session, others = 1): Promise<Talking> =>
  until(ringing, () => {
    const { state } = ringing
    if (state.status !== 'in') return null
    const connected = state.call.parties.filter(({ id }) => state.media.connection(id) === 'connected')
    return connected.length === others && state
  })

/** What is received of someone in a call, as soon as it is. */
const receivedIn = ({ ringing }: Session, { call, media }: Talking, name: string, kind: 'microphone' | 'camera') =>
  until(ringing, () => media.track(call.parties.find((party) => party.name === name)!.id, kind))

async function ring(from: Session, to: Session, name: string): Promise<void> {
  await from.ringing.ring([await peerId(from, name)])
  await rung(to)
}

test('F45: one rings a member, who accepts: they hear each other directly, and see each other when they want to', async () => {
  const { url } = await startServer()
  const { ada, ben, room } = await meet(url)
  await ring(ada, ben, 'Ben')
  expect(states(ada)).toEqual(['Ada in', 'Ben ringing'])
  await ben.ringing.answer(true)
  const [atAda, atBen] = await Promise.all([talking(ada), talking(ben)])
  expect(atBen.call).toMatchObject({ roomId: room.id, from: { name: 'Ada' } })
  await hears(await receivedIn(ada, atAda, 'Ben', 'microphone'), 1000)
  await hears(await receivedIn(ben, atBen, 'Ada', 'microphone'), 440)
  atAda.media.camera.set(true)
  await sees(await receivedIn(ben, atBen, 'Ada', 'camera'), 'red')
  atAda.media.camera.set(false)
  const adaId = await peerId(ben, 'Ada')
  await until(ben.ringing, () => atBen.media.track(adaId, 'camera') === null)
  // The room knows nothing of it.
  expect(ada.members.every(({ microphone, camera }) => !microphone && !camera)).toBe(true)
  ben.ringing.hangUp()
  await idle(ada)
  expect(ada.ringing.last).toMatchObject({ reason: 'over' })
  expect(ben.ringing.last).toBeNull()
})

test('F45: whoever hangs up, or leaves the room, has their devices free', async () => {
  const { url } = await startServer()
  const capture = new NodeCapture()
  const { ada, ben } = await meet(url, { ada: capture })
  await ring(ada, ben, 'Ben')
  await ben.ringing.answer(true)
  await talking(ada)
  expect(capture.running('microphone')).not.toBeNull()
  ada.ringing.hangUp()
  expect(capture.running('microphone')).toBeNull()
  await idle(ben)
  await ring(ada, ben, 'Ben')
  await ben.ringing.answer(true)
  await talking(ada)
  await ada.leave()
  expect(capture.running('microphone')).toBeNull()
  expect(ada.ringing.last).toBeNull()
  await idle(ben)
  expect(states(ben)).toEqual(['Ada left', 'Ben in'])
})

test('F45: one rings several: one accepts, one declines, one is busy, and one misses it and can read so later', async () => {
  const { url } = await startServer({ ringMs: 1_500 })
  const { ada, ben, room } = await meet(url)
  const others = await Promise.all(
    ['Eve', 'Kim', 'Lin', 'Sam'].map(async (name) => {
      const session = newSession(url)
      await session.join({ roomRef: room.id, name })
      return session
    }),
  )
  const [eve, kim, lin, sam] = others as [Session, Session, Session, Session]
  await ring(lin, sam, 'Sam')
  await sam.ringing.answer(true)
  await ada.ringing.ring(await Promise.all(['Ben', 'Eve', 'Kim', 'Lin'].map((name) => peerId(ada, name))))
  expect(states(ada)).toEqual(['Ada in', 'Ben ringing', 'Eve ringing', 'Kim ringing', 'Lin busy'])
  await Promise.all([rung(ben), rung(eve), rung(kim)])
  await ben.ringing.answer(true)
  await eve.ringing.answer(false)
  await idle(kim)
  expect(kim.ringing.missed).toMatchObject([{ call: { from: { name: 'Ada' } } }])
  expect(eve.ringing.missed).toEqual([])
  await talking(ada)
  await until(ada.ringing, () => states(ada)?.includes('Kim missed'))
  expect(states(ada)).toEqual(['Ada in', 'Ben in', 'Eve declined', 'Kim missed', 'Lin busy'])
  // The other call in the room has gone on meanwhile.
  await talking(sam)
  await expect(ada.ringing.ring([await peerId(ada, 'Eve')])).rejects.toMatchObject({ code: 'alreadyJoined' })
})

test('F45: three in one call hear each of the others directly', async () => {
  const { url } = await startServer()
  const { ada, ben, room } = await meet(url)
  const eve = newSession(url, new NodeCapture({ hertz: 700 }))
  await eve.join({ roomRef: room.id, name: 'Eve' })
  await ada.ringing.ring([await peerId(ada, 'Ben'), await peerId(ada, 'Eve')])
  await Promise.all([rung(ben), rung(eve)])
  await Promise.all([ben.ringing.answer(true), eve.ringing.answer(true)])
  const [atAda, atBen, atEve] = await Promise.all([talking(ada, 2), talking(ben, 2), talking(eve, 2)])
  await Promise.all([
    receivedIn(ada, atAda, 'Eve', 'microphone').then((track) => hears(track, 700)),
    receivedIn(ben, atBen, 'Eve', 'microphone').then((track) => hears(track, 700)),
    receivedIn(eve, atEve, 'Ben', 'microphone').then((track) => hears(track, 1000)),
  ])
  ada.ringing.hangUp()
  // Whoever has called may go; the others talk on.
  const rest = await talking(ben)
  await hears(await receivedIn(ben, rest, 'Eve', 'microphone'), 700)
})

test('F45: what goes on while everybody is busy, or one takes it back, is told as it is', async () => {
  const { url } = await startServer()
  const { ada, ben, room } = await meet(url)
  const eve = newSession(url)
  await eve.join({ roomRef: room.id, name: 'Eve' })
  await ring(ada, ben, 'Ben')
  await eve.ringing.ring([await peerId(eve, 'Ben')])
  expect(eve.ringing.state.status).toBe('idle')
  expect(states(eve)).toEqual(['Eve in', 'Ben busy'])
  ada.ringing.hangUp()
  await idle(ben)
  expect(ben.ringing.missed).toHaveLength(1)
  await expect(ben.ringing.answer(true)).resolves.toBeUndefined()
  ben.ringing.forgetMissed(ben.ringing.missed[0]!.call.callId)
  expect(ben.ringing.missed).toEqual([])
})

test('F45: a lost connection to the server ends the call with a word, and the other one is free again', async () => {
  const { url } = await startServer()
  const relay = await Relay.to(url)
  const [ada, ben] = [newSession(relay.url), newSession(url)]
  const { room } = await ben.createRoom({ name: 'Standup' })
  await ada.join({ roomRef: room.id, name: 'Ada' })
  await ben.join({ roomRef: room.id, name: 'Ben' })
  await ring(ada, ben, 'Ben')
  await ben.ringing.answer(true)
  await talking(ada)
  relay.cut()
  await idle(ada)
  expect(ada.ringing.last).toMatchObject({ reason: 'disconnected' })
  relay.mend()
  ada.wake()
  await idle(ben)
  expect(ben.ringing.last).toMatchObject({ reason: 'over' })
  await until(ada, () => ada.state.status === 'joined')
  await ring(ben, ada, 'Ada')
})

test('F45: whoever has no microphone is told so, and hears the others', async () => {
  const { url } = await startServer()
  const capture = new NodeCapture()
  capture.refused.set('microphone', 'NotFoundError')
  const { ada, ben } = await meet(url, { ada: capture })
  await ring(ada, ben, 'Ben')
  await ben.ringing.answer(true)
  const call = await talking(ada)
  await hears(await receivedIn(ada, call, 'Ben', 'microphone'), 1000)
  expect(call.media.microphone.error).toMatchObject({ code: 'deviceNotFound' })
  const atBen = await talking(ben)
  expect(atBen.media.sent(await peerId(ben, 'Ada'))).toEqual({ microphone: false, camera: false })
})

test('F31: where no direct connection comes about, the call ends with a word, and both are free again', async () => {
  const { url } = await startServer()
  const ada = newSession(url, new NodeCapture(), { connectMs: 300, restartMs: 300 })
  const { room } = await ada.createRoom({ name: 'Standup' })
  await ada.join({ roomRef: room.id, name: 'Ada' })
  // Answers the call, and no offer.
  const { client: deaf } = await enter(url, room.joinCode, 'Deaf')
  await ada.ringing.ring([await peerId(ada, 'Deaf')])
  const { call } = await deaf.take('ringing')
  await deaf.request('answerRing', { callId: call.callId, accept: true })
  await idle(ada)
  expect(ada.ringing.last).toMatchObject({ reason: 'unreachable' })
  expect((await deaf.take('callChanged', ({ call }) => call.ended)).call.ended).toBe(true)
})

test('F31: what comes late from another call is none of this one’s', async () => {
  const { url } = await startServer()
  const ada = newSession(url)
  const { room } = await ada.createRoom({ name: 'Standup' })
  await ada.join({ roomRef: room.id, name: 'Ada' })
  const { client: grace } = await enter(url, room.joinCode, 'Grace')
  const [to, from] = [await peerId(ada, 'Ada'), await peerId(ada, 'Grace')]
  await ada.ringing.ring([from])
  const { call } = await grace.take('ringing')
  await grace.request('answerRing', { callId: call.callId, accept: true })
  const { media } = await until(ada.ringing, () => {
    const { state } = ada.ringing
    return state.status === 'in' && state.media.connection(from) !== null && state
  })
  const seen: unknown[] = []
  ada.ringing.on('changed', () => seen.push(media.sent(from)?.camera))
  await grace.request('relay', { to, payload: { callId: 'another', sent: { microphone: true, camera: true } } })
  await grace.request('relay', { to, payload: { callId: call.callId, sent: { microphone: true, camera: false } } })
  await until(ada.ringing, () => media.sent(from)?.microphone)
  expect(seen).not.toContain(true)
})

test('F31: what does not belong to the call, or is no signal at all, changes nothing', async () => {
  const { url } = await startServer()
  const { ada, ben, room } = await meet(url)
  const { client: eve } = await enter(url, room.joinCode, 'Eve')
  await ring(ada, ben, 'Ben')
  await ben.ringing.answer(true)
  const atAda = await talking(ada)
  const { callId } = atAda.call
  const to = await peerId(ada, 'Ada')
  for (const payload of [
    null,
    'offer',
    { callId },
    { callId, description: { type: 'offer', sdp: 'v=0' } },
    { callId, description: { type: 'nonsense', sdp: '' } },
    { callId, candidate: { candidate: 'candidate:nonsense', sdpMid: '0' } },
    { callId, sent: { microphone: 'yes' } },
    { callId: 'another', sent: { microphone: true, camera: true } },
  ])
    await eve.request('relay', { to, payload })
  await hears(await receivedIn(ada, atAda, 'Ben', 'microphone'), 1000)
  expect(atAda.media.connection(await peerId(ada, 'Eve'))).toBeNull()
})

test('F45: outside of rooms people who have said their name see and call each other, where the server allows it', async () => {
  const closed = await startServer()
  const nobody = newSession(closed.url)
  await nobody.createRoom({ name: 'So that the answer has come' })
  expect(nobody.bystanders.people).toBeNull()

  const { url } = await startServer({ directCalls: true })
  const ada = newSession(url, new NodeCapture({ hertz: 440 }))
  const ben = newSession(url, new NodeCapture({ hertz: 1000 }))
  ada.bystanders.introduce('Ada')
  ben.bystanders.introduce('Ben')
  const found = await until(ada.bystanders, () => ada.bystanders.people?.find(({ name }) => name === 'Ben'))
  await ada.ringing.ring([found.id])
  await rung(ben)
  await ben.ringing.answer(true)
  const [atAda, atBen] = await Promise.all([talking(ada), talking(ben)])
  await hears(await receivedIn(ada, atAda, 'Ben', 'microphone'), 1000)
  await hears(await receivedIn(ben, atBen, 'Ada', 'microphone'), 440)
  // Whoever goes into a room is called there, and is to be called outside again after it.
  const { room } = await ben.createRoom({ name: 'Standup' })
  await ben.join({ roomRef: room.id, name: 'Ben' })
  await Promise.all([idle(ada), idle(ben)])
  await until(ada.bystanders, () => ada.bystanders.people?.length === 0)
  await ben.leave()
  await until(ada.bystanders, () => ada.bystanders.people?.some(({ name }) => name === 'Ben'))
  ben.bystanders.introduce(null)
  await until(ada.bystanders, () => ada.bystanders.people?.length === 0)
})
