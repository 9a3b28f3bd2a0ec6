/**
 * Lets this program's clock show a time that is so many milliseconds ahead of the machine's, or behind it where the number is negative.
 * It goes on as fast as before; timers, `performance` and whatever does not ask `Date` are not concerned.
 */
export function shiftClock(ms: number): void {
  const real = Date
  const now = () => real.now() + ms
  globalThis.Date = new Proxy(real, {
    construct: (target, given: unknown[], made) => Reflect.construct(target, given.length === 0 ? [now()] : given, made) as Date,
    apply: () => new real(now()).toString(),
    get: (target, key) => (key === 'now' ? now : (Reflect.get(target, key) as unknown)),
  })
}
