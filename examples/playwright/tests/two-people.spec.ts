import { expect, looks, test } from '../kit/index.ts'

test('two people see and hear each other', async ({ launchLanyard }) => {
  const ada = await launchLanyard({ name: 'Ada', ...looks.red })
  const grace = await launchLanyard({ name: 'Grace', ...looks.green })

  const room = await ada.hostRoom('Design sync')
  await grace.joinByLink(room.link)

  await ada.expectToSee(grace)
  await ada.expectToHear(grace)
  await grace.expectToSee(ada)
  await grace.expectToHear(ada)

  await test.step('whoever is muted is not heard, and still seen', async () => {
    await ada.mute()
    await grace.expectMuted(ada)
    await grace.expectNotToHear(ada)
    await grace.expectToSee(ada)
    await ada.unmute()
    await grace.expectToHear(ada)
  })

  await test.step('the probe tells the same in numbers', async () => {
    const { app, members, own, status } = await ada.probeWindow()
    expect(status).toBe('joined')
    expect(own.microphone).toMatchObject({ wanted: true, on: true, error: null })
    expect(members.map(({ name, isSelf }) => ({ name, isSelf }))).toEqual([
      { name: 'Ada', isSelf: true },
      { name: 'Grace', isSelf: false },
    ])
    const received = members[1]?.received
    expect(received?.camera).toMatchObject({ width: 320, height: 240 })
    expect(received?.camera?.framesDecoded).toBeGreaterThan(10)
    expect(received?.camera?.firstFrameMs).toBeLessThan(10_000)
    expect(received?.microphone?.energy).toBeGreaterThan(0)
    // One room, two people; each consumes the other's voice and picture.
    expect(app.server).toMatchObject({ rooms: 1, people: 2, producers: 4, consumers: 4 })
  })

  await test.step('they write to each other', async () => {
    await grace.say('Hello')
    await ada.toggle('Chat').click()
    await expect(ada.messages).toContainText('Hello')
  })

  await grace.leave()
  await expect(ada.figure('Grace')).toBeHidden()
})
