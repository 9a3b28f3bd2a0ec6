import type { Attachment } from 'svelte/attachments'

/** Tells the styles of the whole page how high an element is, for what stands elsewhere in the tree and yet must make room. */
export const heightAs =
  (property: `--${string}`): Attachment<HTMLElement> =>
  (element) => {
    const { style } = document.documentElement
    const observer = new ResizeObserver(() => style.setProperty(property, `${element.offsetHeight}px`))
    observer.observe(element)
    return () => {
      observer.disconnect()
      style.removeProperty(property)
    }
  }
