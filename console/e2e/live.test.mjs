// Live but calm: nothing moves under the pointer, and a broken line heals.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { launch, missing, open, settled, shot, signIn, visit } from './browser.mjs'
import { api, start, until } from './server.mjs'

const skip = missing()

describe('the live view', { skip: Boolean(skip), timeout: 300_000 }, () => {
  let server, browser, bottle
  before(async () => {
    server = await start('serve')
    browser = await launch()
  })
  after(async () => {
    await browser?.close()
    await server?.stop()
  })

  test('an empty house offers the demo data on every list', async () => {
    const page = await open(browser, server.url)
    await signIn(page)
    await visit(page, '/')
    await page.getByText('Load the demo data').waitFor()
    await shot(page, 'empty-overview')
    for (const place of ['/products', '/content', '/things', '/taps', '/tags', '/tags/chips', '/phone', '/team?tab=keys']) {
      await visit(page, place)
      await page.locator('[data-empty], table').first().waitFor()
      const out = await page.locator('[data-empty]').evaluateAll((all) =>
        all.flatMap((e) => [...e.querySelectorAll('*')].filter((x) => x.getBoundingClientRect().right > e.getBoundingClientRect().right + 1).map((x) => x.textContent)))
      assert.deepEqual(out, [], `${place} has more than its card holds`)
      if (place === '/phone' || place === '/products') await page.getByText('tagline apply -f demo/').waitFor()
    }
    page.check()
    await page.context().close()
  })

  test('a hundred taps in a second: no row moves under the pointer, a counter tells', async () => {
    await prepare()
    const page = await open(browser, server.url)
    await signIn(page)
    await visit(page, '/taps')
    await page.getByText('Live', { exact: true }).waitFor()
    await tap(3)
    await page.locator('[data-new="3"]').waitFor()
    await page.locator('[data-new]').click()
    await settled(page)
    const first = page.locator('tbody tr').first()
    const before = await first.innerText()
    await tap(100)
    await page.locator('[data-new="100"]').waitFor()
    assert.equal(await first.innerText(), before)
    await shot(page, 'live-counter')

    // On the overview they come by themselves, unless somebody points at them.
    await visit(page, '/')
    const top = page.locator('[data-live] li').first()
    const shown = await top.innerText()
    await tap(1)
    await page.waitForFunction((text) => document.querySelector('[data-live] li')?.innerText !== text, shown)
    await page.locator('[data-live]').hover()
    const held = await top.locator('a').getAttribute('href')
    await tap(4)
    await page.locator('[data-new="4"]').waitFor()
    assert.equal(await top.locator('a').getAttribute('href'), held)
    page.check()
    await page.context().close()
  })

  test('a line that breaks says so, and heals', async () => {
    const page = await open(browser, server.url)
    await signIn(page)
    await visit(page, '/')
    await page.getByText('Live', { exact: true }).waitFor()
    await server.restart(() => page.getByText('Reconnecting', { exact: true }).waitFor())
    await page.getByText('Live', { exact: true }).waitFor({ timeout: 40_000 })
    await page.context().close()
  })

  async function prepare() {
    const post = (path, body) => api(server.url, 'POST', path, body)
    const put = (path, body) => api(server.url, 'PUT', path, body)
    await put('/brands/tester', { slug: 'tester', name: 'Tester' })
    await put('/products/09506000134352', { gtin: '09506000134352', brand: 'tester', name: { en: 'Test gin' }, alcohol: false, markets: ['NO'] })
    const template = `https://id.example/t/try/01/{gtin}/21/{serial}?p={picc}&e={enc}&m={mac}`
    await post('/keysets', { name: 'try', scheme: 'an10922', mode: 'aes', template, test: true })
    bottle = await until('a virtual bottle', () => post('/virtual', { gtin: '09506000134352', market: 'NO' }))
  }

  async function tap(times) {
    for (let i = 0; i < times; i++) {
      const { url } = await api(server.url, 'POST', `/virtual/${bottle.chip}/tap`)
      const answer = await fetch(server.url + url, { redirect: 'manual' })
      assert.ok(answer.status < 400, `a tap is answered ${answer.status}`)
    }
  }
})
