/** Whether a time zone is known by this name, as `Europe/Berlin` or `UTC` (IANA). */
export function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
