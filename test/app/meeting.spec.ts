import { looks } from '../../examples/playwright/kit/looks.ts'
import { Person } from '../e2e/support/Person.ts'
import { Desktop, expect, test } from './support/fixtures.ts'

/** Someone with the app. */
async function launch(name: string, look: keyof typeof looks, args: string[] = []) {
  const desktop = await Desktop.launch({ ...looks[look], args })
  return { desktop, person: Person.at(name, desktop) }
}

test('one hosts with a click, the other joins by address and code; what happens to the server, they are told', async () => {
  const ada = await launch('Ada', 'red')
  const grace = await launch('Grace', 'green')

  const { code, address } = await ada.person.host('Design sync')
  await grace.person.joinAt(address, code)

  await test.step('they see and hear each other', async () => {
    await ada.person.sees(grace.person, 'green')
    await grace.person.sees(ada.person, 'red')
    await ada.person.hears(grace.person, 'green')
    await grace.person.hears(ada.person, 'red')
  })

  await test.step('they write to each other', async () => {
    for (const { person } of [ada, grace]) await person.toggle('Chat').click()
    await ada.person.say('Hello from the host')
    await expect(grace.person.messages).toContainText('Hello from the host')
    await grace.person.say('Hello from elsewhere')
    await expect(ada.person.messages).toContainText('Hello from elsewhere')
  })

  await test.step('when the server crashes both say so, and are back with what was said', async () => {
    const reconnecting = [ada, grace].map(({ desktop }) => expect(desktop.page.getByText('Reconnecting')).toBeVisible())
    const { serverPid } = await ada.desktop.probe()
    process.kill(serverPid!, 'SIGKILL')
    await Promise.all(reconnecting)
    await grace.person.say('Is anyone there?')
    await expect(ada.person.messages).toContainText('Is anyone there?')
    await expect(ada.person.messages).toContainText('Hello from the host')
    await ada.person.sees(grace.person, 'green')
    await grace.person.hears(ada.person, 'red')
  })

  await test.step('meanwhile main never worked for long without a pause', async () => {
    for (const { desktop, person } of [ada, grace]) {
      const { busyMs, stillMs } = await desktop.probe()
      const description = `${person.name}: main worked for ${busyMs.toFixed(0)} ms, and stood still for ${stillMs.toFixed(0)} ms, at most`
      test.info().annotations.push({ type: 'event loop', description })
      expect(busyMs, description).toBeLessThan(50)
    }
  })

  await test.step('when the host quits, after a question, the other is told and can go on from there', async () => {
    await ada.desktop.answerWith(0)
    expect(await ada.desktop.quit()).toBe(0)
    await expect(grace.desktop.page.getByRole('heading', { name: 'The server was stopped' })).toBeVisible()
    await grace.desktop.page.getByRole('button', { name: 'Back to the first screen' }).click()
    await expect(grace.desktop.page.getByRole('button', { name: 'Host a meeting' })).toBeEnabled()
    await expect(grace.desktop.page.getByRole('textbox', { name: 'Your name' })).toHaveValue('Grace')
  })
})

test('a browser joins a room of the app by its link', async () => {
  const ada = await launch('Ada', 'red')
  const { code, address } = await ada.person.host('Open door')
  const lin = await Person.start('Lin', { look: 'blue' })
  await lin.joinByCode(address, code)
  await ada.person.sees(lin, 'blue')
  await lin.hears(ada.person, 'red')
  await lin.close()
})

test('quitting asks when others are in a meeting here, and staying leaves all as it is', async () => {
  const ada = await launch('Ada', 'red')
  const grace = await launch('Grace', 'green')
  const { code, address } = await ada.person.host('Design sync')
  await grace.person.joinAt(address, code)
  await expect(ada.person.figure('Grace')).toBeVisible()
  await ada.desktop.answerWith(1)
  await ada.desktop.app.evaluate(({ app }) => app.quit())
  await expect.poll(() => ada.desktop.questions()).toEqual(['1 person is in a meeting on this computer'])
  await expect(grace.person.figure('Ada')).toBeVisible()
  await grace.desktop.page.getByRole('button', { name: 'Leave' }).click()
  await expect(ada.person.figure('Grace')).toBeHidden()
  expect(await ada.desktop.quit()).toBe(0)
  expect(await ada.desktop.ended).toEqual({ code: 0, signal: null })
})

test('closing the window in a meeting asks, and staying leaves all as it is', async () => {
  const ada = await launch('Ada', 'red')
  await ada.person.host('Design sync')
  const { app, page } = ada.desktop
  const close = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
  await ada.desktop.answerWith(1)
  await close()
  await expect.poll(() => ada.desktop.questions()).toEqual(['Leave Design sync?'])
  await expect(page.getByRole('region', { name: 'Call' })).toBeVisible()
  const closed = page.waitForEvent('close')
  await ada.desktop.answerWith(0)
  await close()
  await closed
  expect((await ada.desktop.probe()).isWindowOpen).toBe(false)
})

test('a message that comes while another window has the focus is told by the system, and leads to the chat', async () => {
  const ada = await launch('Ada', 'red')
  const grace = await launch('Grace', 'green')
  const { code, address } = await ada.person.host('Design sync')
  await grace.person.joinAt(address, code)
  await grace.person.toggle('Chat').click()
  await ada.desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.blur())
  await grace.person.say('Have a look at this')
  await expect.poll(() => ada.desktop.notifications()).toEqual([{ title: 'Grace in Design sync', body: 'Have a look at this' }])
  await ada.desktop.clickNotification('Grace in Design sync')
  await expect(ada.person.messages).toContainText('Have a look at this')
})

test('stopping to host asks when others are in a meeting here, also from elsewhere', async () => {
  const ada = await launch('Ada', 'red')
  const grace = await launch('Grace', 'green')
  const { code, address } = await ada.person.host('Design sync')
  await grace.person.joinAt(address, code)
  await ada.desktop.page.getByRole('button', { name: 'Leave' }).click()
  await expect(grace.person.figure('Ada')).toBeHidden()
  const stop = ada.desktop.page.getByRole('button', { name: 'Stop hosting' })
  await ada.desktop.answerWith(1)
  await stop.click()
  await expect.poll(() => ada.desktop.questions()).toHaveLength(1)
  await expect(grace.desktop.page.getByRole('region', { name: 'Call' })).toBeVisible()
  await ada.desktop.answerWith(0)
  await stop.click()
  await expect(grace.desktop.page.getByRole('heading', { name: 'The server was stopped' })).toBeVisible()
  await expect(stop).toBeHidden()
})

test('a link that comes during a meeting says that one leaves it, and one to the same meeting that one is there', async () => {
  const ada = await launch('Ada', 'red')
  const { code, address } = await ada.person.host('Design sync')
  const dialog = ada.desktop.page.getByRole('dialog', { name: 'Open this meeting?' })
  await ada.desktop.startAgain(`lanyard://join/${code}?at=${new URL(address).host}`)
  await expect(dialog).toContainText('you are in this meeting already')
  await dialog.getByRole('button', { name: 'Stay' }).click()
  await ada.desktop.startAgain('lanyard://join/ABC123?at=127.0.0.1:9')
  await expect(dialog).toContainText('you leave Design sync')
  await dialog.getByRole('button', { name: 'Not now' }).click()
  await expect(ada.desktop.page.getByRole('region', { name: 'Call' })).toBeVisible()
})
