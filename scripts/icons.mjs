/**
 * `node scripts/icons.mjs`: draws the app's pictures from their SVGs in resources/, anew after each change of one. What macOS and Windows
 * have in formats of their own, electron-builder makes of icon.png.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { root, say } from './setup/run.mjs'

/** @type {[svg: string, png: string, pixels: number][]} */
const pictures = [
  ['icon.svg', 'icon.png', 1024],
  ['tray.svg', 'tray.png', 16],
  ['tray.svg', 'tray@2x.png', 32],
  ['trayTemplate.svg', 'trayTemplate.png', 16],
  ['trayTemplate.svg', 'trayTemplate@2x.png', 32],
]

const resources = join(root, 'resources')
const system = '/usr/bin/chromium'
const browser = await chromium.launch({ args: ['--no-sandbox'], ...(existsSync(system) && { executablePath: system }) })
try {
  const page = await browser.newPage()
  for (const [svg, png, pixels] of pictures) {
    await page.setViewportSize({ width: pixels, height: pixels })
    const source = readFileSync(join(resources, svg)).toString('base64')
    await page.setContent(
      `<style>body { margin: 0 }</style><img width="${pixels}" height="${pixels}" src="data:image/svg+xml;base64,${source}" style="display: block">`,
    )
    await page
      .locator('img')
      .evaluate((image) => /** @type {{ decode(): Promise<void> }} */ (/** @type {unknown} */ (image)).decode())
    await page.screenshot({ path: join(resources, png), omitBackground: true })
    say(`resources/${png}`)
  }
} finally {
  await browser.close()
}
