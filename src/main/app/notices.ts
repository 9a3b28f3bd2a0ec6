import { app, Notification } from 'electron'
import type { CallParams, EventPayload } from '../../shared/bridge.ts'

type Topic = EventPayload<'notificationClicked'>['topic']

/** Notifications of the system, one for each topic at a time, and the number on the app's icon. */
export class Notices {
  readonly #clicked: (topic: Topic) => void
  /** Kept, or one that is shown would be collected and its click lost. */
  readonly #shown = new Map<Topic, Notification>()

  constructor(clicked: (topic: Topic) => void) {
    this.#clicked = clicked
  }

  show({ topic, title, body }: CallParams<'notify'>, silent: boolean): void {
    if (!Notification.isSupported()) return
    this.#shown.get(topic)?.close()
    const notification = new Notification({ title, body, silent })
    this.#shown.set(topic, notification)
    notification.on('click', () => this.#clicked(topic))
    notification.on('close', () => {
      if (this.#shown.get(topic) === notification) this.#shown.delete(topic)
    })
    notification.show()
  }

  count(unread: number): void {
    app.setBadgeCount(unread)
  }

  clear(): void {
    for (const notification of this.#shown.values()) notification.close()
    this.#shown.clear()
    this.count(0)
  }
}
