import { formatJoinCode } from '../../../shared/joinCode.ts'
import type { Room } from '../../../shared/model.ts'

/** A room's join code as people read it. */
export const codeOf = ({ joinCode }: Room): string => formatJoinCode(joinCode)
