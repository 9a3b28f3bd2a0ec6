import type { IpcMainInvokeEvent } from 'electron'
import fc from 'fast-check'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { serveCalls, type Handlers } from '../../src/main/app/ipc.ts'
import { CALL_CHANNEL, calls, type CallName } from '../../src/shared/bridge.ts'
import { isErrorCode, type Result } from '../../src/shared/errors.ts'

type Ask = (event: IpcMainInvokeEvent, ...args: unknown[]) => Promise<Result<unknown>>

const ours = {} as IpcMainInvokeEvent
const SECRET = 'a-secret-that-must-not-be-logged'

/** The bridge's end in main, with handlers that say what they were given. */
function serve() {
  const logged: string[] = []
  const handled: [CallName, unknown][] = []
  let ask: Ask | undefined
  const handlers = Object.fromEntries(
    Object.keys(calls).map((name) => [name, (params: unknown) => void handled.push([name as CallName, params])]),
  ) as unknown as Handlers
  const ipc = {
    handle(channel: string, listener: Ask) {
      if (channel === CALL_CHANNEL) ask = listener
    },
  }
  const log = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) })
  serveCalls(ipc, (event) => event === ours, handlers, log)
  return { ask: ask!, handled, handlers, logged }
}

/** Anything that Electron's structured clone brings over. */
const anything = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true }),
  fc.constant('x'.repeat(1_000_000)),
  fc.constant({ text: 'x'.repeat(1_000_000), url: `https://${'x'.repeat(5_000)}` }),
  fc.constant(JSON.parse('{"__proto__":{"polluted":true},"constructor":{}}')),
)

for (const name of Object.keys(calls) as CallName[]) {
  test(`${name}: whatever is asked gets an answer with a code, and nothing wrong reaches its handler`, async () => {
    const { ask, handled, logged } = serve()
    await fc.assert(
      fc.asyncProperty(anything, async (params) => {
        handled.length = 0
        const result = await ask(ours, name, params)
        if (result.ok) expect(calls[name].params.safeParse(handled[0]?.[1]).success).toBe(true)
        else expect([isErrorCode(result.error.code), handled.length]).toEqual([true, 0])
      }),
      { numRuns: 100, seed: 4 },
    )
    expect(logged).toEqual([])
    expect(Object.prototype).not.toHaveProperty('polluted')
  })

  test(`${name}: who is not our window is refused, whatever they ask`, async () => {
    const { ask, handled, logged } = serve()
    await fc.assert(
      fc.asyncProperty(anything, async (params) => {
        expect(await ask({} as IpcMainInvokeEvent, name, params)).toMatchObject({ ok: false, error: { code: 'forbidden' } })
      }),
      { numRuns: 100, seed: 5 },
    )
    await ask({} as IpcMainInvokeEvent, name, { key: SECRET })
    expect(handled).toEqual([])
    expect(logged.join()).not.toContain(SECRET)
  })
}

test('what is no call is refused, whatever its name', async () => {
  const { ask, handled } = serve()
  for (const name of ['', 'toString', '__proto__', 'constructor', 'nothing', null, 7, {}, ['getAbout']])
    expect(await ask(ours, name, {})).toMatchObject({ ok: false, error: { code: 'unknownRequest' } })
  expect(handled).toEqual([])
})

test('a handler that fails says nothing of why to the window, and nothing of what was asked to the log', async () => {
  const { ask, handlers, logged } = serve()
  handlers.keepHostKey = () => {
    throw new Error('the disk is full')
  }
  const result = await ask(ours, 'keepHostKey', { server: 'https://meet.example', roomId: 'r', key: SECRET })
  expect(result).toMatchObject({ ok: false, error: { code: 'internal' } })
  expect(JSON.stringify(result)).not.toContain('disk')
  expect(logged.join()).toContain('the disk is full')
  expect(logged.join()).not.toContain(SECRET)
})
