import { AppError } from '../../../shared/errors.ts'

/** Where a page has ended that goes back in time: at a time, and, of those of one time, at an id. */
export interface Cursor {
  at: string
  id: string
}

export const cursorOf = ({ at, id }: Cursor) => `${at}~${id}`

/** Null for the first page. Throws `badRequest` for what was not given out here. */
export function parseCursor(text: string | null | undefined): Cursor | null {
  if (text === null || text === undefined) return null
  const [, at, id] = /^([0-9TZ:.-]+)~([A-Za-z0-9_-]+)$/.exec(text) ?? []
  if (at === undefined || id === undefined)
    throw new AppError('badRequest', 'This list cannot be continued; ask for it anew', { details: { path: 'cursor' } })
  return { at, id }
}
