/** In front of the page's own scripts: what the preload exposes, and the questions to the permission handlers. Injected as source text. */
export function pageWorld(makeBridge, config) {
  if (window !== window.top) return
  const freeze = (v) => {
    if (
      v &&
      (typeof v === 'function' || Array.isArray(v) || Object.prototype.toString.call(v) === '[object Object]') &&
      !Object.isFrozen(v)
    ) {
      Object.freeze(v)
      Object.values(v).forEach(freeze)
    }
    return v
  }
  const node = document.createElement('i')
  let inner
  makeBridge(node, 'to-page', 'to-preload', (key, api) => {
    if (key === '') inner = api
    else if (Object.hasOwn(window, key)) throw new Error('Cannot bind an API on top of an existing property on the window object')
    else Object.defineProperty(window, key, { value: freeze(api), enumerable: true })
  })
  window.dispatchEvent(new MouseEvent(config.hello, { relatedTarget: node }))
  const { ask, open } = inner

  // Chromium's own prompts cannot be seen over CDP, so the permission handler is asked here, in front of the real call.
  const guard = (proto, name, permission, details, refuse) => {
    const real = proto?.[name]
    if (!real) return
    Object.defineProperty(proto, name, {
      configurable: true,
      enumerable: true,
      writable: true,
      value: {
        async [name](...args) {
          if (name === 'getDisplayMedia' && !navigator.userActivation.isActive) {
            throw new DOMException('getDisplayMedia() requires transient activation', 'InvalidStateError')
          }
          const verdict = await ask(permission, details?.(...args) ?? {})
          if (verdict === 'granted') return real.apply(this, args)
          return refuse
            ? refuse(verdict)
            : Promise.reject(
                new DOMException(
                  verdict === 'unsupported' ? 'Not supported' : 'Permission denied',
                  verdict === 'unsupported' ? 'NotSupportedError' : 'NotAllowedError',
                ),
              )
        },
      }[name],
    })
  }
  guard(window.MediaDevices?.prototype, 'getUserMedia', 'media', (c) => ({
    mediaTypes: ['video', 'audio'].filter((k) => c?.[k]),
  }))
  guard(window.MediaDevices?.prototype, 'getDisplayMedia', 'display-capture', (c) => ({
    videoRequested: c?.video !== false,
    audioRequested: !!c?.audio,
  }))
  guard(window.Notification, 'requestPermission', 'notifications', undefined, () => 'denied')
  guard(window.Clipboard?.prototype, 'readText', 'clipboard-read')
  guard(window.Clipboard?.prototype, 'read', 'clipboard-read')
  guard(window.Element?.prototype, 'requestFullscreen', 'fullscreen')
  const query = window.Permissions?.prototype.query
  if (query) {
    window.Permissions.prototype.query = async function (descriptor) {
      const status = await query.call(this, descriptor)
      const kind = { camera: 'video', microphone: 'audio' }[descriptor?.name]
      const verdict = await ask('check', { permission: kind ? 'media' : descriptor?.name, mediaType: kind })
      Object.defineProperty(status, 'state', { value: verdict })
      return status
    }
  }
  // Answering from main takes a moment, and window.open must answer at once: always null here.
  window.open = {
    open(url, name, features) {
      open(String(new URL(url ?? 'about:blank', document.baseURI)), String(name ?? ''), String(features ?? ''))
      return null
    },
  }.open
}
