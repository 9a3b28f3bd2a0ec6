import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './support/fixtures.ts'
import { outsider } from './support/outsider.ts'

/** After this, in ms, a hint would have come. */
const HINT_MS = 600

test('F22: a link prefills the join, and each way that leads nowhere says why and leads back', async ({ server, person }) => {
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
    await expect(page.getByText('Ends early was ended by its host')).toBeVisible()
    await expect(page.getByRole('button', { name: 'Join now' })).toHaveCount(0)
    await other.request('joinRoom', { roomId: open.id, name: 'Ada' })
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect(page.getByRole('button', { name: 'Join now' })).toBeVisible()
    await other.request('closeRoom', {})
    await expect(page.getByText('Ends early was ended by its host')).toBeVisible()
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
  await expect(rooms.getByRole('listitem').filter({ hasText: 'Standup' })).toContainText('1 person there')
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
      await page.getByRole('dialog', { name: close }).waitFor()
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
  await expect(card).toContainText('1 person there')
  await other.request('leaveRoom', {})
  await expect(card).toContainText('Nobody there')
  other.close()
})

test('the host ends the meeting for all, after being asked', async ({ server, person }) => {
  const ada = await person('Ada', { look: null })
  await ada.createRoom(server.url, 'Standup')
  await ada.page.getByRole('button', { name: 'End for all' }).click()
  await ada.page.getByRole('dialog').getByRole('button', { name: 'End meeting' }).click()
  await expect(ada.page.getByRole('heading', { name: 'You ended the meeting' })).toBeVisible()
  await ada.page.getByRole('button', { name: 'Open it again' }).click()
  await expect(ada.page.getByText('Joining opens it again')).toBeVisible()
  await ada.joinNow()
})

test('Enter joins, as soon as there is a name', async ({ server, person }) => {
  const other = await outsider(server.url)
  const { room } = await other.request('createRoom', { name: 'Standup' })
  const { page } = await person('Grace', { look: null })
  await page.goto(`${server.url}/?room=${room.joinCode}`)
  const name = page.getByRole('textbox', { name: 'Your name' })
  const join = page.getByRole('button', { name: 'Join now' })
  await expect(name).toBeFocused()
  const before = await join.boundingBox()
  await page.keyboard.press('Enter')
  await expect(page.getByText('Enter a name for the others to see.')).toBeVisible()
  await expect(name).toBeFocused()
  expect(await join.boundingBox()).toEqual(before)
  await page.keyboard.type('Grace')
  await page.reload()
  await expect(join).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('region', { name: 'Call' })).toBeVisible()
  other.close()
})

test('who is in the meeting in another window already is told so, and can leave it there', async ({ server, person }) => {
  const ada = await person('Ada', { look: null })
  const code = await ada.createRoom(server.url, 'Standup')
  const second = await ada.page.context().newPage()
  await second.goto(`${server.url}/?room=${code}`)
  const warning = second.getByText('You are in this meeting already, in another window.')
  await expect(warning).toBeVisible()
  await second.getByRole('button', { name: 'Join now' }).click()
  await expect(second.getByRole('figure')).toHaveCount(2)
  await second.getByRole('button', { name: 'Leave' }).click()
  await second.getByRole('list', { name: 'Recent rooms' }).getByRole('link').click()
  await second.getByRole('button', { name: 'Leave it there' }).click()
  await expect(warning).toHaveCount(0)
  await expect(ada.page.getByRole('button', { name: 'Create a room' })).toBeVisible()
})

test('who comes and goes is shown, and how many are there and have written is on the buttons', async ({ server, person }) => {
  const other = await outsider(server.url)
  const ada = await person('Ada', { look: null })
  const code = await ada.createRoom(server.url, 'Standup')
  const description = (button: 'People' | 'Chat') => expect(ada.page.getByRole('button', { name: button, exact: true }))
  await description('People').toHaveAccessibleDescription('1 person here')
  await description('Chat').toHaveAccessibleDescription('')
  await other.request('joinRoom', { joinCode: code, name: 'Grace' })
  await expect(ada.page.getByText('Grace joined')).toBeVisible()
  await description('People').toHaveAccessibleDescription('2 people here')
  await other.request('sendChat', { text: 'Good morning', clientMessageId: crypto.randomUUID() })
  await description('Chat').toHaveAccessibleDescription('1 unread message')
  await other.request('leaveRoom', {})
  await expect(ada.page.getByText('Grace left')).toBeVisible()
  other.close()
})

test('the hint of a button does not come back with the focus when its dialog is closed by the mouse', async ({
  server,
  person,
}) => {
  const other = await outsider(server.url)
  const { room } = await other.request('createRoom', { name: 'Standup' })
  const { page } = await person('Grace', { look: null })
  await page.goto(`${server.url}/?room=${room.joinCode}&username=Grace`)
  await page.getByRole('button', { name: 'Join now' }).click()
  const invite = page.getByRole('button', { name: 'Invite' })
  const hint = page.locator('main').getByText('Invite', { exact: true })
  await invite.click()
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
  await expect(invite).toBeFocused()
  await expect(invite).not.toHaveCSS('outline-style', 'solid')
  await page.waitForTimeout(HINT_MS)
  await expect(hint).toHaveCount(0)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Shift+Tab')
  await expect(invite).toBeFocused()
  await expect(invite).toHaveCSS('outline-style', 'solid')
  await expect(hint).toBeVisible()
  other.close()
})

test('no button of the bar moves while a panel comes or goes', async ({ server, person }) => {
  const ada = await person('Ada', { look: null })
  await ada.createRoom(server.url, 'Standup')
  const leave = ada.page.getByRole('button', { name: 'Leave' })
  const before = await leave.boundingBox()
  for (const name of ['People', 'Chat'] as const) {
    await ada.toggle(name).click()
    await expect(ada.page.getByRole('button', { name: 'Hide panel' })).toBeVisible()
    expect(await leave.boundingBox()).toEqual(before)
  }
})

test('long names make no screen wider than the window', async ({ server, person }) => {
  const ada = await person('Ada', { look: null, viewport: { width: 380, height: 720 } })
  const { page } = ada
  await ada.createRoom(server.url, 'The weekly meeting of everyone who has anything to do with the second release of it')
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect(await overflow()).toBeLessThanOrEqual(0)
  await page.getByRole('button', { name: 'Leave' }).click()
  await expect(page.getByRole('list', { name: 'Recent rooms' })).toBeVisible()
  expect(await overflow()).toBeLessThanOrEqual(0)
})

test('the focus goes on where one is: with each screen, and back from dialogs', async ({ server, person }) => {
  const ada = await person('Ada', { look: null })
  const { page } = ada
  const heading = (name: string) => page.getByRole('heading', { level: 1, name })
  await ada.createRoom(server.url, 'Standup')
  await expect(page.getByRole('button', { name: 'Invite' })).toBeFocused()
  await page.getByRole('button', { name: 'Leave' }).click()
  await expect(heading('Lanyard: meet on your own network')).toBeFocused()
  const settings = page.getByRole('button', { name: 'Settings' })
  await settings.click()
  await page.getByRole('dialog', { name: 'Settings' }).waitFor()
  await page.keyboard.press('Escape')
  await expect(settings).toBeFocused()
  await page
    .getByRole('list', { name: 'Rooms on this network' })
    .getByRole('link', { name: /Standup/ })
    .click()
  await expect(page.getByRole('button', { name: 'Join now' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(heading('Standup')).toBeFocused()
})

test('on a narrow window, ending the meeting for all is there in words', async ({ server, person }) => {
  const ada = await person('Ada', { look: null, viewport: { width: 360, height: 720 } })
  await ada.createRoom(server.url, 'Standup')
  await ada.page.getByRole('button', { name: 'End for all' }).getByText('End for all').click()
  await expect(ada.page.getByRole('dialog').getByRole('button', { name: 'End meeting' })).toBeVisible()
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
