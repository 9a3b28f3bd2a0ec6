import type Database from 'better-sqlite3'

interface Column {
  name: string
  type: 'TEXT' | 'INTEGER'
  pk: number
}

type Rows = Record<string, Record<string, unknown>[]>

/** The tables of a database and their columns, those first that others refer to. */
export function tablesOf(db: Database.Database): Map<string, Column[]> {
  const names = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .pluck()
    .all() as string[]
  const sorted: string[] = []
  const add = (name: string) => {
    if (sorted.includes(name)) return
    for (const { table } of referencesOf(db, name)) add(table)
    sorted.push(name)
  }
  names.forEach(add)
  return new Map(sorted.map((name) => [name, db.pragma(`table_info(${name})`) as Column[]]))
}

function referencesOf(db: Database.Database, table: string) {
  return db.pragma(`foreign_key_list(${table})`) as { table: string; from: string }[]
}

/** Puts rows into every table, with a value in every column that its type, its checks and its references allow. */
export function fill(db: Database.Database, rowsPerTable: number): void {
  for (const [table, columns] of tablesOf(db)) {
    const sql = db.prepare('SELECT sql FROM sqlite_schema WHERE name = ?').pluck().get(table) as string
    const references = new Map(referencesOf(db, table).map((reference) => [reference.from, reference.table]))
    const insert = db.prepare(
      `INSERT INTO ${table} (${columns.map(({ name }) => name).join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    )
    for (let i = 1; i <= rowsPerTable; i++) insert.run(columns.map((column) => valueOf(column, i)))

    function valueOf({ name, type }: Column, i: number): string | number {
      const referred = references.get(name)
      if (referred !== undefined) return `${referred}.id.${i}`
      const [, choices] = new RegExp(`CHECK \\(${name} IN \\(([^)]*)\\)\\)`).exec(sql) ?? []
      if (choices !== undefined) {
        const all = choices.split(',').map((choice) => choice.trim())
        const choice = all[i % all.length]!
        return type === 'INTEGER' ? Number(choice) : choice.slice(1, -1)
      }
      if (sql.includes(`json_valid(${name})`)) return JSON.stringify({ row: i })
      return type === 'INTEGER' ? i : `${table}.${name}.${i}`
    }
  }
}

/** All rows, of the columns that are named for each table. */
export function rowsOf(db: Database.Database, columns: ReadonlyMap<string, readonly { name: string }[]>): Rows {
  return Object.fromEntries(
    [...columns].map(([table, names]) => {
      const list = names.map(({ name }) => name).join(', ')
      return [table, db.prepare(`SELECT ${list} FROM ${table} ORDER BY ${list}`).all() as Record<string, unknown>[]]
    }),
  )
}
