import type { Post } from '../notices.ts'

interface Posted {
  title: string
  body: string
  clicked: () => void
}

/** Takes notifications in the system's place: nothing pops up, and a program can read and click them. */
export class NoticeBoard {
  readonly #posted: Posted[] = []

  /** All that came, the latest last. */
  get posted(): { title: string; body: string }[] {
    return this.#posted.map(({ title, body }) => ({ title, body }))
  }

  readonly post: Post = ({ title, body }, { clicked }) => {
    this.#posted.push({ title, body, clicked })
    return () => {}
  }

  /** Clicks the latest with that title. Throws where there is none. */
  click(title: string): void {
    const posted = this.#posted.findLast((one) => one.title === title)
    if (!posted) throw new Error(`There was no notification "${title}"`)
    posted.clicked()
  }
}
