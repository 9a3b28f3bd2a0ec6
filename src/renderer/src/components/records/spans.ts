/** How long something took, in seconds, as people say it. */
export function spanLabel(seconds: number): string {
  const minutes = Math.round(seconds / 60)
  if (minutes === 0) return 'under a minute'
  if (minutes < 60) return `${minutes} min`
  const rest = minutes % 60
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`
}
