import type { CallConnection, CallParty, EndedCall } from '../../state/Telephone.svelte.ts'

/** Names as they are read: `Ada`, `Ada and Grace`, `Ada, Grace and 3 others`. */
export function listNames(names: readonly string[], most = 3): string {
  const shown = names.length > most ? names.slice(0, most - 1) : names
  const rest = names.length - shown.length
  const parts = rest > 0 ? [...shown, `${rest} others`] : shown
  return parts.length < 2 ? (parts[0] ?? 'nobody') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}

const fates = {
  ringing: 'Ringing…',
  in: '',
  declined: 'Declined',
  busy: 'In another call',
  missed: 'Did not answer',
  left: 'Has hung up',
} as const satisfies Record<CallParty['state'], string>

const connections = {
  connecting: 'Connecting…',
  connected: '',
  interrupted: 'Reconnecting…',
  lost: 'No connection',
} as const satisfies Record<CallConnection, string>

/** How someone fares in a call; empty where all is well. */
export function fate(party: CallParty, connection: CallConnection | null): string {
  return party.state === 'in' ? connections[connection ?? 'connecting'] : fates[party.state]
}

const unanswered = {
  declined: 'declined the call',
  busy: 'is in another call',
  missed: 'did not answer',
} as const

/** What became of a call, in a sentence. */
export function tellEnd({ call, selfId, reason }: EndedCall): string {
  const others = call.parties.filter(({ id }) => id !== selfId)
  const talked = others.filter(({ state }) => state === 'in' || state === 'left')
  const whom = listNames((talked.length > 0 ? talked : others).map(({ name }) => name))
  if (reason === 'disconnected') return `The call with ${whom} has ended: the connection to the server was lost.`
  if (reason === 'unreachable')
    return `There is no direct connection to ${whom}. The call has ended; in a room you can talk through the server.`
  if (talked.length > 0) return `The call with ${whom} has ended.`
  return others
    .map(({ name, state }) => `${name} ${state in unanswered ? unanswered[state as keyof typeof unanswered] : 'has gone'}.`)
    .join(' ')
}
