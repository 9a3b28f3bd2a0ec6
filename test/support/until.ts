/** Anything that says when it has changed. */
interface Changing {
  on(event: 'changed', listener: () => void): () => void
}

/** Resolves with what `look` finds, now or after the change that brings it; the test's own time limit is the limit. */
export function until<T>(changing: Changing, look: () => T | null | undefined | false): Promise<T> {
  return new Promise((resolve) => {
    const check = () => {
      const found = look()
      if (found === null || found === undefined || found === false) return
      off()
      resolve(found)
    }
    const off = changing.on('changed', check)
    check()
  })
}
