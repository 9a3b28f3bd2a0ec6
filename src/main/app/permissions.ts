import { systemPreferences, type Session } from 'electron'
import { APP_ORIGIN } from '../../shared/appOrigin.ts'

/** What our own page may use. The last three are Chromium's, for connections to this computer and its network. */
const ALLOWED = new Set([
  'media',
  'display-capture',
  'speaker-selection',
  'fullscreen',
  'clipboard-sanitized-write',
  'local-network',
  'local-network-access',
  'loopback-network',
])

const isOurs = (url: string | undefined) => url === APP_ORIGIN || (url?.startsWith(`${APP_ORIGIN}/`) ?? false)

/** Gives camera, microphone and what else a call needs to our own page in its main frame, and nothing to anyone else. */
export function guardPermissions(session: Session): void {
  session.setPermissionCheckHandler(
    (_, permission, origin, { isMainFrame }) => ALLOWED.has(permission) && isMainFrame && isOurs(origin),
  )
  session.setPermissionRequestHandler((_, permission, answer, { requestingUrl, isMainFrame, ...details }) => {
    if (!ALLOWED.has(permission) || !isMainFrame || !isOurs(requestingUrl)) return answer(false)
    const types = 'mediaTypes' in details ? (details.mediaTypes ?? []) : []
    void allowedBySystem(types).then(answer, () => answer(false))
  })
  session.setDevicePermissionHandler(() => false)
}

/** macOS asks its user once for each; a refusal there shows as a refusal here, and not as a black picture. */
async function allowedBySystem(types: readonly ('video' | 'audio')[]): Promise<boolean> {
  if (process.platform !== 'darwin') return true
  const asked = await Promise.all(
    types.map((type) => systemPreferences.askForMediaAccess(type === 'video' ? 'camera' : 'microphone')),
  )
  return asked.every(Boolean)
}
