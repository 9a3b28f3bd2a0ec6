import type { Attachment } from 'svelte/attachments'

/** Whether a screen has been shown; the page's first one begins where the browser begins. */
let hasBegun = false

/** Begins a screen that follows another one at its heading, so that a screen reader says where one is, and Tab goes on from there. */
export const beginHere: Attachment<HTMLElement> = (element) => {
  element.tabIndex = -1
  if (hasBegun) element.focus({ preventScroll: true })
  hasBegun = true
}

/** When the element goes and takes the focus along, the focus returns to where it was before. */
export const returnFocus: Attachment = (element) => {
  const before = document.activeElement
  return () => {
    if (element.contains(document.activeElement) && before instanceof HTMLElement) before.focus()
  }
}
