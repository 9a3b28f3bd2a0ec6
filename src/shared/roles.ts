/** Who may do what in a room. The server asks this table; the window offers what it allows. */

export const roles = ['host', 'cohost', 'speaker', 'listener'] as const
export type Role = (typeof roles)[number]

const rights = {
  chat: ['host', 'cohost', 'speaker', 'listener'],
  publish: ['host', 'cohost', 'speaker'],
  closeRoom: ['host'],
} as const satisfies Record<string, readonly Role[]>

export type Right = keyof typeof rights

export function may(role: Role, right: Right): boolean {
  return (rights[right] as readonly Role[]).includes(role)
}
