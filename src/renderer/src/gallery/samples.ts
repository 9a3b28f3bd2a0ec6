import type { ChatMessage, Member, Room, Waiting } from '../../../shared/model.ts'
import type { Welcome } from '../../../shared/protocol.ts'

const names = [
  ...[
    'Ada Lovelace',
    'Grace Hopper',
    'Lin',
    'Tomáš Dvořák',
    '王小明',
    'Priya Raghunathan-Venkatasubramanian',
    'Søren',
    'Fatima',
    'Noah',
  ],
  ...[
    'Amélie',
    'Kofi',
    'Yuki',
    'Olga',
    'Mateo',
    'Zeynep',
    'Liam',
    'Ingrid',
    'Rafael',
    'Chidi',
    'Hana',
    'Emil',
    'Nia',
    'Oskar',
    'Leila',
  ],
]

export const sampleName = (index: number) => names[index % names.length] ?? 'Guest'

/** One with two networks. */
export function sampleServer(urls = ['https://192.168.1.20:4433', 'https://10.0.0.4:4433']): Welcome['server'] {
  const words = ['amber', 'river', 'canvas', 'pilot', 'meadow', 'lamp']
  return { id: 's0', name: 'sample', version: '0.0.0', fingerprint: 'c0ffee'.padEnd(64, '0'), words, urls }
}

export function sampleRoom(part: Partial<Room> = {}): Room {
  return {
    id: 'r0',
    name: 'Design sync',
    slug: null,
    description: '',
    joinCode: '7QK4MX',
    linkKey: 'q8Zt3vXc-LmN0pRs',
    visibility: 'public',
    admission: 'open',
    locked: false,
    hasPassword: false,
    maxPeers: 100,
    emptyTtl: null,
    topology: 'sfu',
    timeZone: 'UTC',
    schedule: null,
    opensAt: null,
    mediaLimits: { microphone: true, camera: true, screen: true, maxKbps: null },
    metadata: {},
    host: { userId: 'u0', name: 'Ada Lovelace' },
    state: 'IN_CALL',
    present: 4,
    closed: false,
    version: 1,
    createdAt: '2026-01-01T08:00:00.000Z',
    updatedAt: '2026-01-01T08:00:00.000Z',
    ...part,
  }
}

export const sampleRooms: readonly Room[] = [
  sampleRoom(),
  sampleRoom({
    id: 'r1',
    name: 'Workshop: what comes after the second release, and who does it',
    present: 12,
    host: { userId: 'u3', name: 'Tomáš Dvořák' },
  }),
  sampleRoom({ id: 'r2', name: 'Lunch', present: 1, state: 'ACTIVE', host: { userId: 'u2', name: 'Lin' } }),
  sampleRoom({ id: 'r4', name: 'Lunch', joinCode: 'M0N0GR', present: 0, state: 'EMPTY', hasPassword: true, admission: 'lobby' }),
  sampleRoom({ id: 'r3', name: '每周例会', present: 0, state: 'EMPTY', host: { userId: 'u4', name: '王小明' } }),
]

export function sampleMember(index: number): Member {
  const camera = index % 4 !== 2
  return {
    peerId: `p${index}`,
    userId: `u${index * 7}`,
    name: sampleName(index),
    role: index === 0 ? 'host' : 'speaker',
    connection: index === 7 ? 'reconnecting' : 'connected',
    microphone: index % 3 !== 1,
    camera,
    screen: false,
    stopped: [],
    producers: [],
    joinedAt: '2026-01-01T08:00:00.000Z',
  }
}

/** Someone before the room. */
export function sampleWaiting(index: number, reason: Waiting['reason']): Waiting {
  return {
    waitingId: `w${index}`,
    userId: `u${index * 7}`,
    name: sampleName(index),
    reason,
    connection: index === 15 ? 'reconnecting' : 'connected',
    since: '2026-01-01T08:00:00.000Z',
  }
}

const said: readonly (readonly [person: number, minutesAgo: number, text: string])[] = [
  [1, 1500, 'The draft is on the shared folder. Two questions are left, both on page four.'],
  [0, 1490, 'Read it. Page four is mine, I answer there.'],
  [2, 12, 'Good morning'],
  [1, 11, 'Morning. Shall we take the list from the top?'],
  [1, 11, 'I would like to be through by eleven.'],
  [0, 9, 'Yes.\nFirst: the invitation. Second: what a guest sees when the room is full.'],
  [3, 4, 'Here is the link that I meant: https://example.org/a/rather/long/path/that-does-not-want-to-break?with=a&query=too'],
  [5, 1, '👍'],
]

export const sampleMessages: readonly ChatMessage[] = said.map(([person, minutesAgo, text], index) => {
  const { peerId, userId, name } = sampleMember(person)
  return {
    id: `${index + 1}`,
    roomId: 'r0',
    from: { userId, peerId, name },
    text,
    clientMessageId: `00000000-0000-4000-8000-${`${index}`.padStart(12, '0')}`,
    sentAt: new Date(Date.now() - minutesAgo * 60_000).toISOString(),
  }
})

/** A picture that moves: someone in a room, as far as a few shapes can tell. */
export function samplePicture(index: number, source: 'camera' | 'screen'): MediaStreamTrack | null {
  const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 })
  const context = canvas.getContext('2d')
  if (!context) return null
  const hue = (index * 67) % 360
  const draw = () => {
    if (source === 'screen') drawPage(context)
    else drawPerson(context, hue, Math.sin(Date.now() / 900 + index) * 6)
  }
  draw()
  setInterval(draw, 200)
  return canvas.captureStream(5).getVideoTracks()[0] ?? null
}

function drawPerson(context: CanvasRenderingContext2D, hue: number, sway: number): void {
  context.fillStyle = `oklch(0.55 0.05 ${hue})`
  context.fillRect(0, 0, 640, 360)
  context.fillStyle = `oklch(0.68 0.05 ${hue})`
  context.fillRect(60, 40, 150, 110)
  context.fillStyle = `oklch(0.4 0.08 ${(hue + 140) % 360})`
  context.beginPath()
  context.ellipse(320 + sway, 380, 150, 150, 0, 0, 2 * Math.PI)
  context.fill()
  context.fillStyle = 'oklch(0.74 0.06 55)'
  context.beginPath()
  context.ellipse(320 + sway, 180, 62, 80, 0, 0, 2 * Math.PI)
  context.fill()
}

function drawPage(context: CanvasRenderingContext2D): void {
  context.fillStyle = 'oklch(0.98 0.002 85)'
  context.fillRect(0, 0, 640, 360)
  context.fillStyle = 'oklch(0.35 0.01 85)'
  context.font = '600 24px sans-serif'
  context.fillText('Page four', 48, 64)
  context.fillStyle = 'oklch(0.8 0.005 85)'
  for (let line = 0; line < 9; line++) context.fillRect(48, 96 + line * 26, line % 4 === 3 ? 300 : 540, 10)
}
