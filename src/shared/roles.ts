/** Who may do what in a room. The server asks these tables; the window offers what they allow. */

/** From the highest to the lowest. */
export const roles = ['host', 'cohost', 'speaker', 'listener'] as const
export type Role = (typeof roles)[number]

const rights = {
  /** To receive sound and pictures. */
  subscribe: ['host', 'cohost', 'speaker', 'listener'],
  chat: ['host', 'cohost', 'speaker', 'listener'],
  /** To send sound and pictures. */
  publish: ['host', 'cohost', 'speaker'],
  /** To see who waits, let them in, refuse them, write to them. */
  admit: ['host', 'cohost'],
  /** To lock the room and to open it. */
  lock: ['host', 'cohost'],
  /** To stop what someone sends, and to allow it again. */
  stop: ['host', 'cohost'],
  /** To send someone out, and to keep them out. */
  remove: ['host', 'cohost'],
  setRole: ['host', 'cohost'],
  /** To see who was there when, and how much the room is used. */
  readHistory: ['host', 'cohost'],
  readAudit: ['host'],
  editRoom: ['host'],
  handOver: ['host'],
  closeRoom: ['host'],
  deleteRoom: ['host'],
} as const satisfies Record<string, readonly Role[]>

export type Right = keyof typeof rights
export const rightNames = Object.keys(rights) as readonly Right[]

/** What whoever stands in for the host leaves to the host: what outlasts the meeting. */
const lasting: readonly Right[] = ['handOver', 'deleteRoom', 'editRoom', 'readAudit']

export function may(role: Role, right: Right, standsIn = false): boolean {
  return (rights[right] as readonly Role[]).includes(role) && !(standsIn && lasting.includes(right))
}

/** Which permission of a token a right asks for. */
export function permissionOf(right: Right): 'publish' | 'subscribe' | 'chat' | 'moderate' {
  return right === 'publish' || right === 'subscribe' || right === 'chat' ? right : 'moderate'
}

/** As what someone comes whose token allows this. */
export function roleOfToken({ moderate, publish }: { moderate: boolean; publish: boolean }): Role {
  return moderate ? 'cohost' : publish ? 'speaker' : 'listener'
}

/** Whether one may act on someone of another role: on those below oneself only. */
export function outranks(role: Role, other: Role): boolean {
  return roles.indexOf(role) < roles.indexOf(other)
}
