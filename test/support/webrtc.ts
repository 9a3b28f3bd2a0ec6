import wrtc from '@roamhq/wrtc'
import { Device } from 'mediasoup-client'

/**
 * What browsers do and this one does not: a description that is not given is made, and an offer that comes while one's own is open
 * takes that one back (https://www.w3.org/TR/webrtc/#dom-peerconnection-setremotedescription).
 */
class Connection extends wrtc.RTCPeerConnection {
  override async setLocalDescription(description?: RTCLocalSessionDescriptionInit): Promise<void> {
    const answers = this.signalingState === 'have-remote-offer'
    const made = description?.type ? description : await (answers ? this.createAnswer() : this.createOffer())
    return super.setLocalDescription(made)
  }

  override async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    if (description.type === 'offer' && this.signalingState === 'have-local-offer')
      await super.setLocalDescription({ type: 'rollback', sdp: '' })
    return super.setRemoteDescription(description)
  }
}

/** Those who use WebRTC look for it where a browser has it. */
Object.assign(globalThis, { RTCPeerConnection: Connection, MediaStream: wrtc.MediaStream })

/** mediasoup-client in Node: a real peer connection, with real ICE, DTLS, encoders and decoders. */
export const nodeDevice = () => Device.factory({ handlerName: 'Chrome111' })
