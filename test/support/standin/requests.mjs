/** Requests that Chromium holds back for us: answered by the app's handlers, refused by them, or let go. */
import { state } from './core.mjs'
import { pageAsked, willNavigate } from './navigation.mjs'
import { NOWHERE, refused } from './nowhere.mjs'
import { fromWire, toWire, translatePolicy } from './schemes.mjs'
import { fromPartition } from './session.mjs'

/** Electron's names for what the Chrome DevTools Protocol calls otherwise. */
const TYPES = {
  Document: 'mainFrame',
  Stylesheet: 'stylesheet',
  Image: 'image',
  Media: 'media',
  Font: 'font',
  Script: 'script',
  XHR: 'xhr',
  Fetch: 'xhr',
  Ping: 'ping',
}

/**
 * @param contents the WebContents of the frame, or undefined (service workers)
 * @param paused the params of Fetch.requestPaused
 */
export async function requestPaused(contents, paused) {
  const { requestId, request, resourceType, frameId } = paused
  // The page may be gone by now.
  const go = (method, params) => state.chromium.send(`Fetch.${method}`, { requestId, ...params }).catch(() => {})
  const refuse = (errorReason) => go('failRequest', { errorReason })
  if (request.url === NOWHERE) {
    await refuse('Aborted')
    return refused(frameId).resolve()
  }
  const session = contents?.session ?? fromPartition('')
  const isMainFrame = resourceType === 'Document' && frameId === contents?._targetId
  const details = detailsOf(contents, paused, isMainFrame)
  if (paused.responseErrorReason) return go('continueRequest')
  if (paused.responseStatusCode !== undefined) return headersReceived(session, details, paused, go, refuse)

  const fromPage = isMainFrame && !paused.redirectedRequestId && (await pageAsked(contents, request.url))
  if (fromPage && willNavigate(contents, details.url)) return refuse('Aborted')
  const before = await session.webRequest._ask('onBeforeRequest', details)
  if (before.cancel) return refuse('BlockedByClient')
  if (before.redirectURL) {
    const responseHeaders = [{ name: 'Location', value: toWire(before.redirectURL) }]
    return go('fulfillRequest', { responseCode: 307, responseHeaders })
  }
  const handler = session.protocol._handlers.get(URL.parse(details.url)?.protocol.slice(0, -1))
  if (!handler && details.url === request.url) return go('continueRequest')
  // Chromium asks every http origin for its icon, and no app:// one.
  const isIcon = resourceType === 'Other' && /^[^/]+:\/\/[^/]*\/favicon\.ico$/.test(details.url)
  if (!handler || isIcon) return go('fulfillRequest', { responseCode: 404, responseHeaders: [] })
  try {
    return await go('fulfillRequest', await answerOf(handler, details.url, request))
  } catch (error) {
    process.stderr.write(`stand-in: the handler of ${details.url} failed: ${error.stack}\n`)
    return refuse('Failed')
  }
}

function detailsOf(contents, { requestId, request, resourceType }, isMainFrame) {
  return {
    id: requestId,
    url: fromWire(request.url),
    method: request.method,
    webContentsId: contents?.id,
    webContents: contents,
    frame: contents?.mainFrame,
    referrer: request.headers.Referer ?? '',
    timestamp: Date.now(),
    resourceType: resourceType === 'Document' && !isMainFrame ? 'subFrame' : (TYPES[resourceType] ?? 'other'),
  }
}

/** The response is there, and the app may change its headers. */
async function headersReceived(session, details, { responseStatusCode, responseStatusText, responseHeaders }, go, refuse) {
  const received = {}
  for (const { name, value } of responseHeaders ?? []) (received[name] ??= []).push(value)
  const statusLine = `HTTP/1.1 ${responseStatusCode} ${responseStatusText}`
  const known = { ...details, statusCode: responseStatusCode, statusLine, responseHeaders: received }
  const reply = await session.webRequest._ask('onHeadersReceived', known)
  if (reply.cancel) return refuse('BlockedByClient')
  if (!reply.responseHeaders && !reply.statusLine) return go('continueRequest')
  const headers = Object.entries(reply.responseHeaders ?? received)
  return go('continueResponse', {
    responseCode: Number(reply.statusLine?.split(' ')[1] ?? responseStatusCode),
    responseHeaders: headers.flatMap(([name, values]) => [values].flat().map((value) => ({ name, value: String(value) }))),
  })
}

/** What the app's handler of the scheme answers, for Fetch.fulfillRequest. */
async function answerOf(handler, url, { method, headers, postDataEntries }) {
  const body = postDataEntries && Buffer.concat(postDataEntries.map(({ bytes = '' }) => Buffer.from(bytes, 'base64')))
  const response = await handler(new Request(url, { method, headers, body, duplex: 'half' }))
  if (response.type === 'error') throw new Error('Response.error()')
  return {
    responseCode: response.status,
    responsePhrase: response.statusText || undefined,
    responseHeaders: [...response.headers].map(([name, value]) => ({
      name,
      value: name.startsWith('content-security-policy') ? translatePolicy(value) : value,
    })),
    body: Buffer.from(await response.arrayBuffer()).toString('base64'),
  }
}
