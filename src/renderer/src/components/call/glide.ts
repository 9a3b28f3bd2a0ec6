import type { Attachment } from 'svelte/attachments'
import type { Rect } from './layout.ts'

const GLIDE_MS = 200

/**
 * Lets an element glide to its new place (FLIP: it is there at once, and a transform brings it from where it was). While the
 * area itself changes its size, everything just follows.
 */
export function makeGlide(): (rect: Rect, area: { width: number; height: number }) => Attachment<HTMLElement> {
  let before: { rect: Rect; width: number; height: number } | null = null
  return (rect, { width, height }) =>
    (element) => {
      const last = before
      before = { rect, width, height }
      const isResizing = last?.width !== width || last.height !== height
      if (isResizing || isSame(last.rect, rect)) return
      if (matchMedia('(prefers-reduced-motion: reduce)').matches) return
      const { rect: from } = last
      element.animate(
        {
          transformOrigin: ['0 0', '0 0'],
          transform: [
            `translate(${from.left - rect.left}px, ${from.top - rect.top}px) scale(${from.width / rect.width}, ${from.height / rect.height})`,
            'none',
          ],
        },
        { duration: GLIDE_MS, easing: 'ease-out' },
      )
    }
}

const isSame = (a: Rect, b: Rect) => a.left === b.left && a.top === b.top && a.width === b.width && a.height === b.height
