/**
 * Starts `act` so many times at a fixed rate, whether the ones before have been answered or not, and resolves with what it
 * returned when the last one has been started. `act` is told when it was due, of `performance.now()`: measured from there, a
 * server that stalls cannot hide it by making its load wait (coordinated omission).
 */
export async function openLoop<T>(
  times: number,
  perSecond: number,
  act: (dueAt: number, index: number) => Promise<T>,
): Promise<Promise<T>[]> {
  const started: Promise<T>[] = []
  const from = performance.now()
  while (started.length < times) {
    const dueAt = from + (started.length * 1_000) / perSecond
    const wait = dueAt - performance.now()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    else started.push(act(dueAt, started.length))
  }
  return started
}
