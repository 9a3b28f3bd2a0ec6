/** What both Node and browsers have as globals, and neither's types can say alone (https://url.spec.whatwg.org/#url-class). */
declare class URL {
  static parse(url: string, base?: string): URL | null
  readonly hash: string
  readonly host: string
  readonly hostname: string
  readonly origin: string
  readonly pathname: string
  readonly port: string
  readonly protocol: string
  readonly searchParams: URLSearchParams
  constructor(url: string, base?: string)
}

declare class URLSearchParams {
  constructor(text: string)
  getAll(name: string): string[]
  has(name: string): boolean
}
