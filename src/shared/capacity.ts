/**
 * How many people a machine can hold: what moving media costs there, what there is to pay with, and what follows. Everything here is
 * arithmetic; the costs are measured (src/main/server/capacity/).
 */
import { z } from 'zod'

/** Processor time of one packet, in µs, encryption included. */
const PacketCost = z.object({
  /** To take it in from whoever sends it. */
  in: z.number().nonnegative(),
  /** To send it on to one person. */
  out: z.number().positive(),
})

/** What moving media costs on one machine. */
export const Costs = z.object({
  video: PacketCost,
  audio: PacketCost,
  /** Memory of a media worker for each person who is connected, and for each stream that goes out, in bytes; 0 where the system does not tell. */
  personBytes: z.number().nonnegative(),
  streamBytes: z.number().nonnegative(),
})
export type Costs = z.infer<typeof Costs>

/** What there is to pay with. */
export interface Machine {
  /** Cores that a program may use at once. */
  cores: number
  memoryBytes: number
  /** Of the fastest network link, in Mbit/s in each direction; null where the system does not tell. */
  linkMbps: number | null
}

/** How people meet. Everyone sends a camera and a microphone. */
export interface Meeting {
  /** Of each camera, in kbit/s. */
  cameraKbps: number
  /** How many cameras, and how many microphones, each receives at most. */
  tiles: number
  voices: number
}

/**
 * What the windows of this version do: a camera at full size goes to everyone (`CAMERA_BITRATE` in the renderer's Outbound.ts), and so does
 * every microphone.
 */
export const ORDINARY: Meeting = { cameraKbps: 1_500, tiles: Infinity, voices: Infinity }

export const Bottleneck = z.enum(['processor', 'memory', 'network'])
export type Bottleneck = z.infer<typeof Bottleneck>

export const Capacity = z.object({
  /** How many people can be in meetings here, in the round. */
  people: z.int().nonnegative(),
  /** How many are. */
  inUse: z.int().nonnegative(),
  /** What would be short first. */
  bottleneck: Bottleneck,
  /** Whether the speed of the network is counted in. */
  knowsNetwork: z.boolean(),
  /** When the costs were measured. */
  measuredAt: z.iso.datetime(),
})
export type Capacity = z.infer<typeof Capacity>

/** After this time, in ms, the costs are measured anew: drivers, kernels and what else runs on a machine change. */
export const COSTS_LAST_MS = 30 * 24 * 3_600_000

/** libwebrtc's cameras give 30 pictures a second, in packets of 1,200 bytes at most (kVideoMtu), about 40 of which are headers. */
const PICTURES_PER_SECOND = 30
const PICTURE_BYTES_PER_PACKET = 1_160
/** Opus: a packet every 20 ms of about 32 kbit/s (libwebrtc's default for speech); while one is silent, every 400 ms (DTX). */
const SPOKEN_PACKETS_PER_SECOND = 50
const SPOKEN_BYTES = 80
const SILENT_PACKETS_PER_SECOND = 2.5
/** How many speak at once. */
const SPEAKING = 3
/** Around a payload: RTP 12 with extensions 12, SRTP's tag 16 (RFC 7714), UDP 8, IPv4 20, Ethernet with preamble and gap 38 (IEEE 802.3). */
const HEADER_BYTES = 106
/** A worker that is busier than this, as a share of its core, begins to lose packets in bursts. */
const MOST_LOAD = 0.7
/** What may be taken of memory and network: the rest is the system's, and other programs'. */
const MOST_MEMORY = 0.5
const MOST_LINK = 0.7
/** Nobody is told of more in one meeting. */
const MOST_PEOPLE = 5_000

export interface Load {
  /** Of one core: 1 is all of it. */
  processor: number
  memoryBytes: number
  /** In the direction in which there is more, in Mbit/s. */
  mbps: number
}

/** What a meeting of so many people costs. */
export function loadOf(people: number, costs: Costs, meeting: Meeting): Load {
  const others = Math.max(0, people - 1)
  const tiles = Math.min(meeting.tiles, others)
  const voices = Math.min(meeting.voices, others)
  const cameraPackets = packetsOf(meeting.cameraKbps)
  const spoken = Math.min(SPEAKING, people)
  const voicePacketsIn = spoken * SPOKEN_PACKETS_PER_SECOND + (people - spoken) * SILENT_PACKETS_PER_SECOND
  const loud = Math.min(SPEAKING, voices)
  const voicePacketsOut = loud * SPOKEN_PACKETS_PER_SECOND + (voices - loud) * SILENT_PACKETS_PER_SECOND
  const video = { in: people * cameraPackets, out: people * tiles * cameraPackets }
  const audio = { in: voicePacketsIn, out: people * voicePacketsOut }
  const micros = (packets: typeof video, cost: Costs['video']) => packets.in * cost.in + packets.out * cost.out
  const bytes = (way: 'in' | 'out') =>
    video[way] * HEADER_BYTES +
    (people * (way === 'in' ? 1 : tiles) * meeting.cameraKbps * 1_000) / 8 +
    audio[way] * (SPOKEN_BYTES + HEADER_BYTES)
  return {
    processor: (micros(video, costs.video) + micros(audio, costs.audio)) / 1e6,
    memoryBytes: people * (costs.personBytes + (tiles + voices) * costs.streamBytes),
    mbps: (Math.max(bytes('in'), bytes('out')) * 8) / 1e6,
  }
}

/** How many people can be in one meeting, exactly as the arithmetic has it, and what forbids one more. */
export function mostPeople(costs: Costs, machine: Machine, meeting = ORDINARY): { people: number; bottleneck: Bottleneck } {
  const limits: [Bottleneck, (load: Load) => boolean][] = [
    // A meeting lives in one worker, which has one core; an only core is shared with the server and the window.
    ['processor', ({ processor }) => processor <= MOST_LOAD * (machine.cores > 1 ? 1 : 0.5)],
    ['memory', ({ memoryBytes }) => memoryBytes <= MOST_MEMORY * machine.memoryBytes],
    ['network', ({ mbps }) => machine.linkMbps === null || mbps <= MOST_LINK * machine.linkMbps],
  ]
  for (let people = 1; people <= MOST_PEOPLE; people += 1) {
    const load = loadOf(people, costs, meeting)
    const refusing = limits.find(([, fits]) => !fits(load))
    if (refusing) return { people: people - 1, bottleneck: refusing[0] }
  }
  return { people: MOST_PEOPLE, bottleneck: 'processor' }
}

/** How things stand on a server. */
export interface Use {
  /** How many people are in each room that someone is in. */
  rooms: readonly number[]
  /** What the media workers use together, in cores. */
  processor: number
}

/**
 * How many people can be on a server as things stand. Several meetings have a core each, but for the one that is left to all else. Where
 * the workers do more than the arithmetic expects of the people who are here (screens, other programs on the same cores), the difference
 * is taken off; where they do less, nothing is added, because cameras that are off may be switched on.
 */
export function capacityNow(
  costs: Costs,
  machine: Machine,
  use: Use,
  meeting = ORDINARY,
): Pick<Capacity, 'people' | 'inUse' | 'bottleneck' | 'knowsNetwork'> {
  const one = mostPeople(costs, machine, meeting)
  const inUse = use.rooms.reduce((sum, people) => sum + people, 0)
  const workers = Math.max(1, Math.min(use.rooms.length, machine.cores - 1))
  const expected = use.rooms.reduce((sum, people) => sum + loadOf(people, costs, meeting).processor, 0)
  const full = loadOf(one.people, costs, meeting).processor
  const excess = full > 0 ? Math.max(0, use.processor - expected) / full : 0
  const several = one.bottleneck === 'processor' ? one.people * workers : one.people
  const people = Math.max(0, Math.floor(several - one.people * excess))
  return {
    people: Math.max(inUse, roughly(people)),
    inUse,
    bottleneck: people < several ? 'processor' : one.bottleneck,
    knowsNetwork: machine.linkMbps !== null,
  }
}

/** A number that does not feign more than is known: exact below ten, then down to the step of 5, 10 or 50. */
export function roughly(people: number): number {
  const step = people < 10 ? 1 : people < 50 ? 5 : people < 200 ? 10 : 50
  return Math.floor(people / step) * step
}

function packetsOf(cameraKbps: number): number {
  const pictureBytes = (cameraKbps * 1_000) / 8 / PICTURES_PER_SECOND
  return Math.ceil(pictureBytes / PICTURE_BYTES_PER_PACKET) * PICTURES_PER_SECOND
}
