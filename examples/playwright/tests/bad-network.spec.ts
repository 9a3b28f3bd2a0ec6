import { expect, looks, test } from '../kit/index.ts'

test('a network that loses and delays is borne, and a cable that was pulled is noticed and found again', async ({
  launchLanyard,
  openGuest,
}) => {
  const ada = await launchLanyard({ name: 'Ada', ...looks.red })
  const room = await ada.hostRoom('Far away')
  const lin = await openGuest(room.link, { name: 'Lin', ...looks.blue })
  await lin.join()
  await ada.expectToSee(lin)

  await test.step('lost packets are counted, and the call goes on', async () => {
    const lost = async () => {
      const { members } = await ada.probeWindow()
      return members.find(({ isSelf }) => !isSelf)?.received.microphone?.packetsLost ?? 0
    }
    const before = await lost()
    await ada.impair({ lossPercent: 10, delayMs: 50 })
    await expect.poll(lost).toBeGreaterThan(before)
    await ada.expectToHear(lin)
    await ada.heal()
  })

  await test.step('a cut is said to whoever it concerns', async () => {
    await lin.impair({ cut: true })
    await expect(lin.page.getByText('Reconnecting')).toBeVisible()
    await expect(ada.figure('Lin')).toContainText('connection lost')
    await lin.heal()
    await expect(lin.page.getByText('Reconnecting')).toBeHidden()
    await ada.expectToSee(lin)
    await lin.expectToHear(ada)
  })
})
