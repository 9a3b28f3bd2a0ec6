import { peerCertificate } from './certificate.mjs'
import { Emitter, record, recorded, state } from './core.mjs'
import { netFetch } from './net.mjs'
import { Protocol } from './protocol.mjs'
import { WebRequest } from './webRequest.mjs'

export class Session extends Emitter {
  static apiName = 'session'
  protocol = new Protocol()
  webRequest = new WebRequest()
  constructor(partition) {
    super()
    this._partition = partition
    this.storagePath = partition ? null : state.app.getPath('userData')
  }
  setPermissionRequestHandler(handler) {
    this._request = handler
  }
  setPermissionCheckHandler(handler) {
    this._check = handler
  }
  setCertificateVerifyProc(proc) {
    this._verify = proc
  }
  setDisplayMediaRequestHandler(handler, options) {
    record('session.setDisplayMediaRequestHandler', options)
    this._display = handler
  }
  isPersistent() {
    return this._partition === '' || this._partition.startsWith('persist:')
  }
  getStoragePath() {
    return this.storagePath
  }
  getUserAgent() {
    return this._agent ?? state.app.userAgentFallback
  }
  setUserAgent(agent) {
    this._agent = agent
  }
  fetch(input, init) {
    return netFetch(input, init)
  }
  /** A partition is a browser context of Chromium: separate, but gone with the process even if called persist:. */
  async _browserContext() {
    if (this._partition)
      this._context ??= state.chromium
        .send('Target.createBrowserContext', { disposeOnDetach: true })
        .then(({ browserContextId }) => grantAll(browserContextId).then(() => browserContextId))
    return this._context
  }

  /** A permission asked by a page: 'granted', 'denied', or (display capture without a handler) 'unsupported'. */
  async _permission(contents, frame, permission, details) {
    const where = { isMainFrame: true, requestingUrl: frame.url, securityOrigin: `${frame.origin}/`, ...details }
    if (permission === 'check') {
      const ok = this._check
        ? this._check(contents, details.permission, frame.origin, { ...where, mediaType: details.mediaType ?? 'unknown' })
        : true
      return ok ? 'granted' : 'denied'
    }
    if (this._request && !(await new Promise((resolve) => this._request(contents, permission, resolve, where)))) return 'denied'
    if (permission !== 'display-capture') return 'granted'
    if (!this._display) return 'unsupported'
    const streams = await new Promise((resolve) =>
      this._display({ frame, securityOrigin: frame.origin, userGesture: true, ...details }, resolve),
    )
    record('session.displayMedia', streams) // what the app chose; Chromium's fake capture is shown whatever it was
    return streams?.video || streams?.audio ? 'granted' : 'denied'
  }

  /** Chromium refused a certificate: does the app's proc accept it? Proper certificates it is not asked about. */
  async _acceptsCertificate({ requestURL, errorType }) {
    if (!this._verify) return false
    const { hostname, port } = new URL(requestURL)
    const certificate = await peerCertificate(hostname.replace(/^\[|\]$/g, ''), Number(port) || 443)
    return (
      (await new Promise((resolve) =>
        this._verify(
          {
            hostname,
            certificate,
            validatedCertificate: certificate,
            isIssuedByKnownRoot: false,
            verificationResult: `net::${errorType}`,
            errorCode: -202,
          },
          resolve,
        ),
      )) === 0
    )
  }
}

recorded(Session.prototype, 'session', [
  'setDevicePermissionHandler',
  'setUSBProtectedClassesHandler',
  'setBluetoothPairingHandler',
  'setSpellCheckerEnabled',
  'setSpellCheckerLanguages',
  'setSpellCheckerDictionaryDownloadURL',
  'setDownloadPath',
  'allowNTLMCredentialsForDomains',
  'flushStorageData',
  'setSSLConfig',
  'enableNetworkEmulation',
])

/** Electron without a handler allows everything; with one, the page's guards ask it (page.mjs). So Chromium itself never refuses. */
export const grantAll = (browserContextId) =>
  state.chromium.send('Browser.grantPermissions', {
    browserContextId,
    permissions: [
      'audioCapture',
      'videoCapture',
      'displayCapture',
      'speakerSelection',
      'notifications',
      'geolocation',
      'clipboardReadWrite',
      'clipboardSanitizedWrite',
      'wakeLockScreen',
      'windowManagement',
      'idleDetection',
      'pointerLock',
      'keyboardLock',
      'midi',
      'sensors',
      'durableStorage',
      'storageAccess',
      'localFonts',
    ],
  })
export const fromPartition = (partition) =>
  state.sessions.get(partition) ?? (state.sessions.set(partition, new Session(partition)), state.sessions.get(partition))
