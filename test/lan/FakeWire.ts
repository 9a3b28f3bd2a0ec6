import { readMessage, writeMessage, type Message } from '../../src/main/lan/mdns/message.ts'
import type { Heard, Link, Wire } from '../../src/main/lan/mdns/wire.ts'
import { localAddresses } from '../../src/main/lan/localAddresses.ts'
import { Emitter } from '../../src/shared/emitter.ts'

/** One link, `eth0/4`, on which a test says what is heard, and when by a clock of its own. What is sent goes through the real format. */
export class FakeWire extends Emitter<{ heard: [Heard]; changed: []; woke: [] }> implements Wire {
  readonly own = localAddresses(
    {
      eth0: [
        { address: '192.168.1.5', cidr: '192.168.1.5/24', family: 'IPv4', mac: '', netmask: '', internal: false },
        { address: 'fd00::5', cidr: 'fd00::5/64', family: 'IPv6', mac: '', netmask: '', internal: false, scopeid: 0 },
      ],
    },
    'linux',
    () => 'physical',
  )
  readonly link: Link = { id: 'eth0/4', addresses: this.own, asksOnly: false }
  links: Link[] = [this.link]
  /** What was sent to all, and when; what was replied to one. */
  readonly sent: { at: number; message: Message }[] = []
  readonly replied: Message[] = []

  async send(message: Message): Promise<void> {
    this.sent.push({ at: performance.now(), message: readMessage(writeMessage(message))! })
  }

  async reply(message: Message): Promise<void> {
    this.replied.push(readMessage(writeMessage(message))!)
  }

  /** Bytes from that sender. Gives whether they were a message. */
  hearBytes(bytes: Buffer, source = '192.168.1.9', port = 5353): boolean {
    const message = readMessage(bytes)
    if (message) this.emit('heard', { message, source, port, link: this.link })
    return message !== null
  }

  hear(message: Partial<Message>, source?: string, port?: number): void {
    this.hearBytes(writeMessage({ id: 0, isResponse: false, questions: [], records: [], ...message }), source, port)
  }

  /** The links are others now. */
  change(links: Link[]): void {
    this.links = links
    this.emit('changed')
  }

  /** The machine has slept. */
  wake(): void {
    this.emit('woke')
  }

  close(): void {}
}
