import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { readPacket, type Packet } from './packet.ts'

/** https://www.ietf.org/archive/id/draft-gharris-opsawg-pcap-01.html: the file's header, and that of each packet. */
const fileHeader = 24
const packetHeader = 16

/** What tcpdump has heard since it listens. */
export class Capture {
  readonly #tcpdump: ChildProcess
  #bytes = Buffer.alloc(0)

  private constructor(tcpdump: ChildProcess) {
    this.#tcpdump = tcpdump
    tcpdump.stdout!.on('data', (data: Buffer) => (this.#bytes = Buffer.concat([this.#bytes, data])))
  }

  /** @param tcpdump that writes to its output; resolves when it listens */
  static async of(tcpdump: ChildProcess): Promise<Capture> {
    const capture = new Capture(tcpdump)
    const complaints: string[] = []
    for await (const line of createInterface({ input: tcpdump.stderr! })) {
      if (line.includes('listening on')) return capture
      complaints.push(line)
    }
    throw new Error(`nothing can be captured: ${complaints.join('\n')}`)
  }

  /** Ends the capture. Gives what it has, first to last. */
  async stop(): Promise<Packet[]> {
    const ended = once(this.#tcpdump, 'close')
    if (this.#tcpdump.exitCode === null && this.#tcpdump.kill('SIGINT')) await ended
    return this.packets()
  }

  /** What it has until now. */
  packets(): Packet[] {
    const packets: Packet[] = []
    for (let at = fileHeader; at + packetHeader <= this.#bytes.length;) {
      const length = this.#bytes.readUInt32LE(at + 8)
      const start = at + packetHeader
      if (start + length > this.#bytes.length) break
      packets.push(readPacket(this.#bytes.subarray(start, start + length)))
      at = start + length
    }
    return packets
  }
}
