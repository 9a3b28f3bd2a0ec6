/** Sound and pictures, by way of the server. */
import { z } from 'zod'
import { DtlsParameters, IceCandidates, IceParameters, Id, RtpCapabilities, RtpParameters, Source } from '../model.ts'
import { Empty, type RequestShape } from './parts.ts'

const Consumer = z.object({
  consumerId: Id,
  producerId: Id,
  kind: z.enum(['audio', 'video']),
  rtpParameters: RtpParameters,
})

export const media = {
  createTransport: {
    about: 'Makes one’s WebRTC transport for sending or receiving; an earlier one of that direction is closed.',
    params: z.object({
      direction: z.enum(['send', 'receive']),
      rtpCapabilities: RtpCapabilities.optional().describe('what this client can receive; needed to consume'),
    }),
    value: z.object({
      transportId: Id,
      iceParameters: IceParameters,
      iceCandidates: IceCandidates,
      dtlsParameters: DtlsParameters,
    }),
    errors: ['notInRoom', 'mediaUnavailable'],
  },
  connectTransport: {
    about: 'Gives a transport the client’s DTLS parameters.',
    params: z.object({ transportId: Id, dtlsParameters: DtlsParameters }),
    value: Empty,
    errors: ['notInRoom', 'transportNotFound'],
  },
  restartIce: {
    about: 'New ICE parameters for a transport whose path has changed.',
    params: z.object({ transportId: Id }),
    value: z.object({ iceParameters: IceParameters }),
    errors: ['notInRoom', 'transportNotFound'],
  },
  produce: {
    about: 'Starts sending one source. The others learn of it by `peerChanged`.',
    params: z.object({
      transportId: Id,
      source: Source,
      kind: z.enum(['audio', 'video']),
      rtpParameters: RtpParameters,
      paused: z.boolean().optional(),
    }),
    value: z.object({ producerId: Id }),
    errors: ['notInRoom', 'forbidden', 'transportNotFound', 'alreadyProducing', 'mediaUnavailable'],
  },
  pauseProducer: {
    about: 'Stops forwarding a source.',
    params: z.object({ producerId: Id }),
    value: Empty,
    errors: ['notInRoom', 'producerNotFound'],
  },
  resumeProducer: {
    about: 'Forwards a source again.',
    params: z.object({ producerId: Id }),
    value: Empty,
    errors: ['notInRoom', 'forbidden', 'producerNotFound'],
  },
  closeProducer: {
    about: 'Ends a source.',
    params: z.object({ producerId: Id }),
    value: Empty,
    errors: ['notInRoom', 'producerNotFound'],
  },
  consume: {
    about:
      'Asks for another peer’s producer. The consumer starts paused: `resumeConsumer` when ready, or the first key frame is lost.',
    params: z.object({ producerId: Id }),
    value: Consumer,
    errors: ['notInRoom', 'forbidden', 'transportNotFound', 'producerNotFound', 'cannotConsume', 'mediaUnavailable'],
  },
  pauseConsumer: {
    about: 'Stops receiving for a while.',
    params: z.object({ consumerId: Id }),
    value: Empty,
    errors: ['notInRoom', 'consumerNotFound'],
  },
  resumeConsumer: {
    about: 'Receives (again); video begins with a key frame.',
    params: z.object({ consumerId: Id }),
    value: Empty,
    errors: ['notInRoom', 'consumerNotFound'],
  },
  closeConsumer: {
    about: 'Ends receiving.',
    params: z.object({ consumerId: Id }),
    value: Empty,
    errors: ['notInRoom', 'consumerNotFound'],
  },
} as const satisfies Record<string, RequestShape>
