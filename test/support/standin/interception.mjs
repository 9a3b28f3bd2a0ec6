import { state } from './core.mjs'
import { schemes } from './schemes.mjs'

/** Which requests Chromium must show us: navigations, our schemes, and everything where webRequest listens. */
export async function interceptRequests() {
  if (!state.chromium) return
  const all = [...state.sessions.values()]
  const patterns = [
    { urlPattern: '*', resourceType: 'Document' },
    ...[...schemes].map((s) => ({ urlPattern: `http://*.${s}.localhost/*` })),
  ]
  for (const s of all)
    for (const name of s.protocol._handlers.keys()) if (/^https?$/.test(name)) patterns.push({ urlPattern: `${name}://*` })
  if (all.some((s) => s.webRequest._on.onBeforeRequest)) patterns.push({ urlPattern: '*' })
  if (all.some((s) => s.webRequest._on.onHeadersReceived)) patterns.push({ urlPattern: '*', requestStage: 'Response' })
  await state.chromium.send('Fetch.enable', { patterns })
}
