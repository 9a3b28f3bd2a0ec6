import { onTestFinished } from 'vitest'
import type { Member, Source } from '../../src/shared/model.ts'
import type { PairPatience } from '../../src/renderer/src/session/Pair.ts'
import { Session } from '../../src/renderer/src/session/Session.ts'
import { newDevice } from './Client.ts'
import { NodeCapture } from './NodeCapture.ts'
import { until } from './until.ts'
import { nodeDevice } from './webrtc.ts'

/** A session in Node, with devices of its own; closed when the test is over. */
export function newSession(url: string, capture = new NodeCapture(), pairPatience?: PairPatience): Session {
  const device = newDevice()
  const session = new Session({ url, device, capture, createDevice: nodeDevice, ...(pairPatience && { pairPatience }) })
  onTestFinished(() => session.close())
  return session
}

/** A room of its own for two. */
export async function meet(url: string, captures: { ada?: NodeCapture; ben?: NodeCapture } = {}) {
  const ada = newSession(url, captures.ada ?? new NodeCapture({ camera: 'red', hertz: 440 }))
  const ben = newSession(url, captures.ben ?? new NodeCapture({ camera: 'blue', hertz: 1000 }))
  const { room } = await ada.createRoom({ name: 'Standup' })
  await ada.join({ roomRef: room.id, name: 'Ada' })
  await ben.join({ roomRef: room.joinCode, name: 'Ben' })
  return { ada, ben, room }
}

/** The other one in the room, as this session sees them, as soon as they are as they should be. */
export const member = (session: Session, name: string, isRight: (member: Member) => boolean = () => true) =>
  until(session, () => session.members.find((one) => one.name === name && isRight(one)))

/** What this session receives of someone, as soon as it does. */
export async function received(session: Session, name: string, source: Source): Promise<MediaStreamTrack> {
  const { peerId } = await member(session, name)
  return until(session, () => session.media.track(peerId, source))
}

/** What a session shows of its chat. */
export const texts = (session: Session) =>
  session.messages.map((entry) => ('message' in entry ? entry.message.text : `(${entry.delivery}) ${entry.text}`))

/** Whether a session shows that many messages, all of them stored. */
export const allSent = (session: Session, count: number) =>
  session.messages.length === count && session.messages.every(({ delivery }) => delivery === 'sent')
