import wrtc from '@roamhq/wrtc'
import { Device } from 'mediasoup-client'

/** mediasoup-client looks for WebRTC where a browser has it. */
Object.assign(globalThis, { RTCPeerConnection: wrtc.RTCPeerConnection, MediaStream: wrtc.MediaStream })

/** mediasoup-client in Node: a real peer connection, with real ICE, DTLS, encoders and decoders. */
export const nodeDevice = () => Device.factory({ handlerName: 'Chrome111' })
