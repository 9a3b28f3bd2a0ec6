import { io } from 'socket.io-client'
import { unwrap, type Result } from '../../../src/shared/errors.ts'
import type { NotificationName, ParamsInput, Payload, RequestName, Value } from '../../../src/shared/protocol.ts'

/** Someone who talks to the server without a window: for rooms that the window does not make, and people who only fill them. */
export async function outsider(url: string) {
  const socket = io(url, { transports: ['websocket'], reconnection: false, auth: { protocol: 1 } })
  await new Promise((resolve, reject) => {
    socket.once('welcome', resolve)
    socket.once('connect_error', reject)
  })
  return {
    request: <N extends RequestName>(name: N, params: ParamsInput<N>): Promise<Value<N>> =>
      new Promise<Result<Value<N>>>((resolve) => socket.emit(name, params, resolve)).then(unwrap),
    on: <N extends NotificationName>(name: N, listener: (payload: Payload<N>) => void) =>
      void socket.onAny((heard: string, payload: Payload<N>) => {
        if (heard === name) listener(payload)
      }),
    close: () => void socket.disconnect(),
  }
}
