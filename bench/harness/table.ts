import type { Outcome } from './compare.ts'
import type { Metric, Row } from './Row.ts'

const HEAD = [
  '| Row | Case | Measured | Lanyard | Reference | Ratio (95 %) | Bar | Control | |',
  '|---|---|---|--:|--:|--:|--:|--:|---|',
]

/** One case's outcomes. */
export interface Result {
  row: Row
  name: string
  outcomes: Outcome[]
}

/** The results in Markdown. */
export function table(results: readonly Result[]): string {
  const lines = results.flatMap(({ row, name, outcomes }) => outcomes.map((outcome) => line([row.id, name, ...cells(outcome)])))
  return `${[...HEAD, ...lines].join('\n')}\n`
}

function cells({ metric, ours, reference, ratio, interval, control, verdict }: Outcome): string[] {
  return [
    metric.about,
    figure(ours),
    figure(reference),
    `${ratio.toFixed(2)} (${interval.low.toFixed(2)}–${interval.high.toFixed(2)})`,
    barOf(metric),
    control.toFixed(2),
    verdict,
  ]
}

function barOf({ bar }: Metric): string {
  if (!bar) return 'none'
  return 'most' in bar ? `≤ ${bar.most}` : `≥ ${bar.least}`
}

const line = (texts: string[]) => `| ${texts.join(' | ')} |`
const figure = (value: number) => value.toLocaleString('en', { maximumSignificantDigits: 3 })
