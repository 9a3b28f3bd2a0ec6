import type { RoomUsage } from './model.ts'

/** How a room was used, for spreadsheets: RFC 4180, with a line of names. */
export function usageAsCsv({ days }: RoomUsage): string {
  const lines = days.map(({ day, people, sessions, meanSeconds }) => [day, people, sessions, meanSeconds ?? ''].join(','))
  return ['day,people,sessions,mean_seconds', ...lines, ''].join('\r\n')
}
