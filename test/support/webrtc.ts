import wrtc from '@roamhq/wrtc'
import { Device } from 'mediasoup-client'

/** As browsers have it: a description that is not given is made, for whatever is due (https://www.w3.org/TR/webrtc/#dom-peerconnection-setlocaldescription). */
class Connection extends wrtc.RTCPeerConnection {
  override async setLocalDescription(description?: RTCLocalSessionDescriptionInit): Promise<void> {
    const answers = this.signalingState === 'have-remote-offer'
    const made = description?.type ? description : await (answers ? this.createAnswer() : this.createOffer())
    return super.setLocalDescription(made as RTCSessionDescriptionInit)
  }
}

/** Those who use WebRTC look for it where a browser has it. */
Object.assign(globalThis, { RTCPeerConnection: Connection, MediaStream: wrtc.MediaStream })

/** mediasoup-client in Node: a real peer connection, with real ICE, DTLS, encoders and decoders. */
export const nodeDevice = () => Device.factory({ handlerName: 'Chrome111' })
