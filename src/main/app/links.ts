import { readRoomLink, type RoomLink } from '../../shared/roomLink.ts'

export const SCHEME = 'lanyard'

/** Reads what the system hands over to be opened. Null for anything but a link of the app: what is not understood does nothing. */
export function readAppLink(text: string): RoomLink | null {
  return text.startsWith(`${SCHEME}:`) ? readRoomLink(text).link : null
}

/** The last link among the arguments of a start. */
export function linkAmong(argv: readonly string[]): RoomLink | null {
  return argv.map((argument) => readAppLink(argument)).findLast((link) => link !== null) ?? null
}
