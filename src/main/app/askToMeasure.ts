import type { Capacity } from '../../shared/capacity.ts'
import { AppError } from '../../shared/errors.ts'
import { HostedNews } from '../../shared/hosted.ts'
import type { HostedProcess } from './hosting.ts'

/** Has a process measure how many people this computer can hold. Rejects with `mediaUnavailable` where it cannot. */
export function askToMeasure(asked: HostedProcess, config: Record<string, unknown>): Promise<Capacity> {
  const { promise, resolve, reject } = Promise.withResolvers<Capacity>()
  const refuse = (message: string) => reject(new AppError('mediaUnavailable', message))
  const hear = (data: unknown) => {
    const news = HostedNews.parse(data)
    if (news.type === 'measured') resolve(news.capacity)
    if (news.type === 'unmeasured') refuse(news.message)
  }
  const ended = () => refuse('It could not be measured: the server has just started or stopped; try again')
  asked.on('message', hear)
  asked.once('exit', ended)
  asked.postMessage({ type: 'measure', config })
  return promise.finally(() => {
    asked.off('message', hear)
    asked.off('exit', ended)
  })
}
