import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './support/fixtures.ts'
import { outsider } from './support/outsider.ts'

test('a link prefills the join, and each way that leads nowhere says why and leads back', async ({ server, person }) => {
  const other = await outsider(server.url)
  const { room } = await other.request('createRoom', { name: 'Small room', maxPeers: 1 })
  const { page } = await person('Grace', { look: null })
  const back = page.getByRole('button', { name: 'Back to the first screen' })

  await page.goto(`${server.url}/?room=${room.joinCode}&username=Grace`)
  await expect(page.getByRole('heading', { name: 'Ready to join?' })).toBeVisible()
  await expect(page.getByRole('textbox', { name: 'Your name' })).toHaveValue('Grace')
  await expect(page.getByText('Small room')).toBeVisible()

  await test.step('full', async () => {
    await other.request('joinRoom', { roomId: room.id, name: 'Ada' })
    await page.getByRole('button', { name: 'Join now' }).click()
    await expect(page.getByRole('heading', { name: 'The room is full' })).toBeVisible()
    await other.request('leaveRoom', {})
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('button', { name: 'Join now' }).click()
    await expect(page.getByRole('region', { name: 'Call' })).toBeVisible()
    await page.getByRole('button', { name: 'Leave' }).click()
  })

  await test.step('absent', async () => {
    await page.getByRole('textbox', { name: 'Join code' }).fill('zzz-zzz')
    await page.getByRole('button', { name: 'Join' }).click()
    await expect(page.getByText('There is no room with that code')).toBeVisible()
    await expect(page.getByRole('textbox', { name: 'Join code' })).toHaveValue('zzz-zzz')
    await page.getByRole('textbox', { name: 'Join code' }).fill('not a code at all')
    await page.getByRole('button', { name: 'Join' }).click()
    await expect(page.getByText('That is no join code')).toBeVisible()
    await page.goto(`${server.url}/?room=zzzzzz`)
    await expect(page.getByRole('heading', { name: 'No such room' })).toBeVisible()
    await back.click()
  })

  await test.step('closed, with those inside told', async () => {
    const { room: open } = await other.request('createRoom', { name: 'Ends early' })
    await page.goto(`${server.url}/?room=${open.joinCode}&username=Grace`)
    await page.getByRole('button', { name: 'Join now' }).click()
    await expect(page.getByRole('region', { name: 'Call' })).toBeVisible()
    await other.request('joinRoom', { roomId: open.id, name: 'Ada' })
    await other.request('closeRoom', {})
    await expect(page.getByRole('heading', { name: 'The meeting has ended' })).toBeVisible()
    await back.click()
    await page.goto(`${server.url}/?room=${open.joinCode}&username=Grace`)
    await page.getByRole('button', { name: 'Join now' }).click()
    await expect(page.getByText('ended by its host')).toBeVisible()
  })

  await test.step('server stopped', async () => {
    await page.goto(`${server.url}/?room=${room.joinCode}&username=Grace`)
    await page.getByRole('button', { name: 'Join now' }).click()
    await expect(page.getByRole('region', { name: 'Call' })).toBeVisible()
    other.close()
    await server.stop('SIGTERM')
    await expect(page.getByRole('heading', { name: 'The server was stopped' })).toBeVisible()
  })
})

test('the first screen shows the rooms of the server and who is in them, as it changes', async ({ server, person }) => {
  const other = await outsider(server.url)
  const { page } = await person('Grace', { look: null })
  await page.goto(server.url)
  const rooms = page.getByRole('list', { name: 'Rooms on this network' })
  const { room } = await other.request('createRoom', { name: 'Standup' })
  await expect(rooms).toContainText('Standup')
  await other.request('joinRoom', { roomId: room.id, name: 'Ada' })
  await expect(rooms.getByRole('listitem').filter({ hasText: 'Standup' })).toContainText('1')
  await other.request('closeRoom', {})
  await expect(rooms.getByText('Standup')).toHaveCount(0)
  other.close()
})

test('before joining, the meter follows the microphone', async ({ server, person }) => {
  const { page } = await person('Grace', { look: 'green' })
  await page.goto(server.url)
  await page.getByRole('textbox', { name: 'Your name' }).fill('Grace')
  await page.getByRole('button', { name: 'Create a room' }).click()
  await page.getByRole('textbox', { name: 'Room name' }).fill('Standup')
  await page.getByRole('button', { name: 'Create room' }).click()
  const loudness = async () => Number(await page.getByRole('meter').getAttribute('aria-valuenow'))
  await expect.poll(loudness).toBeGreaterThan(30)
  await page.getByRole('button', { name: 'Microphone' }).click()
  await expect.poll(loudness).toBe(0)
})

test('a menu that was opened and closed leaves the call usable, and the list after it is true', async ({ server, person }) => {
  const other = await outsider(server.url)
  const { room } = await other.request('createRoom', { name: 'Standup' })
  await other.request('joinRoom', { roomId: room.id, name: 'Ada' })
  const { page } = await person('Grace', { look: 'green' })
  await page.goto(`${server.url}/?room=${room.joinCode}&username=Grace`)
  await page.getByRole('button', { name: 'Join now' }).click()
  const microphone = page.getByRole('button', { name: 'Microphone' })
  for (const close of ['Escape', 'outside', 'Keyboard shortcuts']) {
    await page.getByRole('button', { name: 'More' }).click()
    await expect(page.getByRole('menu')).toBeVisible()
    if (close === 'Escape') await page.keyboard.press('Escape')
    else if (close === 'outside') await page.mouse.click(640, 200)
    else {
      await page.getByRole('menuitem', { name: close }).click()
      await page.keyboard.press('Escape')
    }
    await expect(page.getByRole('menu')).toHaveCount(0)
    await expect(page.getByRole('dialog')).toHaveCount(0)
    const before = await microphone.getAttribute('aria-pressed')
    await microphone.click()
    await expect(microphone).toHaveAttribute('aria-pressed', before === 'true' ? 'false' : 'true')
  }
  await page.getByRole('button', { name: 'Leave' }).click()
  const card = page.getByRole('list', { name: 'Rooms on this network' }).getByRole('listitem').filter({ hasText: 'Standup' })
  await expect(card).toContainText('1')
  await other.request('leaveRoom', {})
  await expect(card).toContainText('Empty')
  other.close()
})

test('the host ends the meeting for all, after being asked', async ({ server, person }) => {
  const ada = await person('Ada', { look: null })
  await ada.createRoom(server.url, 'Standup')
  await ada.page.getByRole('button', { name: 'End for all' }).click()
  await ada.page.getByRole('dialog').getByRole('button', { name: 'End meeting' }).click()
  await expect(ada.page.getByRole('heading', { name: 'You ended the meeting' })).toBeVisible()
  await ada.page.getByRole('button', { name: 'Open it again' }).click()
  await ada.joinNow()
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no screen has a fault that axe can find, in ${colorScheme}`, async ({ server, person }) => {
    const { page } = await person('Grace', { look: 'green' })
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.goto(server.url)
    await expect(page.getByRole('textbox', { name: 'Your name' })).toBeVisible()
    await findsNothing(page, 'first screen')
    await page.getByRole('textbox', { name: 'Your name' }).fill('Grace')
    await page.getByRole('button', { name: 'Create a room' }).click()
    await page.getByRole('textbox', { name: 'Room name' }).fill('Standup')
    await findsNothing(page, 'room form')
    await page.getByRole('button', { name: 'Create room' }).click()
    await expect(page.getByRole('heading', { name: 'Ready to join?' })).toBeVisible()
    await findsNothing(page, 'before joining')
    await page.getByRole('button', { name: 'Join now' }).click()
    await expect(page.getByRole('region', { name: 'Call' })).toBeVisible()
    await findsNothing(page, 'call')
    await page.getByRole('button', { name: 'Chat' }).click()
    await page.getByRole('textbox', { name: 'Message' }).fill('Hello')
    await page.getByRole('button', { name: 'Send' }).click()
    await expect(page.getByRole('list', { name: 'Messages' })).toContainText('Hello')
    await findsNothing(page, 'chat')
    await page.getByRole('button', { name: 'People' }).click()
    await findsNothing(page, 'people')
    await page.getByRole('button', { name: 'Invite' }).click()
    await expect(page.getByLabel('Join code')).toBeVisible()
    await findsNothing(page, 'invite')
  })
}

async function findsNothing(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze()
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`),
    where,
  ).toEqual([])
}
