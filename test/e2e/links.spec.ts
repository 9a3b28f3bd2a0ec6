import { findsNothing } from './support/axe.ts'
import { expect, test } from './support/fixtures.ts'
import { outsider } from './support/outsider.ts'

test('F61: a link leads to its room, a reload leads back, and the app can be asked to open it', async ({ server, person }) => {
  const other = await outsider(server.url)
  const { room } = await other.request('createRoom', { name: 'Design sync' })
  const { page } = await person('Grace', { look: null })
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  page.on('websocket', (socket) => asked.push(socket.url()))
  const { host } = new URL(server.url)
  const fragment = `#fp=${'5e'.repeat(32)}&at=192.0.2.1:4433&k=${room.linkKey}`

  await page.goto(`${server.url}/j/${room.joinCode.toLowerCase()}/?username=Grace${fragment}`)
  await expect(page.getByRole('heading', { name: 'Ready to join?' })).toBeVisible()
  await expect(page.getByText('Design sync')).toBeVisible()
  await expect(page.getByRole('textbox', { name: 'Your name' })).toHaveValue('Grace')
  await expect(page).toHaveURL(`${server.url}/j/${room.joinCode}${fragment}`)
  await expect(page.getByRole('link', { name: 'Open in the Lanyard app' })).toHaveAttribute(
    'href',
    `lanyard://join/${room.joinCode}?fp=${'5e'.repeat(32)}&at=${host},192.0.2.1:4433&k=${room.linkKey}`,
  )
  await findsNothing(page, 'ready, by a link')
  await page.reload()
  await page.getByRole('textbox', { name: 'Your name' }).fill('Grace')
  await page.getByRole('button', { name: 'Join now' }).click()
  await expect(page.getByRole('region', { name: 'Call' })).toBeVisible()
  // What is behind the # is told to no server: it comes in a message, where only the key is.
  for (const url of asked) expect(url).not.toContain(room.linkKey)

  await page.getByRole('button', { name: 'Invite' }).click()
  await expect(page.getByRole('textbox', { name: 'Link' })).toHaveValue(`${server.url}/j/${room.joinCode}#k=${room.linkKey}`)
  await expect(page.getByText('open to this computer only')).toBeVisible()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Leave' }).click()
  await expect(page).toHaveURL(`${server.url}/`)

  await test.step('one that is typed in leads there, too, and one of another server is offered', async () => {
    const code = page.getByRole('textbox', { name: 'Join code' })
    await code.fill('Come to lanyard://join/ABC123?at=192.0.2.1:4433, all of you.')
    await page.getByRole('button', { name: 'Join' }).click()
    await expect(page.getByRole('link', { name: 'Open it there' })).toHaveAttribute('href', 'https://192.0.2.1:4433/j/ABC123')
    await code.fill(`lanyard://join/${room.joinCode}?at=${host}&k=${room.linkKey}`)
    await page.getByRole('button', { name: 'Join' }).click()
    await expect(page.getByRole('heading', { name: 'Ready to join?' })).toBeVisible()
    await page.getByRole('button', { name: 'Back' }).click()
  })

  await test.step('a damaged one says so', async () => {
    await page.goto(`${server.url}/j/${room.joinCode}#k=${room.linkKey!.slice(1)}`)
    await page.reload()
    await expect(page.getByRole('heading', { name: 'That link is damaged' })).toBeVisible()
    await page.getByRole('button', { name: 'Back to the first screen' }).click()
    await expect(page).toHaveURL(`${server.url}/`)
    await page.goto(`${server.url}/j/zzzzzz`)
    await expect(page.getByText('Nothing was found for ZZZ-ZZZ')).toBeVisible()
  })
})
