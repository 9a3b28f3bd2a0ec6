import { formatJoinCode, parseJoinCode } from '../../../shared/joinCode.ts'
import type { Room } from '../../../shared/model.ts'

/** A room's join code as people read it. */
export const codeOf = ({ joinCode }: Room): string => formatJoinCode(joinCode)

/** A reference as people read it: a code with its dash and without the key of a link; a name as it is. */
export function refText(ref: string): string {
  const code = parseJoinCode(ref.replace(/\..*$/, ''))
  return code === null ? ref : formatJoinCode(code)
}
