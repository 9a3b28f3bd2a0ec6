/** Days in a time zone, by the rules that Intl knows (IANA's, with daylight saving). */

/** Whether a time zone is known, as `Europe/Berlin` or `UTC`. */
export function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

/** The day of a time in a zone, as `2026-03-29`. */
export function dayIn(zone: string, at: Date): string {
  const { year, month, day } = partsIn(zone, at)
  return [String(year).padStart(4, '0'), pad(month), pad(day)].join('-')
}

/** When a day begins in a zone. A zone that skips midnight begins its day later. */
export function startOfDay(zone: string, day: string): Date {
  return zonedTime(zone, `${day}T00:00:00`)
}

/** The day after, or, with a negative number, one before. */
export function addDays(day: string, count: number): string {
  const at = new Date(`${day}T12:00:00Z`)
  at.setUTCDate(at.getUTCDate() + count)
  return at.toISOString().slice(0, 10)
}

/**
 * The time at which clocks in a zone show this, as `2026-03-29T09:00:00`. Of an hour that comes twice it is the first, and a time that is
 * skipped counts from before the change, as RFC 5545 (3.3.5) has it.
 */
export function zonedTime(zone: string, local: string): Date {
  const wanted = Date.parse(`${local}Z`)
  // The offsets before and after a change of clocks, which are half a day apart at the most.
  const offsets = [wanted - 86_400_000, wanted + 86_400_000].map((at) => offsetAt(zone, at))
  const times = offsets.map((offset) => wanted - offset)
  const shown = times.filter((at) => at + offsetAt(zone, at) === wanted)
  return new Date(shown.length > 0 ? Math.min(...shown) : times[0]!)
}

/** What clocks in a zone show at a time, as `2026-03-29T09:00:00`. */
export function clockIn(zone: string, at: Date): string {
  return new Date(at.getTime() + offsetAt(zone, at.getTime())).toISOString().slice(0, 19)
}

/** Milliseconds that clocks in a zone are ahead of UTC. */
function offsetAt(zone: string, at: number): number {
  const whole = Math.floor(at / 1_000) * 1_000
  const { year, month, day, hour, minute, second } = partsIn(zone, new Date(whole))
  return Date.UTC(year, month - 1, day, hour, minute, second) - whole
}

const formats = new Map<string, Intl.DateTimeFormat>()

function partsIn(zone: string, at: Date) {
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en', {
      timeZone: zone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formats.set(zone, format)
  }
  const found = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = found
  return { year, month, day, hour, minute, second }
}

const pad = (value: number) => String(value).padStart(2, '0')
