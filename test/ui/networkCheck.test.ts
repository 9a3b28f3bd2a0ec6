import { expect, test } from 'vitest'
import { NetworkCheck } from '../../src/renderer/src/state/NetworkCheck.svelte.ts'
import type { Bridge, CallInput, CallValue, EventPayload } from '../../src/shared/bridge.ts'
import type { CheckResult } from '../../src/shared/checkup.ts'
import type { Result } from '../../src/shared/errors.ts'

type Answer = Result<CallValue<'checkNetwork'>>

/** Main's side, which answers when it is told to. */
function sampleMain() {
  const asked: CallInput<'checkNetwork'>[] = []
  const answers: ((answer: Answer) => void)[] = []
  let listener: (progress: EventPayload<'networkChecked'>) => void = () => {}
  const bridge: Partial<Bridge> = {
    onNetworkChecked: (heard) => {
      listener = heard
      return () => {}
    },
    checkNetwork: (what) => {
      asked.push(what)
      return new Promise((resolve) => answers.push(resolve))
    },
  }
  const tell = (look: number, name: CheckResult['name'], result: Partial<CheckResult> | null, server: string | null = null) =>
    listener({
      ...{ lookId: asked[look]!.lookId, name, server },
      result: result && { name, server, status: 'ok', detail: '', tookMs: 1, ...result },
    })
  return { network: new NetworkCheck(bridge as Bridge), asked, answers, tell }
}

const well: Answer = {
  ok: true,
  value: { ok: true, culprit: null, sureness: 'certain', summary: 'All is well.', steps: [], checks: [] },
}

test('each check is shown as it begins and as it ends, and the verdict at last', async () => {
  const { network, asked, answers, tell } = sampleMain()
  const look = network.look('10.77.0.1:4433')
  expect(network.state.status).toBe('running')
  expect(asked[0]).toMatchObject({ address: '10.77.0.1:4433' })
  tell(0, 'clock', null, 'Office')
  tell(0, 'multicast', null, 'Office')
  expect(network.rows.map(({ title, status }) => [title, status])).toEqual([
    ['Clock', 'running'],
    ['Discovery, both ways', 'running'],
  ])
  tell(0, 'clock', { status: 'warning', detail: 'Six minutes.' }, 'Office')
  expect(network.rows[0]).toEqual({ title: 'Clock', server: 'Office', status: 'warning', detail: 'Six minutes.' })
  expect(network.hasSeveral).toBe(false)
  tell(0, 'clock', {}, 'Library')
  expect(network.hasSeveral).toBe(true)

  answers[0]!(well)
  await look
  expect(network.state).toEqual({ status: 'done', checkup: (well as { value: unknown }).value })
  expect(network.details).toContain('All is well.')
  expect(network.details).toContain('warning: Clock (Office): Six minutes.')
})

test('what comes of an earlier look is not mixed into the next, which is for the same address', async () => {
  const { network, asked, answers, tell } = sampleMain()
  const first = network.look('10.77.0.1:4433')
  tell(0, 'interfaces', {})
  network.close()
  const second = network.look()
  expect(network.rows).toEqual([])
  expect(asked[1]!.address).toBe('10.77.0.1:4433')
  tell(0, 'ports', {})
  expect(network.rows).toEqual([])
  answers[0]!(well)
  await first
  expect(network.state.status).toBe('running')
  answers[1]!(well)
  await second
  expect(network.state.status).toBe('done')
})

test('one that fails says so, and one that is closed stays closed', async () => {
  const { network, answers } = sampleMain()
  const look = network.look(null)
  answers[0]!({ ok: false, error: { code: 'internal', message: 'Something went wrong' } })
  await look
  expect(network.state).toMatchObject({ status: 'failed', error: { code: 'internal' } })
  const closed = network.look(null)
  network.close()
  answers[1]!(well)
  await closed
  expect(network.state.status).toBe('closed')
})
