import { expect, looks, test } from '../kit/index.ts'

test('guests come with browsers, and the server counts them', async ({ launchLanyard, openGuest, addPeers }) => {
  const ada = await launchLanyard({ name: 'Ada', ...looks.red })
  const room = await ada.hostRoom('Open door')

  const lin = await openGuest(room.link, { name: 'Lin', ...looks.blue })
  await lin.join()
  await ada.expectToSee(lin)
  await lin.expectToHear(ada)

  const peers = await addPeers(2, room.link, looks.green)
  for (const peer of peers) await expect(ada.figure(peer.name)).toBeVisible()
  await lin.expectToSee(peers[0]!)
  await expect.poll(async () => (await ada.probe()).server?.people).toBe(4)
})
