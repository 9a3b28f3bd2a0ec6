import { AppError } from '../../../shared/errors.ts'
import { sampleMessages, sampleRoom } from './samples.ts'
import { plainScene, type Scene } from './SampleSession.ts'

const room = sampleRoom()
const joined = { status: 'joined', room, selfId: 'p0' } as const
const reconnecting = (since: number) => ({ status: 'reconnecting', since, room, selfId: 'p0' }) as const
const left = (reason: 'ended' | 'shutdown' | AppError) => ({ status: 'left', reason, room }) as const
const unreachable = new AppError(
  'disconnected',
  'The server does not answer; check that it is running and that you are on its network',
)

/** By the name in `?scene=`. `people` and `screens` may be given in the address, too. */
export const scenes: Record<string, Partial<Scene>> = {
  home: {},
  homeEmpty: { rooms: [] },
  homeLoading: { rooms: 'loading' },
  homeUnreachable: { rooms: unreachable, connection: { status: 'waiting', retryAt: Date.now() + 5000 } },
  ready: {},
  readyNoDevices: { devices: 'none' },
  readyDenied: { devices: 'denied' },
  call: { state: joined },
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
  ended: { state: left('ended') },
  shutdown: { state: left('shutdown') },
  upgrade: {
    connection: {
      status: 'refused',
      error: new AppError('upgradeRequired', 'This server speaks another version; update the older one of the two'),
    },
  },
}

export function sceneOf(query: URLSearchParams): Scene {
  const number = (name: 'people' | 'screens') => Number(query.get(name) ?? scene[name])
  const scene = { ...plainScene, ...scenes[query.get('scene') ?? 'home'] }
  return { ...scene, people: number('people'), screens: number('screens') }
}
