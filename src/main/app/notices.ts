import { app, Notification } from 'electron'
import type { CallParams, EventPayload } from '../../shared/bridge.ts'

type Topic = EventPayload<'notificationClicked'>['topic']

/** Shows a notification. Answers with what takes it away again. */
export type Post = (
  notice: { title: string; body: string; silent: boolean },
  on: { clicked: () => void; closed: () => void },
) => () => void

/** Notifications of the system, one for each topic at a time, and the number on the app's icon. */
export class Notices {
  readonly #clicked: (topic: Topic) => void
  readonly #post: Post
  /** What takes them away, of those that are shown. */
  readonly #shown = new Map<Topic, () => void>()

  constructor(clicked: (topic: Topic) => void, post: Post = postToSystem) {
    this.#clicked = clicked
    this.#post = post
  }

  show({ topic, title, body }: CallParams<'notify'>, silent: boolean): void {
    this.#shown.get(topic)?.()
    const withdraw = this.#post(
      { title, body, silent },
      {
        clicked: () => this.#clicked(topic),
        closed: () => {
          if (this.#shown.get(topic) === withdraw) this.#shown.delete(topic)
        },
      },
    )
    this.#shown.set(topic, withdraw)
  }

  count(unread: number): void {
    app.setBadgeCount(unread)
  }

  clear(): void {
    for (const withdraw of this.#shown.values()) withdraw()
    this.#shown.clear()
    this.count(0)
  }
}

/** One that is shown is kept by what takes it away, or it would be collected and its click lost. */
const postToSystem: Post = (notice, { clicked, closed }) => {
  if (!Notification.isSupported()) return () => {}
  const notification = new Notification(notice)
  notification.on('click', clicked)
  notification.on('close', closed)
  notification.show()
  return () => notification.close()
}
