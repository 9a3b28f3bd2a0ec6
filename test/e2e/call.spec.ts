import { expect, test } from './support/fixtures.ts'

test('three people see, hear and read each other, and switches take effect on the other side', async ({ server, person }) => {
  const ada = await person('Ada', { look: 'red' })
  const grace = await person('Grace', { look: 'green' })
  const code = await ada.createRoom(server.url, 'Standup')
  expect(code).toMatch(/^[0-9A-Z]{3}-[0-9A-Z]{3}$/)
  await grace.joinByCode(server.url, code)

  await test.step('each sees the right colour and hears the right tone', async () => {
    await ada.sees(grace, 'green')
    await grace.sees(ada, 'red')
    await ada.hears(grace, 'green')
    await grace.hears(ada, 'red')
  })

  await test.step('chat goes both ways', async () => {
    await ada.toggle('Chat').click()
    await ada.say('Good morning, Grace')
    await grace.toggle('Chat').click()
    await expect(grace.messages).toContainText('Good morning, Grace')
    await grace.say('Good morning, Ada')
    await expect(ada.messages).toContainText('Good morning, Ada')
  })

  await test.step('a third person sees and hears both, and reads what was said', async () => {
    const lin = await person('Lin', { look: 'blue' })
    await lin.joinByCode(server.url, code)
    await lin.sees(ada, 'red')
    await lin.sees(grace, 'green')
    await lin.hears(ada, 'red')
    await lin.hears(grace, 'green')
    await ada.sees(lin, 'blue')
    await lin.toggle('Chat').click()
    await expect(lin.messages).toContainText('Good morning, Grace')
    await expect(lin.messages).toContainText('Good morning, Ada')
    await lin.page.getByRole('button', { name: 'Leave' }).click()
    await expect(ada.figure('Lin')).toHaveCount(0)
  })

  await test.step('a muted microphone is silence, and is heard again', async () => {
    await grace.toggle('Microphone').click()
    await expect(grace.toggle('Microphone')).toHaveAttribute('aria-pressed', 'false')
    await ada.hearsNothingOf(grace)
    await grace.toggle('Microphone').click()
    await ada.hears(grace, 'green')
  })

  await test.step('a camera that is off shows no picture, and is seen again', async () => {
    await grace.toggle('Camera').click()
    await ada.seesNoPictureOf(grace)
    await grace.toggle('Camera').click()
    await ada.sees(grace, 'green')
  })

  await test.step('who leaves is gone, and can come back', async () => {
    await grace.page.getByRole('button', { name: 'Leave' }).click()
    await expect(ada.figure('Grace')).toHaveCount(0)
    await grace.joinByCode(server.url, code)
    await ada.sees(grace, 'green')
    await grace.sees(ada, 'red')
    await grace.toggle('Chat').click()
    await expect(grace.messages).toContainText('Good morning, Ada')
  })
})

test('one without camera and microphone joins, sees, hears and chats', async ({ server, person }) => {
  const ada = await person('Ada', { look: 'red' })
  const grace = await person('Grace', { look: null })
  const code = await ada.createRoom(server.url, 'Standup')
  await grace.joinByCode(server.url, code)
  await grace.sees(ada, 'red')
  await grace.hears(ada, 'red')
  await grace.toggle('Chat').click()
  await grace.say('I can hear you')
  await ada.toggle('Chat').click()
  await expect(ada.messages).toContainText('I can hear you')
})

test('browsers that hide their addresses meet as well', async ({ server, person }) => {
  const ada = await person('Ada', { look: 'red', hideAddresses: true })
  const grace = await person('Grace', { look: 'green', hideAddresses: true })
  const code = await ada.createRoom(server.url, 'Standup')
  await grace.joinByCode(server.url, code)
  await ada.sees(grace, 'green')
  await grace.hears(ada, 'red')
})
