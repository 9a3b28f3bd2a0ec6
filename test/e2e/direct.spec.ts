import type { Page } from '@playwright/test'
import type { Payload } from '../../src/shared/protocol.ts'
import { lookOfPicture } from '../support/looks.ts'
import { expect, test } from './support/fixtures.ts'
import { outsider } from './support/outsider.ts'

/** A page whose calls are its own: it has a camera and a connection of the browser's, and what it wants told goes by the server's relay. */
async function caller(page: Page, url: string) {
  const other = await outsider(url)
  const { request } = other
  await page.goto(url)
  await page.exposeFunction('tell', (to: string, payload: unknown) => request('relay', { to, payload }))
  await page.evaluate(async () => {
    const { tell } = window as unknown as { tell: (to: string, payload: unknown) => Promise<void> }
    document.body.replaceChildren(Object.assign(document.createElement('video'), { autoplay: true, muted: true }))
    const camera = await navigator.mediaDevices.getUserMedia({ video: true })
    const connection = new RTCPeerConnection()
    for (const track of camera.getTracks()) connection.addTrack(track, camera)
    connection.ontrack = ({ streams: [stream] }) => (document.querySelector('video')!.srcObject = stream ?? null)
    let other = ''
    connection.onicecandidate = ({ candidate }) => {
      if (candidate) void tell(other, { candidate: candidate.toJSON() })
    }
    const page = {
      async call(to: string) {
        other = to
        await connection.setLocalDescription()
        await tell(other, { description: connection.localDescription?.toJSON() as unknown })
      },
      async hear(
        from: string,
        { description, candidate }: { description?: RTCSessionDescriptionInit; candidate?: RTCIceCandidateInit },
      ) {
        other = from
        if (candidate) return connection.addIceCandidate(candidate)
        if (!description) return
        await connection.setRemoteDescription(description)
        if (description.type !== 'offer') return
        await connection.setLocalDescription()
        await tell(other, { description: connection.localDescription?.toJSON() as unknown })
      },
    }
    Object.assign(window, { page })
  })
  other.on('relay', ({ from, payload }) => {
    void page.evaluate(
      ([from, payload]) =>
        (window as unknown as { page: { hear(from: string, payload: unknown): Promise<void> } }).page.hear(from, payload),
      [from, payload] as const,
    )
  })
  return {
    request,
    ringing: () => new Promise<Payload<'ringing'>>((resolve) => other.on('ringing', resolve)),
    call: (to: string) =>
      page.evaluate((to) => (window as unknown as { page: { call(to: string): Promise<void> } }).page.call(to), to),
    close: () => other.close(),
  }
}

test('F31: two browsers ring each other in a room, and see each other directly, without the server in between', async ({
  server,
  person,
}) => {
  const [red, blue] = [await person('Ada', { look: 'red' }), await person('Grace', { look: 'blue' })]
  const ada = await caller(red.page, server.url)
  const grace = await caller(blue.page, server.url)
  const { room } = await ada.request('createRoom', { name: 'Direct', topology: 'mesh' })
  await ada.request('joinRoom', { roomId: room.id, name: 'Ada' })
  const joined = await grace.request('joinRoom', { roomId: room.id, name: 'Grace' })
  if (joined.status !== 'joined') throw new Error('Grace has no seat')
  const ringing = grace.ringing()
  await ada.request('ring', { to: [joined.self.peerId] })
  const { call } = await ringing
  await grace.request('answerRing', { callId: call.callId, accept: true })
  await ada.call(joined.self.peerId)
  await expect.poll(() => lookOfPicture(red.page.locator('video'))).toBe('blue')
  await expect.poll(() => lookOfPicture(blue.page.locator('video'))).toBe('red')
  ada.close()
  grace.close()
})
