import type { Attachment } from 'svelte/attachments'

/** Begins a new screen at its heading, so that a screen reader says where one is. */
export const beginHere: Attachment<HTMLElement> = (element) => {
  element.tabIndex = -1
  element.focus({ preventScroll: true })
}

/** When the element goes and takes the focus along, the focus returns to where it was before. */
export const returnFocus: Attachment = (element) => {
  const before = document.activeElement
  return () => {
    if (element.contains(document.activeElement) && before instanceof HTMLElement) before.focus()
  }
}
