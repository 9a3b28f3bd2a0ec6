import type { Repeat, Weekday } from '../../state/scheduleDraft.ts'

export const weekdayNames: Record<Weekday, string> = {
  MO: 'Monday',
  TU: 'Tuesday',
  WE: 'Wednesday',
  TH: 'Thursday',
  FR: 'Friday',
  SA: 'Saturday',
  SU: 'Sunday',
}

const weeks: Record<number, string> = { 1: 'first', 2: 'second', 3: 'third', 4: 'fourth', [-1]: 'last' }

/** How often, said of a meeting that begins on that day: as `2026-03-30`, which is the `week`th such day of its month. */
export function repeatLabel(
  repeat: Repeat,
  { date, rule, start, week }: { date: string; rule: string; start: Weekday | null; week: number },
): string {
  const labels: Record<Repeat, string> = {
    once: 'Never',
    daily: 'Daily',
    weekly: 'Weekly',
    fortnightly: 'Every two weeks',
    monthlyByDate: start ? `Monthly, on day ${Number(date.slice(8))}` : 'Monthly, on that day',
    monthlyByWeekday: start ? `Monthly, ${weeks[week]} ${weekdayNames[start]}` : 'Monthly, on that weekday',
    yearly: 'Yearly',
    other: `As set elsewhere: ${rule}`,
  }
  return labels[repeat]
}

/** When the doors open before the beginning, in minutes. */
export function earlyOptions(chosen: string) {
  const minutes = [0, 5, 10, 15, 30, 60]
  if (!minutes.includes(Number(chosen))) minutes.push(Number(chosen))
  return minutes
    .sort((a, b) => a - b)
    .map((count) => ({ value: `${count}`, label: count === 0 ? 'When it begins' : `${count} minutes before` }))
}

/** All that this browser knows, and the one that is set. */
export function zoneOptions(chosen: string) {
  const known = Intl.supportedValuesOf('timeZone')
  const zones = known.includes(chosen) ? known : [chosen, ...known]
  return zones.map((value) => ({ value, label: value.replaceAll('_', ' ') }))
}
