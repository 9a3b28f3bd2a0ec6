import { whyNoNetworks } from '../support/lan/Network.ts'
import { Desktop, expect, test } from './support/fixtures.ts'

test.describe('on a network that breaks', () => {
  test.skip(whyNoNetworks !== null, whyNoNetworks ?? '')

  test('F64: the window says what keeps this computer from others, and what to do', async ({ makeNetwork }) => {
    const network = await makeNetwork()
    const machine = await network.machine('A', { addresses: ['10.77.0.1/24'] })
    const { page } = await Desktop.launch({ machine })
    const look = page.getByRole('dialog', { name: 'Check the network' })
    const verdict = look.getByRole('status').first()

    await page.getByRole('button', { name: 'Check the network' }).click()
    await expect(verdict).toContainText('Looking at the network')
    await expect(look.getByRole('listitem').filter({ hasText: 'Networks of this computer' })).toContainText('10.77.0.1')
    await expect(verdict).toContainText('Nothing is wrong that this computer can see by itself')

    await machine.plugOut()
    await look.getByRole('button', { name: 'Check again' }).click()
    await expect(verdict).toContainText('This computer is on no network.')
    await expect(look.getByRole('list', { name: 'What to do' })).toContainText('Plug a cable in')
    await look.getByText('What was looked at').click()
    await expect(look.getByRole('listitem').filter({ hasText: 'no cable is in' })).toBeVisible()

    await machine.plugIn()
    await page.keyboard.press('Escape')
    await page.getByLabel('Join code').fill('ABC234')
    await page.getByLabel('Address').fill('10.77.0.9:4433')
    await page.getByRole('button', { name: 'Join', exact: true }).click()
    await page.getByRole('button', { name: 'Find out why' }).click()
    await expect(verdict).toContainText('10.77.0.9 is not heard at all', { timeout: 30_000 })
  })
})
