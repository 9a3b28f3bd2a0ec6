import { parseJoinCode } from '../../../shared/joinCode.ts'
import { linkFaults, linkIn, readRoomLink, type RoomLink } from '../../../shared/roomLink.ts'

/** What was typed or pasted to get into a room. */
export type Typed =
  /** `text` is the link as it was found. */
  | { kind: 'link'; link: RoomLink; text: string }
  | { kind: 'code'; ref: string }
  /** What could be a slug or an id, which only a server knows. */
  | { kind: 'name'; ref: string }
  /** Nothing that leads anywhere; said in a sentence. */
  | { kind: 'wrong'; message: string }

export const NO_CODE = 'That is no join code. A code has six letters and digits, like ABC-123.'

/** Reads a join code, a link of any form, or an invitation with one in it. */
export function readTyped(text: string): Typed {
  const found = linkIn(text)
  if (found !== null) {
    const { link, fault } = readRoomLink(found)
    return link ? { kind: 'link', link, text: found } : { kind: 'wrong', message: linkFaults[fault] }
  }
  const code = parseJoinCode(text)
  if (code !== null) return { kind: 'code', ref: code }
  const name = text.trim()
  return /^[A-Za-z0-9_-]{1,64}$/.test(name) ? { kind: 'name', ref: name } : { kind: 'wrong', message: NO_CODE }
}
