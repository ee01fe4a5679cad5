// Every screen, in both schemes, on a desk and in a hand: no complaint of the
// browser, no broken rule of accessibility, nothing sideways. The pictures in
// test-results are for people to look at.
import { after, before, describe, test } from 'node:test'
import { accessible, launch, missing, open, shot, signIn, visit, wellFormed, looks } from './browser.mjs'
import { api, key, start, until } from './server.mjs'

const skip = missing()
if (skip) console.error(skip)

const event = (day, rest) => ({ type: 'ObjectEvent', action: 'OBSERVE', eventTime: `2026-11-2${day}T10:00:00Z`, eventTimeZoneOffset: '+00:00', ...rest })
const bottle = 'https://id.gs1.org/01/09506000134352/21/WAY1'
const pallet = 'urn:epc:id:sscc:9506000.1000000001'
// A bottle on a pallet, from the plant to a till.
const chain = {
  '@context': 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld', type: 'EPCISDocument', schemaVersion: '2.0', creationDate: '2026-11-26T12:00:00Z',
  epcisBody: {
    eventList: [
      event(0, { action: 'ADD', bizStep: 'commissioning', disposition: 'active', epcList: [bottle] }),
      event(1, { type: 'AggregationEvent', action: 'ADD', bizStep: 'packing', parentID: pallet, childEPCs: [bottle] }),
      event(2, { bizStep: 'shipping', disposition: 'in_transit', epcList: [pallet], destinationList: [{ type: 'location', destination: 'urn:epc:id:sgln:9506000.00002.0' }] }),
      event(3, { bizStep: 'receiving', epcList: [pallet], bizLocation: { id: 'urn:epc:id:sgln:9506000.00002.0' } }),
    ],
  },
}

describe('screens of the demo', { skip: Boolean(skip), timeout: 600_000 }, () => {
  let server, browser
  const places = { overview: '/', products: '/products', content: '/content', things: '/things', taps: '/taps', refused: '/taps?result=refused',
    tags: '/tags', 'new-key-set': '/tags/new', import: '/tags/import', diagnose: '/tags/diagnose', chips: '/tags/chips', phone: '/phone',
    team: '/team', keys: '/team?tab=keys', settings: '/settings', missing: '/nowhere' }

  before(async () => {
    server = await start('demo', '--speed', '3600', '--bottles', '200')
    browser = await launch()
    const taps = await until('taps of the simulated world', async () => {
      const { items } = await api(server.url, 'GET', '/taps?limit=50')
      return items.length >= 30 && items.some((t) => t.thing) && items
    })
    const { items: products } = await api(server.url, 'GET', '/products')
    const { items: contents } = await api(server.url, 'GET', '/contents')
    const { items: sets } = await api(server.url, 'GET', '/keysets')
    const tap = taps.find((t) => t.thing)
    const captured = await fetch(`${server.url}/epcis/v2/capture`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(chain),
    })
    if (captured.status !== 202) throw new Error(`the capture was answered with ${captured.status}`)
    const { items: alarms } = await api(server.url, 'GET', '/alarms?limit=1&severity=high')
    const { items: [{ gtin, lot }] } = await api(server.url, 'GET', '/things?limit=1')
    const chips = { gtin, lot }
    Object.assign(places, {
      ways: '/ways', way: `/ways?id=${encodeURIComponent('(01)09506000134352(21)WAY1')}`, pallet: '/ways?id=urn:epc:id:sscc:9506000.1000000001',
      'no-way': '/ways?id=urn:x:nothing', captures: '/ways?tab=captures', 'recall-room': `/ways?tab=lots&gtin=${chips.gtin}&lot=${chips.lot}`, queries: '/ways?tab=queries',
      alarms: '/alarms', alarm: `/alarms/${alarms[0].id}`, 'alarm-rules': '/alarms/rules', places: '/places', 'places-import': '/places/import',
      product: `/products/${products[0].gtin}`,
      'content-one': `/content/${contents[0].name}`,
      thing: `/things/${tap.thing.id}`,
      event: `/events/${tap.event}`,
      'key-set': `/tags/sets/${sets[0].name}`,
    })
  })
  after(async () => {
    await browser?.close()
    await server?.stop()
  })

  for (const { scheme, small } of looks) {
    test(`${scheme}, ${small ? 'phone' : 'desktop'}`, async (t) => {
      const page = await open(browser, server.url, { scheme, small })
      await signIn(page)
      for (const name of Object.keys(places)) {
        await t.test(name, async () => {
          await visit(page, places[name])
          await shot(page, `${name}-${scheme}-${small ? 'phone' : 'desktop'}`, { fullPage: name === 'overview' })
          await wellFormed(page, name)
          await accessible(page, name)
          page.check(...(name === 'no-way' ? [/404 \(Not Found\)/] : []))
        })
      }
      await page.context().close()
    })
  }

  test('the navigation on a phone', async () => {
    const page = await open(browser, server.url, { small: true })
    await signIn(page)
    await visit(page, '/')
    await page.getByRole('button', { name: 'Open the navigation' }).click()
    await page.getByRole('button', { name: /^Account/ }).click()
    await page.getByRole('button', { name: 'Dark' }).waitFor()
    await shot(page, 'navigation-phone')
    await accessible(page, 'the navigation')
    const small = await page.locator('nav a, header button').evaluateAll((all) => all.filter((e) => e.getBoundingClientRect().height < 44).length)
    if (small > 0) throw new Error(`${small} targets are too small for a thumb`)
    await page.getByRole('link', { name: 'Things', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'Things' }).waitFor()
    await page.getByRole('link', { name: 'Taps', exact: true }).waitFor({ state: 'hidden' })
    page.check()
    await page.context().close()
  })

  test('sign-in', async () => {
    for (const scheme of ['light', 'dark']) {
      const page = await open(browser, server.url, { scheme, small: scheme === 'dark' })
      await page.goto('/console/things?seal=opened')
      await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor()
      await shot(page, `sign-in-${scheme}`)
      await wellFormed(page, 'sign-in')
      await accessible(page, 'sign-in')
      page.check(/401/)
      await page.context().close()
    }
  })

  test('a longer language fits on a phone', async (t) => {
    const page = await open(browser, server.url, { small: true, language: 'pseudo' })
    await signIn(page)
    for (const name of Object.keys(places)) {
      await t.test(name, async () => {
        await visit(page, places[name])
        await wellFormed(page, name)
      })
    }
    await shot(page, 'pseudo-phone')
    await page.context().close()
  })

  test('the first screen comes without a jump', async () => {
    const page = await open(browser, server.url)
    await signIn(page)
    await page.addInitScript(() => {
      window.shift = 0
      new PerformanceObserver((list) => {
        for (const e of list.getEntries()) if (!e.hadRecentInput) window.shift += e.value
      }).observe({ type: 'layout-shift', buffered: true })
    })
    for (const place of ['/', '/things', '/taps']) {
      await visit(page, place)
      const shift = await page.evaluate(() => window.shift)
      if (shift >= 0.02) throw new Error(`${place} shifts by ${shift.toFixed(3)}`)
    }
    await page.context().close()
  })
})
