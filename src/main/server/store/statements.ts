import type { Database, Statement } from 'better-sqlite3'

/** Prepares each text once. There are only as many texts as there are queries in this folder, so none is ever dropped. */
export function preparing(db: Database): (sql: string) => Statement {
  const statements = new Map<string, Statement>()
  return (sql) => {
    let statement = statements.get(sql)
    if (!statement) statements.set(sql, (statement = db.prepare(sql)))
    return statement
  }
}
