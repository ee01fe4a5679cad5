// The browser that looks at the running program, and what every page must keep.
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { key } from './server.mjs'

export const chromiumPath = process.env.TAGLINE_CHROMIUM ?? '/usr/bin/chromium'
export const shots = process.env.TAGLINE_SHOTS ?? fileURLToPath(new URL('../test-results/', import.meta.url))
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Why the browser tests cannot run here; undefined when they can. */
export function missing() {
  if (existsSync(chromiumPath)) return undefined
  if (process.env.TAGLINE_REQUIRE_CHROMIUM) throw new Error(`${chromiumPath} is missing`)
  return `!! ${chromiumPath} is missing: the browser tests are SKIPPED. Install chromium to run them.`
}

export async function launch() {
  mkdirSync(shots, { recursive: true })
  const args = ['--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
  if (process.getuid?.() === 0) args.push('--no-sandbox')
  return chromium.launch({ executablePath: chromiumPath, args })
}

const desktop = { viewport: { width: 1440, height: 960 } }
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }

/** A page that remembers every complaint of the browser; check() fails on one. */
export async function open(browser, url, { scheme = 'light', small = false, language } = {}) {
  const context = await browser.newContext({
    ...(small ? phone : desktop),
    colorScheme: scheme,
    locale: 'en-GB',
    timezoneId: 'Europe/Oslo',
    reducedMotion: 'reduce',
    baseURL: url,
  })
  if (language) await context.addInitScript((l) => localStorage.setItem('tagline.language', l), language)
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  const complaints = []
  page.on('console', (m) => ['error', 'warning'].includes(m.type()) && complaints.push(`console: ${m.text()}`))
  page.on('pageerror', (e) => complaints.push(`error: ${e.message}`))
  page.on('request', (r) => {
    const u = new URL(r.url())
    if (u.origin !== url && u.protocol.startsWith('http')) complaints.push(`a request outside: ${r.url()}`)
  })
  page.check = (...expected) => {
    const bad = complaints.filter((c) => !expected.some((e) => e.test(c)))
    complaints.length = 0
    if (bad.length > 0) throw new Error(`the browser complains:\n${bad.join('\n')}`)
  }
  return page
}

/** Signs in by the API, as the owner or by another key. */
export async function signIn(page, secret = key) {
  const answer = await page.request.post('/api/v1/session', {
    data: { key: secret },
    headers: { 'X-Requested-With': 'tagline' },
  })
  if (!answer.ok()) throw new Error(`sign-in: ${answer.status()} ${await answer.text()}`)
}

/** Goes to a place of the console and waits until nothing is loading any more. */
export async function visit(page, path) {
  await page.goto(`/console${path}`)
  await settled(page)
}

export async function settled(page) {
  await page.locator('h1').first().waitFor()
  await page.waitForFunction(() => !document.querySelector('main [aria-busy="true"], main .mantine-Skeleton-root'))
}

/** No rule of WCAG 2.2 A and AA, nor of good practice, is broken. */
export async function accessible(page, where) {
  await page.evaluate(axe)
  const found = await page.evaluate(async () => {
    const { violations } = await window.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'],
      // What is inside the phone frame is the consumer's page, which has its own tests.
      iframes: false,
    })
    return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(' ')}\n    ${n.failureSummary?.split('\n').slice(1, 3).join(' ')}`))
  })
  if (found.length > 0) throw new Error(`${where} breaks rules of accessibility:\n  ${found.join('\n  ')}`)
}

/** The page does not scroll sideways, and has exactly one h1. */
export async function wellFormed(page, where) {
  const { over, heads } = await page.evaluate(() => ({
    over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    heads: document.querySelectorAll('h1').length,
  }))
  if (over > 0) throw new Error(`${where} scrolls sideways by ${over} px`)
  if (heads !== 1) throw new Error(`${where} has ${heads} h1`)
}

export const shot = (page, name, options = {}) => page.screenshot({ path: join(shots, `${name}.png`), ...options })

/** The looks in which every screen is seen: each scheme and each size once. With
 * ALL_LOOKS=1 every pair of them. */
export const looks = process.env.ALL_LOOKS
  ? ['light', 'dark'].flatMap((scheme) => [false, true].map((small) => ({ scheme, small })))
  : [{ scheme: 'light', small: false }, { scheme: 'dark', small: true }]
