import { CompiledQuery, type Compilable, type Kysely } from 'kysely'
import type { Tables } from './tables.ts'

/**
 * A query of a hot path, which Kysely builds and compiles only once: with the names of its values in their places. From then on it
 * is the same text with other values. All values come in by `values`; what is constant must be literal SQL.
 */
export function compiledOnce<Values extends object, Row>(
  build: (query: Kysely<Tables>, values: Values) => Compilable<Row>,
): (query: Kysely<Tables>, values: Values) => Compilable<Row> {
  const compiled = new WeakMap<Kysely<Tables>, { text: string; names: readonly (keyof Values)[] }>()
  return (query, values) => {
    let known = compiled.get(query)
    if (!known) {
      const names = Object.fromEntries(Object.keys(values).map((name) => [name, name])) as Values
      const { sql, parameters } = build(query, names).compile()
      compiled.set(query, (known = { text: sql, names: parameters as (keyof Values)[] }))
    }
    const { text, names } = known
    return {
      compile: () =>
        CompiledQuery.raw(
          text,
          names.map((name) => values[name]),
        ),
    }
  }
}
