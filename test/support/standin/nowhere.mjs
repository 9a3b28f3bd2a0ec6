/**
 * Where a new page is sent first: the request is refused, so the page stays without a document of its own, as Electron's
 * does before loadURL. Playwright then reports the window only when it shows something; about:blank it would report at once.
 */
export const NOWHERE = 'http://nowhere.localhost/'
const refusals = new Map() // by target; the request may come before or after we are attached to the page
export const refused = (targetId) => refusals.get(targetId) ?? refusals.set(targetId, Promise.withResolvers()).get(targetId)
