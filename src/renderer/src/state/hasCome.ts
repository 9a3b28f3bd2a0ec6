import { createSubscriber } from 'svelte/reactivity'

/** The longest that a timer can wait, in ms: 2^31 - 1. */
const MOST_MS = 2_147_483_647

/** Whether a time (ISO 8601) has come. Whoever asks while something is drawn is asked again when it does. */
export function hasCome(at: string): boolean {
  const left = Date.parse(at) - Date.now()
  if (left <= 0) return true
  createSubscriber((update) => {
    const timer = setTimeout(update, Math.min(left, MOST_MS))
    return () => clearTimeout(timer)
  })()
  return false
}
