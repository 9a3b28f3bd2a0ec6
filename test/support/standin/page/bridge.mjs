/**
 * Joins the two worlds. `node` is a detached element that only the two scripts hold: the worlds share the DOM
 * and nothing else, and dispatchEvent is synchronous and clones `detail` on its way, so a call through the
 * bridge can return a value at once, and a page script finds nothing to listen to or to forge. Injected as source text into both.
 */
export function makeBridge(node, mine, theirs, onExpose) {
  const dispatch = node.dispatchEvent.bind(node)
  const Custom = CustomEvent // now: the page may replace them later
  const functions = []
  const ids = new Map()
  const settlers = new Map()
  const answers = new Map()
  let tokens = 0
  const send = (message) => dispatch(new Custom(theirs, { detail: message }))
  const text = (error) => String(error?.message ?? error)
  const register = (f) => ids.get(f) ?? (ids.set(f, functions.push(f) - 1), functions.length - 1)

  function pack(root) {
    const marks = []
    const seen = new Map()
    const walk = (v, path) => {
      const mark = (kind, payload) => void marks.push([path, kind, payload])
      if (typeof v === 'function') return mark('function', register(v))
      if (typeof v === 'symbol') throw new Error('A symbol cannot be sent over the context bridge')
      if (v === null || typeof v !== 'object') return v
      if (seen.has(v)) return seen.get(v)
      const tag = Object.prototype.toString.call(v)
      if (tag === '[object Promise]') {
        const id = ++tokens
        v.then((value) => send({ do: 'settle', id, value: pack(value) })).catch((error) =>
          send({ do: 'settle', id, error: text(error) }),
        )
        return mark('promise', id)
      }
      if (tag === '[object Error]') return mark('error', text(v))
      if (Array.isArray(v)) {
        const out = []
        seen.set(v, out)
        v.forEach((x, i) => {
          out[i] = walk(x, [...path, i])
        })
        return out
      }
      if (tag === '[object Object]') {
        const out = {}
        seen.set(v, out)
        for (const [k, x] of Object.entries(v)) out[k] = walk(x, [...path, k])
        return out
      }
      return structuredClone(v) // Date, Map, ArrayBuffer …: throws for what cannot cross, as `detail` would not
    }
    return { value: walk(root, []), marks }
  }
  function unpack({ value, marks }) {
    const root = { value }
    for (const [path, kind, payload] of marks) {
      const steps = ['value', ...path]
      const last = steps.pop()
      steps.reduce((at, step) => at[step], root)[last] =
        kind === 'function'
          ? (...args) => call(payload, args)
          : kind === 'promise'
            ? new Promise((resolve, reject) => settlers.set(payload, { resolve, reject }))
            : new Error(payload) // of an error only the message crosses, as in Electron
    }
    return root.value
  }
  function call(id, args) {
    const token = ++tokens
    send({ do: 'call', id, token, args: pack(args) })
    const answer = answers.get(token)
    answers.delete(token)
    if (!answer || 'error' in answer) throw new Error(answer ? answer.error : 'The context bridge is gone')
    return unpack(answer.value)
  }
  node.addEventListener(mine, ({ detail: m }) => {
    if (m.do === 'call') {
      let reply
      try {
        reply = { value: pack(functions[m.id](...unpack(m.args))) }
      } catch (error) {
        reply = { error: text(error) }
      }
      send({ do: 'return', token: m.token, ...reply })
    } else if (m.do === 'return') answers.set(m.token, m)
    else if (m.do === 'expose') onExpose(m.key, unpack(m.api))
    else if (m.do === 'settle') {
      const { resolve, reject } = settlers.get(m.id)
      settlers.delete(m.id)
      if ('error' in m) reject(new Error(m.error))
      else resolve(unpack(m.value))
    }
  })
  return { expose: (key, api) => send({ do: 'expose', key, api: pack(api) }) }
}
