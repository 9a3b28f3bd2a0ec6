const DAY_MS = 86_400_000

/** `Today`, `Yesterday`, `Tomorrow`, or the date; with its year where that is another one. */
export function dayLabel(date: Date, now: Date): string {
  const days = Math.round((midnight(now) - midnight(date)) / DAY_MS)
  if (days === 0) return 'Today'
  if (days === 1) return 'Yesterday'
  if (days === -1) return 'Tomorrow'
  const year = date.getFullYear() === now.getFullYear() ? {} : ({ year: 'numeric' } as const)
  return date.toLocaleDateString('en', { weekday: 'long', day: 'numeric', month: 'long', ...year })
}

/** Hours and minutes, as this person's system writes them. */
export function timeLabel(date: Date, locale?: string): string {
  return date.toLocaleTimeString(locale, { hour: 'numeric', minute: '2-digit' })
}

/** When a room opens, as `opens tomorrow at 8:50`; with the time there where the room's clocks show another one. */
export function openingLabel(at: Date, timeZone: string | undefined, now: Date): string {
  const day = dayLabel(at, now)
  const here = `opens ${day === 'Today' || day === 'Tomorrow' ? day.toLowerCase() : `on ${day}`} at ${timeLabel(at)}`
  const clock = (zone?: string) =>
    at.toLocaleString('en', {
      ...(zone !== undefined && { timeZone: zone }),
      weekday: 'short',
      hour: 'numeric',
      minute: '2-digit',
    })
  const isSame = timeZone === undefined || clock(timeZone) === clock()
  return isSame ? here : `${here} (${clock(timeZone)} in ${timeZone.replaceAll('_', ' ')})`
}

const midnight = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
