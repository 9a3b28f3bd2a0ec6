/** What one run of a load has measured: figures by name. */
export type Sample = Record<string, number>

/** A figure, and its bar: what ours may be, as a multiple of the reference's. One without a bar explains another. */
export interface Metric {
  figure: string
  /** In words, with the unit. */
  about: string
  bar?: { most: number } | { least: number }
}

/** One run of one side. Throws where anything was lost. */
export type Measure = () => Promise<Sample>

/** One size of a row. */
export interface Case {
  name: string
  ours: Measure
  reference: Measure
  metrics: Metric[]
}

/** A row of the table of bars. */
export interface Row {
  id: string
  about: string
  reference: string
  cases(quick: boolean): Case[]
}
