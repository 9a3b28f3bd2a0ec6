import type { Attachment } from 'svelte/attachments'

/** Shows a track in a `video`, or sounds it in an `audio`, for as long as the element is there. */
export function play(track: MediaStreamTrack, onrefused?: (element: HTMLMediaElement) => void): Attachment<HTMLMediaElement> {
  return (element) => {
    element.srcObject = new MediaStream([track])
    element.play().catch((error: unknown) => {
      // Browsers refuse sound until someone has touched the page. Any other end of `play` comes from taking the track away.
      if (error instanceof DOMException && error.name === 'NotAllowedError') onrefused?.(element)
    })
    return () => {
      element.srcObject = null
    }
  }
}
