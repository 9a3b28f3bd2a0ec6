import type { Page } from '@playwright/test'
import { findsNothing } from './support/axe.ts'
import { expect, test } from './support/fixtures.ts'
import { outsider } from './support/outsider.ts'
import type { Person } from './support/Person.ts'

/** Makes a room with more than its name chosen, and joins it. Answers with its code. */
async function setUpRoom(ada: Person, url: string, choose: (page: Page) => Promise<void>): Promise<string> {
  const { page } = ada
  await page.goto(url)
  await page.getByRole('textbox', { name: 'Your name' }).fill(ada.name)
  await page.getByRole('button', { name: 'Create a room' }).click()
  await page.getByRole('textbox', { name: 'Room name' }).fill('Standup')
  await page.getByText('More options').click()
  await choose(page)
  await page.getByRole('button', { name: 'Create room' }).click()
  await ada.joinNow()
  await page.getByRole('button', { name: 'Invite' }).click()
  const code = (await page.getByLabel('Join code').textContent()) ?? ''
  await page.keyboard.press('Escape')
  return code.trim()
}

/** Goes to the door by a link, and knocks. */
async function knock({ page, name }: Person, url: string, code: string): Promise<void> {
  await page.goto(`${url}/?room=${code}&username=${name}`)
  await page.getByRole('button', { name: 'Join now' }).click()
}

async function choose({ page }: Person, name: string, act: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${name}` }).click()
  await page.getByRole('menuitem', { name: act }).click()
}

async function mayOnlyRing({ page }: Person, name: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${name}` }).click()
  await expect(page.getByRole('menuitem')).toHaveText([`Ring ${name}`])
  await page.keyboard.press('Escape')
  await expect(page.getByRole('menu')).toHaveCount(0)
}

async function openRoomSettings({ page }: Person): Promise<void> {
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Room settings' }).click()
  await expect(page.getByRole('dialog', { name: 'Room settings' })).toBeVisible()
}

const inCall = ({ page }: Person) => page.getByRole('region', { name: 'Call' })

test('from the lobby one is written to and let in; another one is refused, and told so', async ({ server, person }) => {
  const ada = await person('Ada', { look: null })
  const grace = await person('Grace', { look: 'green' })
  const code = await setUpRoom(ada, server.url, (page) => page.getByRole('checkbox', { name: 'Lobby' }).check())
  const lobby = ada.page.getByRole('group', { name: 'Lobby' })

  await test.step('waiting, with the devices off', async () => {
    await knock(grace, server.url, code)
    await expect(grace.page.getByRole('status', { name: 'Waiting to be admitted' })).toBeVisible()
    await expect(grace.page.getByText('Your camera and microphone are off meanwhile')).toBeVisible()
    await expect(grace.page.locator('video')).toHaveCount(0)
    await findsNothing(grace.page, 'waiting')
  })

  await test.step('the host hears of it, and writes', async () => {
    await expect(ada.page.getByText('Grace waits to be admitted', { exact: true })).toBeAttached()
    await expect(ada.page.getByRole('button', { name: 'People', exact: true })).toHaveAccessibleDescription(
      '1 person waits to be admitted, 1 person here',
    )
    await ada.page.getByText('Grace waits to be admitted.').locator('..').getByRole('button', { name: 'Show' }).click()
    await expect(lobby.getByRole('listitem', { name: 'Grace' })).toBeVisible()
    await expect(lobby.getByRole('button', { name: 'Admit' })).toHaveAccessibleDescription('Grace')
    await findsNothing(ada.page, 'lobby')
    await ada.page.getByRole('textbox', { name: 'Word to those who wait' }).fill('Two minutes')
    await ada.page.getByRole('button', { name: 'Send to those who wait' }).click()
    await expect(grace.page.getByRole('log', { name: 'Messages from the hosts' })).toContainText('Two minutes')
  })

  await test.step('let in, with the devices on again', async () => {
    await lobby.getByRole('button', { name: 'Admit' }).click()
    await expect(inCall(grace)).toBeVisible()
    await expect(lobby).toHaveCount(0)
    await ada.sees(grace, 'green')
  })

  await test.step('refused', async () => {
    const lin = await person('Lin', { look: null })
    await knock(lin, server.url, code)
    await lobby.getByRole('listitem', { name: 'Lin' }).getByRole('button', { name: 'Refuse' }).click()
    await expect(lin.page.getByRole('heading', { name: 'You were not let in' })).toBeVisible()
    await findsNothing(lin.page, 'refused')
    await lin.page.getByRole('button', { name: 'Ask again' }).click()
    await lin.page.getByRole('button', { name: 'Join now' }).click()
    await expect(lobby.getByRole('listitem', { name: 'Lin' })).toBeVisible()
    await lin.page.getByRole('button', { name: 'Leave' }).click()
    await expect(lin.page.getByRole('button', { name: 'Create a room' })).toBeVisible()
    await expect(lobby).toHaveCount(0)
  })
})

test('whom a host admits into a full room stands in line, and a second press at the same place refuses nobody', async ({
  server,
  person,
}) => {
  const ada = await person('Ada', { look: null })
  const { page } = ada
  const code = await setUpRoom(ada, server.url, async () => {
    await page.getByRole('checkbox', { name: 'Lobby' }).check()
    await page.getByRole('textbox', { name: 'Places' }).fill('1')
  })
  const grace = await outsider(server.url)
  await grace.request('joinRoom', { joinCode: code, name: 'Grace', queue: true })
  await ada.toggle('People').click()
  const admit = page.getByRole('group', { name: 'Lobby' }).getByRole('button', { name: 'Admit' })
  // Where it comes to stand.
  await admit.click({ trial: true })
  const box = await admit.boundingBox()
  if (!box) throw new Error('there is nobody to admit')
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  await page.mouse.click(x, y)
  const inLine = page.getByRole('group', { name: 'Waiting for a free place' }).getByRole('listitem', { name: 'Grace' })
  await expect(inLine).toContainText('Next')
  await page.mouse.click(x, y)
  await ada.toggle('People').click()
  await ada.toggle('People').click()
  await expect(inLine).toBeVisible()
  grace.close()
})

test('a password is asked for at the door, a wrong one is said there, and its host needs none', async ({ server, person }) => {
  const ada = await person('Ada', { look: null })
  const code = await setUpRoom(ada, server.url, (page) => page.getByRole('textbox', { name: 'Password' }).fill('sesame'))
  const grace = await person('Grace', { look: null })
  const password = grace.page.getByRole('textbox', { name: 'Password' })
  await knock(grace, server.url, code)
  await expect(grace.page.getByText('This room asks for a password.')).toBeVisible()
  await password.fill('open')
  await grace.page.keyboard.press('Enter')
  await expect(grace.page.getByText('That is not the password of this room.')).toBeVisible()
  await expect(password).toBeFocused()
  await expect(password).toHaveAttribute('type', 'password')
  await findsNothing(grace.page, 'wrong password')
  await password.fill('sesame')
  await grace.page.keyboard.press('Enter')
  await expect(inCall(grace)).toBeVisible()
  await ada.page.getByRole('button', { name: 'Leave' }).click()
  await ada.page.getByRole('list', { name: 'Recent rooms' }).getByRole('link').click()
  await expect(ada.page.getByRole('textbox', { name: 'Password' })).toHaveCount(0)
  await ada.joinNow()
})

test('before a full room one waits in line, sees the place, and comes in when someone leaves', async ({ server, person }) => {
  const ada = await person('Ada', { look: null })
  const code = await setUpRoom(ada, server.url, (page) => page.getByRole('textbox', { name: 'Places' }).fill('1'))
  const first = await outsider(server.url)
  await first.request('joinRoom', { joinCode: code, name: 'Lin', queue: true })
  const grace = await person('Grace', { look: null })
  await knock(grace, server.url, code)
  await expect(grace.page.getByRole('heading', { name: 'The room is full' })).toBeVisible()
  await findsNothing(grace.page, 'full')
  await grace.page.getByRole('button', { name: 'Wait for a free place' }).click()
  await expect(grace.page.getByRole('status', { name: 'Waiting for a free place' })).toContainText('You are number 2 in line')
  await findsNothing(grace.page, 'in line')
  await ada.toggle('People').click()
  const line = ada.page.getByRole('group', { name: 'Waiting for a free place' })
  await expect(line.getByRole('listitem')).toHaveText([/Lin/, /Grace/])
  await line.getByRole('listitem', { name: 'Grace' }).getByRole('button', { name: 'Move up' }).click()
  await expect(grace.page.getByRole('status', { name: 'Waiting for a free place' })).toContainText('You are next')
  await ada.page.getByRole('button', { name: 'Leave' }).click()
  await expect(inCall(grace)).toBeVisible()
  first.close()
})

test('whom a host mutes is silent and cannot go on, until it is allowed again', async ({ server, person }) => {
  const ada = await person('Ada', { look: 'red' })
  const grace = await person('Grace', { look: 'green' })
  const code = await ada.createRoom(server.url, 'Standup')
  await grace.joinByCode(server.url, code)
  await ada.hears(grace, 'green')
  await ada.toggle('People').click()
  await choose(ada, 'Grace', 'Mute')
  await expect(grace.toggle('Microphone')).toHaveAttribute('aria-pressed', 'false')
  await expect(grace.page.getByText('A host has muted you.')).toBeVisible()
  await expect(ada.page.getByRole('list', { name: 'People' })).toContainText('Muted by a host')
  await expect(ada.figure('Grace')).toContainText('Muted by a host')
  await ada.hearsNothingOf(grace)
  await grace.toggle('Microphone').click()
  await expect(grace.page.getByText('Your microphone was stopped by a host of this room')).toBeVisible()
  await expect(grace.toggle('Microphone')).toHaveAttribute('aria-pressed', 'false')
  await findsNothing(grace.page, 'muted')
  await choose(ada, 'Grace', 'Allow the microphone again')
  await expect(grace.page.getByText('Your microphone was stopped')).toHaveCount(0)
  await expect(grace.page.getByText('You can turn your microphone on again')).toBeAttached()
  await expect(grace.toggle('Microphone')).toHaveAttribute('aria-pressed', 'false')
  await grace.toggle('Microphone').click()
  await ada.hears(grace, 'green')
})

test('whoever is removed may come back; whoever is kept out may not, until they are let in again', async ({ server, person }) => {
  const ada = await person('Ada', { look: null })
  const grace = await person('Grace', { look: null })
  const code = await ada.createRoom(server.url, 'Standup')
  await grace.joinByCode(server.url, code)
  await ada.toggle('People').click()
  const question = ada.page.getByRole('dialog', { name: 'Remove Grace?' })
  await choose(ada, 'Grace', 'Remove…')
  await findsNothing(ada.page, 'remove')
  await question.getByRole('button', { name: 'Remove' }).click()
  await expect(grace.page.getByText('A host has taken you out of Standup.')).toBeVisible()
  await expect(question).toHaveCount(0)
  await grace.page.getByRole('button', { name: 'Join again' }).click()
  await grace.joinNow()
  await choose(ada, 'Grace', 'Remove…')
  await question.getByRole('checkbox', { name: 'Keep them out' }).check()
  await question.getByRole('button', { name: 'Remove' }).click()
  await expect(grace.page.getByText('does not let you in again')).toBeVisible()
  await knock(grace, server.url, code)
  await expect(grace.page.getByRole('heading', { name: 'You cannot join this room' })).toBeVisible()
  await openRoomSettings(ada)
  await ada.page.getByRole('listitem', { name: 'Grace' }).getByRole('button', { name: 'Let in again' }).click()
  await expect(ada.page.getByRole('button', { name: 'Let in again' })).toHaveCount(0)
  await knock(grace, server.url, code)
  await expect(inCall(grace)).toBeVisible()
})

test('a co-host is made by menu, locks the room and leads, but for what is the host’s alone', async ({ server, person }) => {
  const ada = await person('Ada', { look: null })
  const grace = await person('Grace', { look: null })
  const code = await ada.createRoom(server.url, 'Standup')
  await grace.joinByCode(server.url, code)
  const lin = await outsider(server.url)
  await lin.request('joinRoom', { joinCode: code, name: 'Lin' })
  await grace.toggle('People').click()
  await expect(grace.page.getByRole('list', { name: 'People' })).toContainText('Lin')
  await expect(grace.page.getByRole('button', { name: 'Actions for Grace' })).toHaveCount(0)
  await mayOnlyRing(grace, 'Lin')

  await ada.toggle('People').click()
  await test.step('by keyboard', async () => {
    await ada.page.getByRole('button', { name: 'Actions for Grace' }).focus()
    await ada.page.keyboard.press('Enter')
    await expect(ada.page.getByRole('menuitem', { name: 'Make co-host' })).toBeVisible()
    await findsNothing(ada.page, 'actions')
    await expect(ada.page.getByRole('menuitem', { name: 'Ring Grace' })).toBeFocused()
    await ada.page.keyboard.press('ArrowDown')
    await expect(ada.page.getByRole('menuitem', { name: 'Make co-host' })).toBeFocused()
    await ada.page.keyboard.press('Enter')
  })
  await expect(grace.page.getByRole('listitem').filter({ hasText: 'Grace' })).toContainText('Co-host')
  await grace.page.getByRole('button', { name: 'Actions for Lin' }).click()
  await expect(grace.page.getByRole('menuitem', { name: 'Remove…' })).toBeVisible()
  await grace.page.keyboard.press('Escape')
  await mayOnlyRing(grace, 'Ada')

  await grace.page.getByRole('button', { name: 'More' }).click()
  await expect(grace.page.getByRole('menuitem', { name: 'Room settings' })).toHaveCount(0)
  await grace.page.getByRole('menuitem', { name: 'Lock the room' }).click()
  await expect(ada.page.getByText('The room is locked')).toBeAttached()
  const sam = await person('Sam', { look: null })
  await knock(sam, server.url, code)
  await expect(sam.page.getByRole('heading', { name: 'The room is locked' })).toBeVisible()

  await test.step('the room is handed over', async () => {
    await choose(ada, 'Grace', 'Make host…')
    await ada.page.getByRole('dialog', { name: 'Make Grace the host?' }).getByRole('button', { name: 'Hand over' }).click()
    await expect(grace.page.getByRole('button', { name: 'End for all' })).toBeVisible()
    await expect(ada.page.getByRole('button', { name: 'End for all' })).toHaveCount(0)
    await expect(grace.page.getByText('You lead this room now.')).toBeVisible()
    await findsNothing(grace.page, 'the new host')
    await expect(ada.page.getByText('You lead this room now.')).toHaveCount(0)
    await grace.page.getByText('You lead this room now.').locator('..').getByRole('button', { name: 'Dismiss' }).click()
    await expect(grace.page.getByText('You lead this room now.')).toHaveCount(0)
  })
  lin.close()
})

test('a room is changed by its host: those inside see it, and a form says what cannot be', async ({ server, person }) => {
  const ada = await person('Ada', { look: null })
  const code = await ada.createRoom(server.url, 'Standup')
  const grace = await outsider(server.url)
  const { page } = ada
  await openRoomSettings(ada)
  await findsNothing(page, 'room settings')
  const dialog = page.getByRole('dialog', { name: 'Room settings' })
  await dialog.getByRole('textbox', { name: 'Room name' }).fill('Review')
  await dialog.getByRole('textbox', { name: 'Places' }).fill('many')
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(dialog.getByText('Type a number from 1 to 10,000')).toBeVisible()
  await dialog.getByRole('textbox', { name: 'Places' }).fill('12')
  await dialog.getByRole('combobox', { name: 'Kept for' }).selectOption('Hours')
  await dialog.getByRole('textbox', { name: 'How many' }).fill('3')
  await dialog.getByRole('textbox', { name: 'Password' }).fill('sesame')
  await dialog.getByRole('checkbox', { name: 'Screen' }).uncheck()
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(dialog).toHaveCount(0)
  await expect(page.getByRole('heading', { level: 1, name: 'Review' })).toBeVisible()
  expect((await grace.request('findRoom', { roomId: code })).room).toMatchObject({
    name: 'Review',
    maxPeers: 12,
    emptyTtl: 10_800,
    hasPassword: true,
    mediaLimits: { microphone: true, camera: true, screen: false },
  })

  await test.step('another join code, asked first', async () => {
    await openRoomSettings(ada)
    await dialog.getByRole('checkbox', { name: 'Remove the password' }).check()
    await dialog.getByRole('button', { name: 'New join code' }).click()
    await page.getByRole('dialog', { name: 'Make a new join code?' }).getByRole('button', { name: 'Make a new code' }).click()
    await expect(dialog.getByText(code)).toHaveCount(0)
    await expect(grace.request('findRoom', { roomId: code })).rejects.toThrow()
    // What was chosen before the question is still there, and one’s own change of the room is no one else’s.
    await dialog.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(dialog.getByText('Someone else has changed the room')).toHaveCount(0)
    await expect(dialog).toHaveCount(0)
  })
  grace.close()
})

test('deleting a room tells those inside, and takes it from the first screen', async ({ server, person }) => {
  const ada = await person('Ada', { look: null })
  const grace = await person('Grace', { look: null })
  const code = await ada.createRoom(server.url, 'Standup')
  await grace.joinByCode(server.url, code)
  await openRoomSettings(ada)
  await ada.page.getByRole('button', { name: 'Delete room' }).click()
  const question = ada.page.getByRole('dialog', { name: 'Delete Standup?' })
  await expect(question).toContainText('all that was written here is lost')
  await findsNothing(ada.page, 'delete')
  await ada.page.keyboard.press('Escape')
  await expect(question).toHaveCount(0)
  await expect(ada.page.getByRole('dialog', { name: 'Room settings' })).toBeVisible()
  await ada.page.getByRole('button', { name: 'Delete room' }).click()
  await question.getByRole('button', { name: 'Delete for good' }).click()
  for (const { page } of [ada, grace]) {
    await expect(page.getByRole('heading', { name: 'The room was deleted' })).toBeVisible()
    await page.getByRole('button', { name: 'Back to the first screen' }).click()
    await expect(page.getByRole('button', { name: 'Create a room' })).toBeVisible()
    await expect(page.getByRole('link', { name: /Standup/ })).toHaveCount(0)
  }
})

for (const colorScheme of ['light', 'dark'] as const)
  test(`the new screens have no fault that axe can find, in ${colorScheme}, on a narrow window`, async ({ server, person }) => {
    const ada = await person('Ada', { look: null, viewport: { width: 360, height: 720 } })
    const { page } = ada
    await page.emulateMedia({ colorScheme })
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    const code = await setUpRoom(ada, server.url, async () => {
      await page.getByRole('checkbox', { name: 'Lobby' }).check()
      await findsNothing(page, 'new room')
    })
    for (const name of ['Grace', 'A rather long name, as some people have it who like theirs whole']) {
      const other = await outsider(server.url)
      await other.request('joinRoom', { joinCode: code, name })
    }
    await ada.toggle('People').click()
    await expect(page.getByRole('group', { name: 'Lobby' }).getByRole('listitem')).toHaveCount(2)
    expect(await overflow()).toBeLessThanOrEqual(0)
    await findsNothing(page, 'lobby')
    await page.getByRole('button', { name: 'Admit all' }).click()
    await page.getByRole('button', { name: 'Actions for Grace' }).click()
    await findsNothing(page, 'actions')
    await page.keyboard.press('Escape')
    await openRoomSettings(ada)
    expect(await overflow()).toBeLessThanOrEqual(0)
    await findsNothing(page, 'room settings')
  })
