import { readFile } from 'node:fs/promises'
import type { Locator, Page } from '@playwright/test'
import { findsNothing } from './support/axe.ts'
import { expect, test } from './support/fixtures.ts'
import { outsider } from './support/outsider.ts'
import type { Person } from './support/Person.ts'

/** Opens *New room*, with a name. */
async function beginRoom({ page, name }: Person, url: string, roomName: string): Promise<void> {
  await page.goto(url)
  await page.getByRole('textbox', { name: 'Your name' }).fill(name)
  await page.getByRole('button', { name: 'Create a room' }).click()
  await page.getByRole('textbox', { name: 'Room name' }).fill(roomName)
}

/** `2026-03-30`, so many days from now. */
const dayFromNow = (days: number) => new Date(Date.now() + days * 86_400_000).toLocaleDateString('sv-SE')

async function openRecords(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Room records' }).click()
  return page.getByRole('dialog', { name: 'Room records' })
}

/** What is saved by a click. */
async function saved(page: Page, button: string): Promise<{ name: string; text: string }> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button }).click()])
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') }
}

test('F11: a host schedules a room, a guest sees when it opens, and a calendar file tells the same', async ({
  server,
  person,
}) => {
  const ada = await person('Ada', { look: null })
  const { page } = ada
  const day = dayFromNow(3)
  const dialog = page.getByRole('dialog', { name: 'New room' })
  await beginRoom(ada, server.url, 'Standup')
  await dialog.getByRole('checkbox', { name: 'Scheduled' }).check()
  await dialog.getByLabel('First day').fill(day)
  await dialog.getByLabel('Time', { exact: true }).fill('09:30')
  await dialog.getByLabel('Minutes').fill('never')
  await dialog.getByLabel('Repeats').selectOption('Weekly')
  await dialog.getByLabel('Time zone').selectOption('Asia/Shanghai')
  await findsNothing(page, 'new room, scheduled')
  await dialog.getByRole('button', { name: 'Create room' }).click()
  await expect(dialog.getByText('From 1 to 10,080.')).toBeVisible()
  await dialog.getByLabel('Minutes').fill('45')
  await dialog.getByRole('button', { name: 'Create room' }).click()

  await test.step('at the door, before its time', async () => {
    await expect(page.getByRole('heading', { name: 'Ready to join?' })).toBeVisible()
    await expect(page.getByText(/The room opens (on|tomorrow).* in Asia\/Shanghai\)/)).toBeVisible()
    await expect(page.getByText('You lead it, and can come in before.')).toBeVisible()
    const file = await saved(page, 'Save calendar file')
    expect(file.name).toBe('Standup.ics')
    expect(file.text).toContain(`DTSTART;TZID=Asia/Shanghai:${day.replaceAll('-', '')}T093000`)
    expect(file.text).toContain('RRULE:FREQ=WEEKLY')
    await findsNothing(page, 'ready, early')
  })

  const grace = await person('Grace', { look: null })
  await test.step('a guest', async () => {
    await grace.page.goto(server.url)
    const card = grace.page.getByRole('list', { name: 'Rooms on this network' }).getByRole('link', { name: /Standup/ })
    await expect(card).toContainText(/opens/)
    await card.click()
    await grace.page.getByRole('textbox', { name: 'Your name' }).fill('Grace')
    await expect(grace.page.getByText('Before, only those come in who lead it.')).toBeVisible()
    await grace.page.getByRole('button', { name: 'Join now' }).click()
    await expect(grace.page.getByRole('heading', { name: 'Not open yet' })).toBeVisible()
    await expect(grace.page.getByText(/It opens .* in Asia\/Shanghai\)/)).toBeVisible()
    await findsNothing(grace.page, 'not open yet')
  })

  await test.step('the host takes the schedule away, and the door is open', async () => {
    await ada.joinNow()
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'Room settings' }).click()
    const settings = page.getByRole('dialog', { name: 'Room settings' })
    await expect(settings.getByLabel('First day')).toHaveValue(day)
    await expect(settings.getByLabel('Minutes')).toHaveValue('45')
    expect((await saved(page, 'Save calendar file')).text).toContain('SUMMARY:Standup')
    await findsNothing(page, 'room settings, scheduled')
    await settings.getByRole('checkbox', { name: 'Scheduled' }).uncheck()
    await settings.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(settings).toHaveCount(0)
    await grace.page.getByRole('button', { name: 'Try again' }).click()
    await grace.joinNow()
  })
})

test('F12: settings that were kept make a room, and are deleted', async ({ server, person }) => {
  const ada = await person('Ada', { look: null })
  const { page } = ada
  const dialog = page.getByRole('dialog', { name: 'New room' })
  await beginRoom(ada, server.url, 'Interview with Grace')
  await expect(dialog.getByLabel('Begin with')).toHaveCount(0)
  await dialog.getByText('More options').click()
  await dialog.getByRole('checkbox', { name: 'Lobby' }).check()
  await dialog.getByRole('textbox', { name: 'Places' }).fill('8')
  await dialog.getByRole('button', { name: 'Save as template' }).click()
  const keeping = page.getByRole('dialog', { name: 'Save as template' })
  await keeping.getByRole('textbox', { name: 'Template name' }).fill('Interview')
  await findsNothing(page, 'save as template')
  await keeping.getByRole('button', { name: 'Keep template' }).click()
  await expect(keeping).toHaveCount(0)

  await beginRoom(ada, server.url, 'Interview with Lin')
  await dialog.getByLabel('Begin with').selectOption('Interview')
  await expect(dialog.getByRole('textbox', { name: 'Room name' })).toHaveValue('Interview with Lin')
  await dialog.getByText('More options').click()
  await expect(dialog.getByRole('checkbox', { name: 'Lobby' })).toBeChecked()
  await expect(dialog.getByRole('textbox', { name: 'Places' })).toHaveValue('8')
  await findsNothing(page, 'new room, with a template')
  await dialog.getByRole('button', { name: 'Create room' }).click()
  await expect(page.getByText('Interview with Lin')).toBeVisible()

  await test.step('a guest waits in its lobby', async () => {
    const grace = await person('Grace', { look: null })
    await grace.page.goto(page.url())
    await expect(grace.page.getByText('You will wait before the room until a host lets you in.')).toBeVisible()
  })

  await test.step('deleted, after a question', async () => {
    await beginRoom(ada, server.url, 'Another one')
    await dialog.getByLabel('Begin with').selectOption('Interview')
    await dialog.getByRole('button', { name: 'Delete template Interview' }).click()
    const question = page.getByRole('dialog', { name: 'Delete Interview?' })
    await question.getByRole('button', { name: 'Delete template' }).click()
    await expect(dialog.getByLabel('Begin with')).toHaveCount(0)
    await expect(dialog.getByRole('textbox', { name: 'Room name' })).toHaveValue('Another one')
  })
})

test('F13: who was in a room when is shown, page by page, to those who lead it', async ({ server, person }) => {
  const ada = await person('Ada', { look: null })
  const { page } = ada
  const code = await ada.createRoom(server.url, 'Standup')
  const grace = await outsider(server.url)
  for (let visit = 0; visit < 55; visit++) {
    await grace.request('joinRoom', { joinCode: code, name: `Grace ${visit}` })
    await grace.request('leaveRoom', {})
  }
  const dialog = await openRecords(page)
  await expect(dialog.getByRole('tab', { name: 'Visits' })).toBeFocused()
  const visits = dialog.getByRole('listitem')
  await expect(visits).toHaveCount(50)
  await expect(visits.first()).toHaveText(/Grace 54.*under a minute/)
  await findsNothing(page, 'visits')
  await dialog.getByRole('button', { name: 'Show earlier visits' }).click()
  await expect(visits).toHaveCount(56)
  await expect(visits.last()).toHaveText(/Ada.*here now/)
  await expect(dialog.getByRole('button', { name: 'Show earlier visits' })).toHaveCount(0)
  await page.keyboard.press('Escape')
  const lin = await person('Lin', { look: null })
  await lin.joinByCode(server.url, code)
  await lin.page.getByRole('button', { name: 'More' }).click()
  await expect(lin.page.getByRole('menuitem', { name: 'Settings' })).toBeVisible()
  await expect(lin.page.getByRole('menuitem', { name: 'Room records' })).toHaveCount(0)
  grace.close()
})

test('F14: today’s visits are in the plot, in its table and in the files, and what was done is told in sentences', async ({
  server,
  person,
}) => {
  const ada = await person('Ada', { look: null })
  const { page } = ada
  const code = await ada.createRoom(server.url, 'Standup')
  const grace = await outsider(server.url)
  await grace.request('joinRoom', { joinCode: code, name: 'Grace' })
  await grace.request('leaveRoom', {})
  const dialog = await openRecords(page)

  await test.step('usage', async () => {
    await dialog.getByRole('tab', { name: 'Usage' }).click()
    const days = dialog.getByRole('table', { name: 'Usage by day' }).locator('tbody tr')
    await expect(days).toHaveCount(30)
    await expect(days.last().getByRole('cell')).toHaveText(['2', '2', 'under a minute'])
    expect(await paintedShare(page)).toBeGreaterThan(0.002)
    await dialog.getByLabel('Range').selectOption('Last 7 days')
    await expect(days).toHaveCount(7)
    await findsNothing(page, 'usage')
    const csv = await saved(page, 'Save as CSV')
    expect(csv.name).toBe('Standup usage.csv')
    expect(csv.text.split('\r\n').at(-2)).toMatch(/^\d{4}-\d\d-\d\d,2,2,\d+$/)
    const json = JSON.parse((await saved(page, 'Save as JSON')).text) as { presentNow: number; days: unknown[] }
    expect(json).toMatchObject({ presentNow: 1, total: { people: 2, sessions: 2 } })
    expect(json.days).toHaveLength(7)
  })

  await test.step('what was done', async () => {
    await dialog.getByRole('tab', { name: 'Log' }).click()
    await expect(dialog.getByText('Ada made the room.')).toBeVisible()
    await findsNothing(page, 'log')
    await page.emulateMedia({ colorScheme: 'dark' })
    await dialog.getByRole('tab', { name: 'Usage' }).click()
    await expect(dialog.getByRole('table')).toBeAttached()
    await findsNothing(page, 'usage, dark')
  })
  grace.close()
})

test('F3: those who have a lasting place are listed with their roles, and who is here is given another one', async ({
  server,
  person,
}) => {
  const ada = await person('Ada', { look: null })
  const { page } = ada
  const code = await ada.createRoom(server.url, 'Standup')
  const [grace, lin] = await Promise.all(['Grace', 'Lin'].map(() => outsider(server.url)))
  for (const [other, name] of [
    [grace!, 'Grace'],
    [lin!, 'Lin'],
  ] as const) {
    await other.request('joinRoom', { joinCode: code, name })
    await ada.toggle('People').click()
    await page.getByRole('button', { name: `Actions for ${name}` }).click()
    await page.getByRole('menuitem', { name: 'Make co-host' }).click()
    await expect(page.getByRole('list', { name: 'People' }).getByRole('listitem').filter({ hasText: name })).toContainText(
      'Co-host',
    )
    await ada.toggle('People').click()
  }
  await lin!.request('leaveRoom', {})
  await expect(ada.figure('Lin')).toHaveCount(0)
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Room settings' }).click()
  const members = page.getByRole('list', { name: 'Members' }).getByRole('listitem')
  await expect(members.filter({ hasText: 'Ada' })).toContainText('Host')
  await expect(members.filter({ hasText: 'Lin' })).toHaveText(/Since today.*Co-host/)
  await findsNothing(page, 'members')
  await page.getByRole('combobox', { name: 'Role of Grace' }).selectOption('Listener')
  await expect
    .poll(async () => (await grace!.request('listMembers', {})).members.find(({ name }) => name === 'Grace')?.role)
    .toBe('listener')
  await expect(page.getByRole('combobox', { name: 'Role of Grace' })).toHaveValue('listener')
  grace!.close()
  lin!.close()
})

/** How much of the plot has been drawn on, from 0 to 1. */
const paintedShare = (page: Page) =>
  page
    .locator('.plots canvas')
    .first()
    .evaluate((element) => {
      const canvas = element as HTMLCanvasElement
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
      let painted = 0
      for (let at = 3; at < data.length; at += 4) if (data[at]! > 0) painted += 1
      return painted / (data.length / 4)
    })

test('F13: the first screen finds the rooms again that one was in, and says in which one is in another window', async ({
  server,
  person,
}) => {
  const ada = await person('Ada', { look: null })
  const { page } = ada
  await ada.createRoom(server.url, 'Standup')
  const other = await page.context().newPage()
  await other.goto(server.url)
  const rooms = other.getByRole('list', { name: 'Recent rooms' }).getByRole('listitem')
  await expect(rooms).toHaveText([/Standup\s*You are there in another window/])
  await findsNothing(other, 'recent rooms')
  await page.getByRole('button', { name: 'Leave' }).click()
  await expect(rooms).toHaveText([/Standup\s*Today/])

  await test.step('also where this copy remembers nothing', async () => {
    await other.evaluate(() => localStorage.removeItem('lanyard.kept'))
    await other.reload()
    await expect(rooms).toHaveText([/Standup\s*Today/])
    await rooms.getByRole('button', { name: 'Forget Standup' }).click()
    await expect(rooms).toHaveCount(0)
    await other.reload()
    await expect(other.getByRole('list', { name: 'Rooms on this network' })).toContainText('Standup')
    await expect(rooms).toHaveCount(0)
  })
})
