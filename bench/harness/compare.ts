import type { Case, Metric, Sample } from './Row.ts'
import { bootstrap, median, type Interval } from './statistics.ts'

/** A control that is off by more than this says that the machine was too restless to tell. */
const CONTROL_TOLERANCE = 0.05
const SEED = 20_261_121

/** Ours, the reference, and the reference once more as the control, run one after the other. */
export type Round = Record<'ours' | 'reference' | 'control', Sample>

export interface Outcome {
  metric: Metric
  ours: number
  reference: number
  /** The median of the rounds' own ratios of ours to the reference, with its 95 % interval. */
  ratio: number
  interval: Interval
  /** The same ratio of the control to the reference: 1 on a quiet machine. */
  control: number
  verdict: 'reached' | 'missed' | 'shown' | 'void'
}

/**
 * Runs the rounds. Their order turns around each time, with the reference in the middle, so that whatever drifts on the machine
 * touches ours and the control alike.
 */
export async function compare(subject: Case, pairs: number, progress: (done: number) => void): Promise<Round[]> {
  const rounds: Round[] = []
  for (let i = 0; i < pairs; i += 1) {
    const order = ['ours', 'reference', 'control'] as const
    const samples: Partial<Round> = {}
    for (const side of i % 2 === 0 ? order : order.toReversed())
      samples[side] = await (side === 'ours' ? subject.ours() : subject.reference())
    rounds.push(samples as Round)
    progress(i + 1)
  }
  return rounds
}

export function judge(metric: Metric, rounds: readonly Round[]): Outcome {
  const all = (side: keyof Round) => rounds.map((round) => round[side][metric.figure]!)
  const [ours, reference, control] = [all('ours'), all('reference'), all('control')]
  const over = (samples: number[]) => samples.map((sample, i) => sample / reference[i]!)
  const ratio = median(over(ours))
  const offset = median(over(control))
  return {
    metric,
    ours: median(ours),
    reference: median(reference),
    ratio,
    interval: bootstrap(over(ours), SEED),
    control: offset,
    verdict: Math.abs(offset - 1) > CONTROL_TOLERANCE ? 'void' : verdictOf(ratio, metric.bar),
  }
}

function verdictOf(ratio: number, bar: Metric['bar']): Outcome['verdict'] {
  if (!bar) return 'shown'
  return ('most' in bar ? ratio <= bar.most : ratio >= bar.least) ? 'reached' : 'missed'
}
