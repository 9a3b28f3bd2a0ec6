/** The first and the last of so many days up to today, by the clocks of the room: `now` is what they show. */
export function lastDays(count: number, now: string): { from: string; to: string } {
  const to = now.slice(0, 10)
  return { from: new Date(Date.parse(to) - (count - 1) * 86_400_000).toISOString().slice(0, 10), to }
}
