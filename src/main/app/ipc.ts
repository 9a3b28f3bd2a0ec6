import type { IpcMain, IpcMainInvokeEvent } from 'electron'
import type { Logger } from 'pino'
import { CALL_CHANNEL, calls, isCallName, type CallName, type CallParams, type CallValue } from '../../shared/bridge.ts'
import { AppError, type Result } from '../../shared/errors.ts'

/** The compiler asks for a handler of every call. */
export type Handlers = { [N in CallName]: (params: CallParams<N>) => CallValue<N> | Promise<CallValue<N>> }

/**
 * Answers the calls of the window: who asks is checked, what is asked is parsed, and what comes back is a Result. `isOurs` says
 * whether it is the page of our own window that asks.
 */
export function serveCalls(
  ipc: Pick<IpcMain, 'handle'>,
  isOurs: (event: IpcMainInvokeEvent) => boolean,
  handlers: Handlers,
  log: Logger,
): void {
  ipc.handle(CALL_CHANNEL, async (event, name: unknown, params: unknown): Promise<Result<unknown>> => {
    try {
      if (!isOurs(event)) throw new AppError('forbidden', 'Only the window of Lanyard may ask this')
      if (!isCallName(name)) throw new AppError('unknownRequest', 'There is no such call')
      return { ok: true, value: await handle(handlers, name, params ?? {}) }
    } catch (thrown) {
      const error = AppError.from(thrown)
      // What was asked stays out of the log: it may hold secrets.
      if (error.code === 'internal') log.error({ call: isCallName(name) ? name : 'unknown', err: error.cause }, 'a call failed')
      else if (error.code === 'forbidden') log.warn('a call from elsewhere was refused')
      return { ok: false, error: error.toInfo() }
    }
  })
}

async function handle<N extends CallName>(handlers: Handlers, name: N, params: unknown): Promise<unknown> {
  const parsed = calls[name].params.safeParse(params)
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path.join('.') ?? ''
    throw new AppError('badRequest', `${name}: ${path || 'the parameters'} cannot be used`, { details: { path } })
  }
  return handlers[name](parsed.data as CallParams<N>)
}
