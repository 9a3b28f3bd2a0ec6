import type { Member, Source } from '../../../../shared/model.ts'

/** What someone is to the room, where that is to be said. */
export const roleNames = { host: 'Host', cohost: 'Co-host', speaker: null, listener: 'Listener' } as const satisfies Record<
  Member['role'],
  string | null
>

/** What a host has stopped, as it is said of someone. */
export const stoppedNames = {
  microphone: 'Muted by a host',
  camera: 'Video stopped by a host',
  screen: 'Sharing stopped by a host',
} as const satisfies Record<Source, string>
