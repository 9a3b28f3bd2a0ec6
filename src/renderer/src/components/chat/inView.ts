import type { Attachment } from 'svelte/attachments'

/** Tells when an element comes into view. */
export function inView(onseen: () => void): Attachment {
  return (element) => {
    const observer = new IntersectionObserver((changes) => {
      if (changes.some(({ isIntersecting }) => isIntersecting)) onseen()
    })
    observer.observe(element)
    return () => observer.disconnect()
  }
}
