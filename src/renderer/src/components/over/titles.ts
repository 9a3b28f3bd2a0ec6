import type { ErrorCode } from '../../../../shared/errors.ts'

/** What is read first of what keeps one out. */
export const titles: Partial<Record<ErrorCode, string>> = {
  badRequest: 'That link is damaged',
  roomNotFound: 'No such room',
  roomFull: 'The room is full',
  roomClosed: 'The meeting has ended',
  roomLocked: 'The room is locked',
  notOpenYet: 'Not open yet',
  encryptionRequired: 'Encrypted only',
  banned: 'You cannot join this room',
  passwordRequired: 'The room has a password',
  rateLimited: 'Too many attempts',
  tokenRevoked: 'Your invitation was withdrawn',
  tokenExpired: 'Your invitation has run out',
  upgradeRequired: 'Time to update',
  disconnected: 'The server does not answer',
  timedOut: 'The server does not answer',
  storeUnavailable: 'The server cannot save',
  mediaUnavailable: 'No sound and picture',
  alreadyJoined: 'You are in a room already',
}
