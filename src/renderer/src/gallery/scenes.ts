import { AppError } from '../../../shared/errors.ts'
import { sampleMember, sampleMessages, sampleRoom, sampleServer, sampleWaiting } from './samples.ts'
import { sampleCall } from './SampleRinging.ts'
import type { End } from '../state/Place.ts'
import { plainScene, welcome, type Scene } from './SampleSession.ts'

const room = sampleRoom()
const early = sampleRoom({
  timeZone: 'Asia/Shanghai',
  schedule: { start: '2026-01-05T09:30:00', durationMinutes: 45, repeat: 'FREQ=WEEKLY;BYDAY=MO,TH', openMinutesEarly: 10 },
  opensAt: new Date(Date.now() + 30 * 3_600_000).toISOString(),
  present: 0,
  state: 'EMPTY',
  host: null,
})
const joined = { status: 'joined', room, selfId: 'p0' } as const
const reconnecting = (since: number) => ({ status: 'reconnecting', since, room, selfId: 'p0' }) as const
const waiting = (reason: 'lobby' | 'full', place: number) => ({ status: 'waiting', reason, place, room }) as const
const left = (reason: End) => ({ status: 'left', reason, room }) as const
const unreachable = new AppError(
  'disconnected',
  'The server does not answer; check that it is running and that you are on its network',
)

const bystander = (index: number) => {
  const { peerId, userId, name } = sampleMember(index)
  return { id: peerId, userId, name }
}
const outside = [1, 2, 3, 5].map(bystander)
const missed = [1, 3].map((index) => ({
  call: {
    ...sampleCall([
      [index, 'left'],
      [0, 'missed'],
    ]),
    callId: `missed${index}`,
  },
  at: Date.now() - index * 600_000,
}))

const features = (features: Record<string, boolean>) => ({ status: 'connected', welcome: { ...welcome, features } }) as const
const overPlain = { connection: features({ plain: true, ownAuthority: true }) }
const unknown = { connection: features({ ownAuthority: true, byOwnAuthority: true }) }

/** By the name in `?scene=`. `people`, `screens` and `records` may be given in the address, too. */
export const scenes: Record<string, Partial<Scene>> = {
  home: {},
  plainHome: overPlain,
  plainReady: overPlain,
  plainCall: { ...overPlain, state: joined, plain: 'self', role: 'listener' },
  plainRefused: { ...overPlain, room: new AppError('encryptionRequired', 'That needs an encrypted connection') },
  callPlainGuest: { ...unknown, state: joined, plain: 'other' },
  contact: unknown,
  contactChanged: unknown,
  homeEmpty: { rooms: [] },
  homeLoading: { rooms: 'loading' },
  homeUnreachable: { rooms: unreachable, connection: { status: 'waiting', retryAt: Date.now() + 5000 } },
  ready: {},
  readyNoDevices: { devices: 'none' },
  readyDenied: { devices: 'denied' },
  call: { state: joined },
  callLocal: { state: joined, server: { ...sampleServer(['http://127.0.0.1:4433']), fingerprint: null } },
  callNoDevices: { state: joined, devices: 'none' },
  callUnsent: {
    state: joined,
    messages: [
      ...sampleMessages.map((message) => ({ message, delivery: 'sent' as const })),
      {
        delivery: 'failed',
        text: 'Shall I share it?',
        clientMessageId: 'f',
        error: new AppError('storeUnavailable', 'The server cannot save it now.'),
      },
      { delivery: 'sending', text: 'One moment', clientMessageId: 's' },
    ],
  },
  callQuiet: { state: joined, messages: [] },
  callComings: { state: joined },
  readyTwice: {},
  readyEnded: { room: { ...room, present: 0, state: 'EMPTY', closed: true } },
  serverGone: { connection: { status: 'waiting', retryAt: Date.now() + 5000 }, rooms: unreachable },
  reconnecting: { state: reconnecting(Date.now()) },
  reconnectingLong: { state: reconnecting(Date.now() - 60_000) },
  full: { room: new AppError('roomFull', 'Design sync holds 100 people, and all places are taken.') },
  absent: { room: new AppError('roomNotFound', 'There is no such room') },
  closed: { room: new AppError('roomClosed', 'Design sync was ended by its host.') },
  waiting: { state: waiting('lobby', 1) },
  waitingWritten: {
    state: waiting('lobby', 1),
    waitingMessages: [
      { from: { userId: 'u0', name: 'Grace Hopper' }, text: 'Two minutes, we finish the first item.' },
      { from: { userId: 'u0', name: 'Grace Hopper' }, text: 'Nearly there' },
    ],
  },
  waitingInLine: { state: waiting('full', 3) },
  waitingLost: { state: waiting('full', 1), connection: { status: 'waiting', retryAt: Date.now() + 5000 } },
  lobby: { state: joined, waiting: [sampleWaiting(5, 'lobby')] },
  lobbyFull: {
    state: joined,
    waiting: [
      ...[4, 5, 15].map((index) => sampleWaiting(index, 'lobby')),
      ...[10, 11, 12].map((index) => sampleWaiting(index, 'full')),
    ],
  },
  stopped: { state: joined, stopped: { 1: ['microphone'], 3: ['microphone', 'camera'] } },
  stoppedOneself: { state: joined, role: 'speaker', stopped: { 0: ['microphone'] } },
  ringing: {
    state: joined,
    calls: {
      rung: sampleCall([
        [1, 'in'],
        [0, 'ringing'],
      ]),
    },
  },
  ringingSeveral: {
    state: joined,
    calls: {
      rung: sampleCall([
        [3, 'in'],
        [0, 'ringing'],
        [1, 'in'],
        [2, 'ringing'],
      ]),
    },
  },
  calling: {
    state: joined,
    calls: {
      in: sampleCall([
        [0, 'in'],
        [1, 'ringing'],
      ]),
    },
  },
  talking: {
    state: joined,
    calls: {
      in: sampleCall([
        [0, 'in'],
        [1, 'in'],
      ]),
    },
  },
  talkingSeveral: {
    state: joined,
    people: 6,
    calls: {
      in: sampleCall([
        [0, 'in'],
        [3, 'in'],
        [2, 'in'],
        [1, 'declined'],
        [4, 'in'],
        [5, 'missed'],
      ]),
    },
  },
  callOver: {
    state: joined,
    calls: {
      last: {
        call: sampleCall([
          [0, 'in'],
          [1, 'declined'],
        ]),
        selfId: 'p0',
        reason: 'over',
      },
      missed,
    },
  },
  homePeople: { bystanders: outside },
  homeNobody: { bystanders: [] },
  homeRinging: {
    bystanders: outside,
    calls: {
      rung: sampleCall(
        [
          [1, 'in'],
          [0, 'ringing'],
        ],
        null,
      ),
    },
  },
  homeTalking: {
    bystanders: outside,
    calls: {
      in: sampleCall(
        [
          [0, 'in'],
          [3, 'in'],
        ],
        null,
      ),
    },
  },
  listener: { state: joined, role: 'listener' },
  roomLocked: { state: { ...joined, room: { ...room, locked: true, hasPassword: true, emptyTtl: 7_200, admission: 'lobby' } } },
  readyPassword: { room: sampleRoom({ hasPassword: true, admission: 'lobby', host: null }) },
  readyLong: { room: { ...early, hasPassword: true, admission: 'lobby' } },
  readyWrongPassword: {
    room: sampleRoom({ hasPassword: true, host: null }),
    refusal: new AppError('passwordRequired', 'Design sync asks for a password'),
  },
  fullAtDoor: { refusal: new AppError('roomFull', 'Design sync holds 4 people, and all places are taken.') },
  lockedAtDoor: { refusal: new AppError('roomLocked', 'Design sync is locked: nobody new comes in') },
  bannedAtDoor: { refusal: new AppError('banned', 'Design sync does not let you in any more') },
  readyEarly: { room: early },
  earlyAtDoor: {
    room: early,
    refusal: new AppError('notOpenYet', 'Design sync is not open yet', { details: { opensAt: early.opensAt } }),
  },
  scheduled: { state: { ...joined, room: early } },
  deleted: { state: left('deleted') },
  removed: { state: left('removed') },
  banned: { state: left('banned') },
  refused: { state: left('refused') },
  ended: { state: left('ended') },
  shutdown: { state: left('shutdown') },
  suspended: { state: left('suspended') },
  switchedOff: {
    connection: {
      status: 'refused',
      error: new AppError('forbidden', 'The rooms of this tenant are switched off; ask whoever runs the server'),
    },
  },
  upgrade: {
    connection: {
      status: 'refused',
      error: new AppError('upgradeRequired', 'This server speaks another version; update the older one of the two'),
    },
  },
}

export function sceneOf(query: URLSearchParams): Scene {
  const number = (name: 'people' | 'screens' | 'records') => Number(query.get(name) ?? scene[name])
  const scene = { ...plainScene, ...scenes[query.get('scene') ?? 'home'] }
  return { ...scene, people: number('people'), screens: number('screens'), records: number('records') }
}
