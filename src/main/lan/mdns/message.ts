/** What goes over the wire in Multicast DNS (RFC 6762), as far as service discovery (RFC 6763) needs it. */
import { AUTHORITATIVE_ANSWER, decode, encode, type Answer } from 'dns-packet'
import { z } from 'zod'

/** RFC 6762, section 17: no message is longer, jumbo frames included. In bytes. */
const longest = 9_000
/** Questions and records that are looked at. More than in a packet of 1,500 bytes there is room for, at 16 bytes each. */
const mostEntries = 96
/** The bits of a header that say an operation and a result. What has any set is to be ignored (sections 18.3 and 18.11). */
const operationAndResult = 0b0111_1000_0000_1111

const Name = z.string().min(1).max(255)
/** In seconds. RFC 2181, section 8: 31 bits. */
const Ttl = z.number().int().min(0).max(0x7fff_ffff)

const Question = z.object({ name: Name, type: z.string() })
export type Question = z.infer<typeof Question>

export const Record = z.discriminatedUnion('type', [
  z.object({ type: z.literal('PTR'), name: Name, ttl: Ttl, data: Name }),
  z.object({
    type: z.literal('SRV'),
    name: Name,
    ttl: Ttl,
    data: z.object({ port: z.number().int().min(1).max(65_535), target: Name }),
  }),
  z.object({ type: z.literal('TXT'), name: Name, ttl: Ttl, data: z.array(z.instanceof(Buffer)).max(32) }),
  z.object({ type: z.literal('A'), name: Name, ttl: Ttl, data: z.ipv4() }),
  z.object({ type: z.literal('AAAA'), name: Name, ttl: Ttl, data: z.ipv6() }),
])
export type Record = z.infer<typeof Record>
const ourTypes: ReadonlySet<string> = new Set(Record.options.map((option) => option.shape.type.value))

export interface Message {
  /** Zero, but in what asks for an answer to itself alone (section 6.7). */
  id: number
  isResponse: boolean
  questions: Question[]
  /** Of a response what it tells, its additional records too; of a query what the asker knows already. */
  records: Record[]
}

/** One that was received, and how many of its records were not what they claim to be. */
export interface ReadMessage extends Message {
  malformed: number
}

/** Reads what came from the network, from whomever: the first entries of it. Null where it is no message of Multicast DNS. */
export function readMessage(bytes: Buffer): ReadMessage | null {
  if (bytes.length > longest) return null
  const packet = decoded(bytes)
  if (!packet || ((packet.flags ?? 0) & operationAndResult) !== 0) return null
  const isResponse = packet.type === 'response'
  // What decides who keeps a name while it is probed for stands among the authorities, and asks nothing of us.
  const answers = isResponse ? [...(packet.answers ?? []), ...(packet.additionals ?? [])] : (packet.answers ?? [])
  const concerning = answers.filter(({ type }) => ourTypes.has(type))
  const records = concerning.flatMap((answer) => Record.safeParse(answer).data ?? [])
  const questions = (packet.questions ?? []).flatMap((question) => Question.safeParse(question).data ?? [])
  return { id: packet.id ?? 0, isResponse, questions, records, malformed: concerning.length - records.length }
}

export function writeMessage(message: Message): Buffer {
  // All but PTR records are one server's alone: caches forget what they had before (section 10.2). A repeated question means that the
  // message goes to one that does not know that bit (section 6.7).
  const flush = message.isResponse && message.questions.length === 0
  const answers = message.records.map((record): Answer => ({ ...record, class: 'IN', flush: flush && record.type !== 'PTR' }))
  return encode({
    type: message.isResponse ? 'response' : 'query',
    id: message.id,
    flags: message.isResponse ? AUTHORITATIVE_ANSWER : 0,
    questions: message.questions.map(({ name, type }) => ({ name, type: type as Answer['type'], class: 'IN' })),
    answers,
  })
}

/** The library says by exceptions that bytes are no packet. */
function decoded(bytes: Buffer) {
  try {
    return decode(shortened(bytes))
  } catch {
    return null
  }
}

/** The same with lower counts in its header (RFC 1035, section 4.1.1), where they are high: what comes after as many is not read. */
function shortened(bytes: Buffer): Buffer {
  const short = Buffer.from(bytes)
  let left = mostEntries
  for (const offset of [4, 6, 8, 10]) {
    const count = Math.min(short.readUInt16BE(offset), left)
    short.writeUInt16BE(count, offset)
    left -= count
  }
  return short
}
