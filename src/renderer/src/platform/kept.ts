/** What a page keeps on its computer, and what it shows and says there: the same for a browser and for the app. */
import { Kept, WindowWord, type Theme, type WindowChannel } from './Platform.ts'

export const readKept = (): Kept => Kept.parse(read('kept') ?? {})
export const writeKept = (kept: Kept): void => write('kept', kept)

export function showTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}

export function openChannel(hear: (word: WindowWord) => void): WindowChannel {
  const channel = new BroadcastChannel('lanyard.windows')
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    // Another version of the page may be open, too, and speak otherwise.
    const word = WindowWord.safeParse(data)
    if (word.success) hear(word.data)
  }
  return { say: (word) => channel.postMessage(word), close: () => channel.close() }
}

/** As a download, for which browser and app ask or have a folder. */
export function saveFile(name: string, type: string, text: string): void {
  const href = URL.createObjectURL(new Blob([text], { type }))
  Object.assign(document.createElement('a'), { href, download: name }).click()
  // Only once the download has begun.
  setTimeout(() => URL.revokeObjectURL(href), 10_000)
}

/** Null where there is nothing, or where the browser keeps nothing for this page. */
export function read(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(`lanyard.${key}`) ?? 'null')
  } catch {
    return null
  }
}

/** Where the browser keeps nothing, all works as long as the page is open. */
export function write(key: string, value: unknown): void {
  try {
    localStorage.setItem(`lanyard.${key}`, JSON.stringify(value))
  } catch {
    return
  }
}
