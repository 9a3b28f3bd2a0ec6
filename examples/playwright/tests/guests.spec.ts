import { expect, looks, test } from '../kit/index.ts'

test('guests come with browsers, and the server counts them', async ({ launchLanyard, addPeers }) => {
  const ada = await launchLanyard({ name: 'Ada', ...looks.red })
  const room = await ada.hostRoom('Open door')

  const [lin, max] = await addPeers(2, room.link, { name: 'Guest', ...looks.blue })
  await ada.expectToSee(lin!)
  await ada.expectToHear(max!)
  await lin!.expectToSee(max!)
  await max!.expectToHear(ada)
  // Each of the three sends a voice and a picture, and receives those of the two others.
  await expect.poll(async () => (await ada.probe()).server).toMatchObject({ people: 3, producers: 6, consumers: 12 })
})
