import { formatJoinCode, parseJoinCode } from '../../../shared/joinCode.ts'
import { keyedCode } from '../../../shared/linkKey.ts'
import type { Room } from '../../../shared/model.ts'

/** A room's join code as people read it. */
export const codeOf = ({ joinCode }: Room): string => formatJoinCode(joinCode)

/** A room as its links name it, and requests take it. */
export const keyedRef = ({ joinCode, linkKey }: Room): string => keyedCode(joinCode, linkKey)

/** A reference as people read it: a code with its dash and without the key of a link; a name as it is. */
export function refText(ref: string): string {
  const code = parseJoinCode(ref.replace(/\..*$/, ''))
  return code === null ? ref : formatJoinCode(code)
}
