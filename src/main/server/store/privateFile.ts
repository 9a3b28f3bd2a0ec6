import { closeSync, openSync } from 'node:fs'

/**
 * Makes an empty file for this user alone, where there is none: SQLite takes that for a new database, would itself make one that everyone
 * may read, and gives a database's log the mode of the database. A file that is there is not even opened: closing it would let go of the
 * locks that this process has on it (https://sqlite.org/howtocorrupt.html, 2.2).
 */
export function makePrivateFile(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600))
  } catch {
    // It is there; or it cannot be made, and SQLite says why.
  }
}
