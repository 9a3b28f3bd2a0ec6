import { protocol } from 'electron'
import { APP_ORIGIN } from '../../shared/appOrigin.ts'

/** `app`, in which the page of the window comes out of the package. */
export const APP_SCHEME = new URL(APP_ORIGIN).protocol.slice(0, -1)

/** Must be called before Electron is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: APP_SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
    },
  ])
}
