import { createSubscriber } from 'svelte/reactivity'
import type { Emitter } from '../../../shared/emitter.ts'

/**
 * Makes what an emitter tells of reactive: whoever reads something after calling the returned function reads it again when one
 * of these events comes. It listens only as long as someone watches.
 */
export function follow<E extends { [K in keyof E]: unknown[] }>(emitter: Emitter<E>, ...events: (keyof E)[]): () => void {
  return createSubscriber((update) => {
    const offs = events.map((event) => emitter.on(event, update))
    return () => {
      for (const off of offs) off()
    }
  })
}
