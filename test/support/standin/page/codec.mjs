/**
 * Structured clone as text. The CDP carries JSON only, so both ends (Node, and the preload's world,
 * where this function's source is injected) flatten a value into cells that refer to each other by index:
 * cycles and shared references survive. `structuredClone` first, so that the platform decides what can
 * be cloned, drops prototypes and reads getters.
 */
export function codec() {
  const SPECIAL = [undefined, NaN, Infinity, -Infinity, -0] // referred to as -1 … -5
  const fail = () => {
    throw new Error('An object could not be cloned.')
  }
  const toBase64 = (bytes) =>
    typeof Buffer === 'undefined'
      ? bytes.toBase64()
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
  const fromBase64 = (text) =>
    typeof Buffer === 'undefined' ? Uint8Array.fromBase64(text) : new Uint8Array(Buffer.from(text, 'base64'))

  function encode(value) {
    const cells = []
    const seen = new Map()
    const ref = (v) => {
      const special = SPECIAL.findIndex((s) => Object.is(s, v))
      if (special >= 0) return -1 - special
      if (seen.has(v)) return seen.get(v)
      const index = cells.push(null) - 1
      seen.set(v, index)
      cells[index] = typeof v === 'bigint' ? ['BigInt', String(v)] : typeof v === 'object' && v !== null ? describe(v) : v
      return index
    }
    const describe = (v) => {
      const tag = Object.prototype.toString.call(v).slice(8, -1)
      if (ArrayBuffer.isView(v)) return ['View', tag, toBase64(new Uint8Array(v.buffer, v.byteOffset, v.byteLength))]
      switch (tag) {
        case 'Object':
          return [tag, Object.entries(v).map(([k, x]) => [k, ref(x)])]
        case 'Array':
          return [tag, Array.from(v, ref)]
        case 'Map':
          return [tag, [...v].map(([k, x]) => [ref(k), ref(x)])]
        case 'Set':
          return [tag, [...v].map(ref)]
        case 'Date':
          return [tag, v.getTime()]
        case 'RegExp':
          return [tag, v.source, v.flags]
        case 'ArrayBuffer':
          return [tag, toBase64(new Uint8Array(v))]
        case 'Error':
          return [tag, v.name, v.message, v.stack]
        default:
          return fail()
      }
    }
    try {
      value = structuredClone(value)
    } catch {
      fail()
    }
    return JSON.stringify([ref(value), cells])
  }

  function decode(text) {
    const [root, cells] = JSON.parse(text)
    const made = new Map()
    const get = (index) => {
      if (index < 0) return SPECIAL[-1 - index]
      if (made.has(index)) return made.get(index)
      const cell = cells[index]
      if (!Array.isArray(cell)) return cell
      const [tag, a, b, c] = cell
      const keep = (v) => (made.set(index, v), v)
      switch (tag) {
        case 'BigInt':
          return BigInt(a)
        case 'View': {
          const bytes = fromBase64(b)
          return keep(
            a === 'Uint8Array' ? bytes : a === 'DataView' ? new DataView(bytes.buffer) : new globalThis[a](bytes.buffer),
          )
        }
        case 'Object': {
          const out = keep({})
          for (const [k, x] of a)
            Object.defineProperty(out, k, { value: get(x), writable: true, enumerable: true, configurable: true })
          return out
        }
        case 'Array': {
          const out = keep([])
          for (const x of a) out.push(get(x))
          return out
        }
        case 'Map': {
          const out = keep(new Map())
          for (const [k, x] of a) out.set(get(k), get(x))
          return out
        }
        case 'Set': {
          const out = keep(new Set())
          for (const x of a) out.add(get(x))
          return out
        }
        case 'Date':
          return keep(new Date(a))
        case 'RegExp':
          return keep(new RegExp(a, b))
        case 'ArrayBuffer':
          return keep(fromBase64(a).buffer)
        case 'Error': {
          const Type = /^(Eval|Range|Reference|Syntax|Type|URI)Error$/.test(a) ? globalThis[a] : Error
          const e = keep(new Type(b))
          e.stack = c
          return e
        }
      }
    }
    return get(root)
  }
  return { encode, decode }
}
