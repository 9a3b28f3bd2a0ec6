import type { Bridge } from '../../../shared/bridge.ts'
import { unwrap } from '../../../shared/errors.ts'
import type { Member } from '../../../shared/model.ts'
import type { MemberProbe, OwnProbe, PageProbe, PictureProbe, RoomProbe, SoundProbe } from '../../../shared/probe.ts'
import type { Session } from '../session/Session.ts'
import { FirstFrames } from './FirstFrames.ts'

/**
 * Lets a program that drives the app ask how the window fares: `window.lanyardProbe()`. The latest session is the one that is meant. Call what
 * it returns when that one is closed.
 */
export function offerProbe(session: Session, bridge: Bridge): () => void {
  const frames = new FirstFrames(session)
  const lanyardProbe = async (): Promise<PageProbe> => ({
    app: unwrap(await bridge.probe({})),
    connection: session.connection.status,
    status: session.state.status,
    room: roomOf(session),
    members: await Promise.all(session.members.map((member) => memberOf(session, frames, member))),
    revision: session.revision,
    messages: {
      shown: session.messages.length,
      unsent: session.messages.filter(({ delivery }) => delivery !== 'sent').length,
    },
    media: session.media.state.status,
    own: {
      microphone: ownOf(session, 'microphone'),
      camera: ownOf(session, 'camera'),
      screen: ownOf(session, 'screen'),
    },
  })
  Object.assign(window, { lanyardProbe })
  return () => frames.close()
}

function roomOf({ state }: Session): RoomProbe | null {
  if (!('room' in state) || state.room === null || state.status === 'left') return null
  const { id, name, joinCode, state: how } = state.room
  return { id, name, joinCode, state: how }
}

async function memberOf(session: Session, frames: FirstFrames, member: Member): Promise<MemberProbe> {
  const { peerId, name, role, connection, microphone, camera, screen } = member
  const picture = async (source: 'camera' | 'screen') =>
    pictureOf(await session.media.stats(peerId, source), frames.took(peerId, source))
  return {
    ...{ peerId, name, role, connection, microphone, camera, screen },
    isSelf: session.self?.peerId === peerId,
    received: {
      microphone: soundOf(await session.media.stats(peerId, 'microphone')),
      camera: await picture('camera'),
      screen: await picture('screen'),
    },
  }
}

function soundOf(stats: RTCInboundRtpStreamStats | null): SoundProbe | null {
  if (!stats) return null
  const { audioLevel = 0, totalAudioEnergy = 0, packetsReceived = 0, packetsLost = 0 } = stats
  return { level: audioLevel, energy: totalAudioEnergy, packetsReceived, packetsLost }
}

function pictureOf(stats: RTCInboundRtpStreamStats | null, firstFrameMs: number | null): PictureProbe | null {
  if (!stats) return null
  const { framesDecoded = 0, framesPerSecond = 0, frameWidth = 0, frameHeight = 0, packetsLost = 0 } = stats
  const { freezeCount = 0, totalFreezesDuration = 0 } = stats
  return {
    ...{ framesDecoded, framesPerSecond, packetsLost, firstFrameMs },
    width: frameWidth,
    height: frameHeight,
    freezes: freezeCount,
    frozenMs: totalFreezesDuration * 1_000,
  }
}

function ownOf(session: Session, source: 'microphone' | 'camera' | 'screen'): OwnProbe {
  const { desired, actual, error } = session[source]
  return { wanted: desired, on: actual, error: error?.code ?? null, device: session.media.localTrack(source)?.label ?? null }
}
