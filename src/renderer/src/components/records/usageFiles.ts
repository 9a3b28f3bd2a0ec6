import type { RoomUsage } from '../../../../shared/model.ts'

/** For spreadsheets, as the server's REST answers it: RFC 4180, with a line of names. */
export function usageAsCsv({ days }: RoomUsage): string {
  const lines = days.map(({ day, people, sessions, meanSeconds }) => [day, people, sessions, meanSeconds ?? ''].join(','))
  return ['day,people,sessions,mean_seconds', ...lines, ''].join('\r\n')
}

/** The first and the last of so many days up to today, by the clocks of the room: `now` is what they show. */
export function lastDays(count: number, now: string): { from: string; to: string } {
  const to = now.slice(0, 10)
  return { from: new Date(Date.parse(to) - (count - 1) * 86_400_000).toISOString().slice(0, 10), to }
}
