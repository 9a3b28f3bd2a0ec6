import { seededRandom } from '../../test/support/random.ts'

/** The value below which that share (0 to 1) of the samples lies, by the nearest rank. Throws where there are none. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
  if (value === undefined) throw new RangeError('a quantile of nothing')
  return value
}

/** The middle one, or the mean of the middle two. Throws where there are none. */
export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b)
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  if (low === undefined || high === undefined) throw new RangeError('a median of nothing')
  return (low + high) / 2
}

export interface Interval {
  low: number
  high: number
}

const RESAMPLES = 10_000

/** The 95 % interval of the median by the percentile bootstrap (Efron, 1979). The same seed gives the same interval. */
export function bootstrap(samples: readonly number[], seed: number): Interval {
  const random = seededRandom(seed)
  const draw = () => samples[Math.floor(random() * samples.length)]!
  const medians = Array.from({ length: RESAMPLES }, () => median(samples.map(draw)))
  return { low: quantile(medians, 0.025), high: quantile(medians, 0.975) }
}
