/**
 * How long to wait before the next attempt, in ms: doubled with each failure up to a limit, and spread over its upper half so
 * that a crowd which failed together does not come back together.
 */
export function backOff(failures: number, { firstMs, mostMs }: { firstMs: number; mostMs: number }): number {
  const wait = Math.min(mostMs, firstMs * 2 ** Math.max(0, failures - 1))
  return wait * (0.5 + Math.random() / 2)
}
