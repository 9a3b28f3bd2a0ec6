import { rooms } from './001_rooms.ts'
import { admission } from './002_admission.ts'
import { access } from './003_access.ts'
import { history } from './004_history.ts'
import { planning } from './005_planning.ts'
import { tiers } from './006_tiers.ts'
import { users } from './007_users.ts'

/** A step of the schema, and the way back. One that has shipped is never edited: the next number is added. */
export interface Migration {
  up: string
  down: string
}

/** In order; the first makes version 1. */
export const migrations: readonly Migration[] = [rooms, admission, access, history, planning, tiers, users]
