/** The authority that has signed the server's certificate, for browsers to install, and a page that says how, and what it means. */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Hono } from 'hono'
import { html } from 'hono/html'
import { formatFingerprint } from '../../../shared/fingerprint.ts'
import type { Certificate } from '../tls/Certificate.ts'
import { platformOf, ways, type Way } from './trustWays.ts'

export interface Trust {
  /** Of the server, as people know it. */
  name: string
  certificate: Certificate
  /** The encrypted one. */
  port: () => number
}

const style = readFileSync(join(import.meta.dirname, 'docs', 'trust.css'), 'utf8')

/** `/authority.crt` as DER, which every system takes, `/authority.pem`, and `/trust`. Nothing where the owner has brought a certificate. */
export function makeTrustPages({ name, certificate, port }: Trust): Hono {
  const app = new Hono()
  const { authority } = certificate
  if (authority === null) return app
  const { raw, validToDate, fingerprint256 } = new X509Certificate(authority)
  const der = new Uint8Array(raw)
  app.get('/authority.crt', (c) => c.body(der, 200, { 'Content-Type': 'application/x-x509-ca-cert' }))
  app.get('/authority.pem', (c) => c.body(authority, 200, { 'Content-Type': 'application/x-pem-file' }))
  app.get('/trust.css', (c) => c.body(style, 200, { 'Content-Type': 'text/css; charset=utf-8', 'Cache-Control': 'no-cache' }))
  app.get('/trust', (c) => {
    const here = platformOf(c.req.header('user-agent') ?? '')
    const { names } = certificate.info
    c.header('Cache-Control', 'no-cache')
    c.header('Vary', 'User-Agent')
    return c.html(
      page({
        ...{ name, names, fingerprint: fingerprint256, until: validToDate.toISOString().slice(0, 10) },
        addresses: addressesOf(names).map((host) => `https://${host}:${port()}`),
        leaf: formatFingerprint(certificate.fingerprint),
        ways: [...ways].sort((a, b) => Number(b.platform === here) - Number(a.platform === here)),
      }),
    )
  })
  return app
}

interface Shown {
  name: string
  names: string[]
  /** Of the authority, and of the certificate that it has signed. */
  fingerprint: string
  leaf: string
  until: string
  addresses: string[]
  /** The one for the platform that asks comes first. */
  ways: Way[]
}

function page({ name, names, fingerprint, leaf, until, addresses, ways: [here, ...others] }: Shown) {
  const [address, ...further] = addresses
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Trust ${name} · Lanyard</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/trust.css" />
      </head>
      <body>
        <header>
          <p><a href="/">Back to Lanyard</a></p>
          <h1>Trust ${name} on this device</h1>
          <p>
            ${name} is encrypted with a certificate that it has made itself, so browsers warn of it. Install its authority once,
            and they do so no more, and recognise it when somebody else poses as it.
          </p>
        </header>
        <main>
          <section>
            <h2>1. Compare</h2>
            <p>
              Whoever can change what travels on this network could have changed this page, too. Ask the host to read out the
              fingerprint of the authority:
            </p>
            <p class="fingerprint"><code>${fingerprint}</code></p>
            <p class="quiet">
              The host finds it at <code>/trust</code> on their own computer, or with <code>lanyard certificate show</code>. Where
              your system shows a fingerprint (SHA-256) before it installs, that is the one to compare.
            </p>
          </section>
          <section>
            <h2>2. Install</h2>
            <p><a class="button" href="/authority.crt" download="lanyard-authority.crt">Download the authority</a></p>
            ${here ? stepsOf(here, true) : ''}
            <h3>Other systems</h3>
            ${others.map((way) => stepsOf(way, false))}
          </section>
          <section>
            <h2>3. Open it</h2>
            ${address ? html`<p><a href="${address}">${address}</a></p>` : ''}
            ${
              further.length > 0
                ? html`<p class="quiet">
                    Where that name is not found: ${further.map((one) => html`<a href="${one}">${one}</a> `)}
                  </p>`
                : ''
            }
            <p class="quiet">Restart the browser first if it still warns.</p>
          </section>
          <section>
            <h2>What it may do</h2>
            <p>
              It can vouch for this computer’s names and for addresses of private networks alone, and says so in itself: no bank,
              no mail, nothing on the internet. Its key never leaves the computer of ${name}; whoever steals it from there could
              pose as a machine of a private network to you. Remove it when you come here no more. It ends on ${until}.
            </p>
            <dl>
              <dt>The certificate now is for</dt>
              <dd>${names.join(', ')}</dd>
              <dt>Its fingerprint (SHA-256)</dt>
              <dd><code>${leaf}</code></dd>
            </dl>
            <p class="quiet">As text, for programs: <a href="/authority.pem">authority.pem</a></p>
          </section>
        </main>
      </body>
    </html>`
}

function stepsOf({ name, steps, remove }: Way, isOpen: boolean) {
  return html`<details${isOpen ? html` open` : ''}>
    <summary>${name}</summary>
    <ol>
      ${steps.map((step) => html`<li>${step}</li>`)}
    </ol>
    <p class="quiet">To remove it: ${remove}</p>
  </details>`
}

/** The name in the network first, which outlasts a change of address; what means everyone's own computer is no use to others. */
function addressesOf(names: readonly string[]): string[] {
  const others = names.filter((name) => !/^(localhost|127\.|::1$|0:0:0:0:0:0:0:1$|fe80)/i.test(name))
  const local = others.filter((name) => name.endsWith('.local'))
  const numbers = others.filter((name) => /^[\d.]+$/.test(name))
  return [...local, ...numbers]
}
