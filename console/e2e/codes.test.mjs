// Codes for print: one, seen before it is printed, and a batch whose list and labels
// are of the same things.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { accessible, launch, missing, open, settled, shot, signIn, visit, wellFormed, looks } from './browser.mjs'
import { api, key, start } from './server.mjs'

const skip = missing()

describe('codes for print', { skip: Boolean(skip), timeout: 300_000 }, () => {
  let server, browser, products
  before(async () => {
    server = await start('demo', '--speed', '3600', '--bottles', '20')
    browser = await launch()
    products = (await api(server.url, 'GET', '/products')).items
  })
  after(async () => {
    await browser?.close()
    await server?.stop()
  })

  const signedIn = async (options, secret) => {
    const page = await open(browser, server.url, options)
    await signIn(page, secret)
    return page
  }
  const shown = (page, payload) => page.locator(`[data-code=${JSON.stringify(payload)}]:not([data-stale])`).waitFor()
  const saved = async (page, name) => {
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name, exact: true }).click()])
    return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) }
  }

  test('one code is seen as it will be printed, with what speaks against it', async () => {
    const page = await signedIn()
    const { gtin } = products[1]
    await visit(page, `/products/${gtin}`)
    await page.getByRole('link', { name: 'Codes for print' }).click()
    await page.getByRole('heading', { level: 1, name: 'Codes' }).waitFor()
    await shown(page, `${server.url}/01/${gtin}`)
    await page.locator('[data-warning]').filter({ hasText: 'this machine alone' }).waitFor()

    await page.getByLabel('Link leads to').fill('https://id.example')
    await page.getByLabel('Lot').fill('L7')
    await page.getByLabel('Serial', { exact: true }).fill('A/1')
    await page.getByLabel('Expiry date').fill('2027-12-31')
    await shown(page, `https://id.example/01/${gtin}/10/L7/21/A%2F1?17=271231`)
    await page.getByText('Nothing speaks against printing it.').waitFor()
    await page.getByText('0.495 mm, at the target of shops or above').waitFor()
    await page.getByLabel('X-dimension, mm').fill('0.2')
    await page.locator('[data-warning]').filter({ hasText: '0.396 mm' }).waitFor()
    await page.getByText('0.2 mm, below what shops want').waitFor()
    await shot(page, 'codes-one', { fullPage: true })

    // The address holds it all: a reload shows the same code.
    await page.waitForURL(/x=.*0\.2/)
    await page.reload()
    await settled(page)
    await shown(page, `https://id.example/01/${gtin}/10/L7/21/A%2F1?17=271231`)
    const png = await saved(page, 'Download PNG')
    assert.equal(png.name, `code-${gtin}-L7-A_1-271231.png`)
    assert.equal(png.bytes.subarray(1, 4).toString(), 'PNG')
    assert.match((await saved(page, 'Download SVG')).bytes.toString(), /^<svg .*mm"/)
    assert.match((await saved(page, 'Download PDF')).bytes.toString('latin1'), /^%PDF-/)

    await page.getByLabel('Symbol').selectOption('datamatrix')
    await page.getByLabel('Holds').selectOption('elements')
    await shown(page, `01${gtin}1727123110L7␝21A/1`)
    assert.equal(await page.getByLabel('Link leads to').count(), 0)

    // What cannot be drawn says why, in the place of the drawing.
    await page.getByLabel('Product').selectOption('other')
    await page.getByText('Nothing to draw yet').waitFor()
    await page.getByLabel('Element string or link').fill('(00)095060001343529998')
    await page.getByRole('alert').filter({ hasText: 'check digit' }).waitFor()
    await accessible(page, 'a code that is refused')
    page.check(/400/)
    await page.context().close()
  })

  test('a batch is made, listed and drawn, and its things are known', async () => {
    const page = await signedIn()
    const { gtin } = products[0]
    await visit(page, `/codes?gtin=${gtin}&tab=batch`)
    await page.locator('[data-which="none"]').waitFor()
    const form = page.getByRole('form', { name: 'Make a batch' })
    await form.getByLabel('Labels').fill('30')
    await form.getByLabel('Lot').fill('WEB 1')
    await page.getByLabel('Link leads to').fill('https://id.example')
    await form.getByLabel('Serials').selectOption('numbered')
    await form.locator('[data-warning]').filter({ hasText: 'guessed' }).waitFor()
    await accessible(page, 'the form of a batch')
    await form.getByLabel('Serials').selectOption('random')
    await form.getByRole('button', { name: 'Make 30 things' }).click()
    await form.getByText('not a lot').waitFor()
    await form.getByLabel('Lot').fill('WEB-1')
    await form.getByRole('button', { name: 'Make 30 things' }).click()
    await page.locator('[data-made="30"]').waitFor()
    await page.locator('[data-which="batch"]').waitFor()
    await shot(page, 'codes-made', { fullPage: true })

    // The same list after a reload, from the address alone.
    const first = await saved(page, 'Download CSV')
    await page.reload()
    await settled(page)
    const list = await saved(page, 'Download CSV')
    assert.equal(list.name, `code-${gtin}-WEB-1.csv`)
    assert.deepEqual(list.bytes, first.bytes)
    const rows = list.bytes.toString().trim().split('\n').slice(1).map((r) => r.split(','))
    assert.equal(rows.length, 30)
    for (const [g, serial, lot, uri] of rows) {
      assert.deepEqual([g, lot, uri], [gtin, 'WEB-1', `https://id.example/01/${gtin}/10/WEB-1/21/${serial}`])
    }
    const { items } = await api(server.url, 'GET', '/things?lot=WEB-1')
    assert.deepEqual(items.map((i) => i.serial).sort(), rows.map((r) => r[1]).sort())

    await page.getByLabel('Cell width, mm').fill('5')
    await page.waitForURL(/cellWidth=/)
    await page.getByRole('button', { name: 'Download PDF' }).click()
    await page.getByRole('alert').filter({ hasText: 'State a larger cell' }).waitFor()
    await page.getByLabel('Cell width, mm').fill('')
    await page.waitForURL((u) => !u.search.includes('cellWidth'))
    await page.getByLabel('Paper').selectOption('roll')
    const pdf = await saved(page, 'Download PDF')
    assert.equal((pdf.bytes.toString('latin1').match(/\/Type \/Page\b/g) ?? []).length, 30)

    await page.getByRole('link', { name: 'See the things' }).click()
    await page.getByRole('link', { name: products[0].name.en }).first().click()
    await page.getByRole('link', { name: 'Its code for print' }).click()
    await page.locator('[data-code*="/10/WEB-1/21/"]').waitFor()
    page.check(/400/)
    await page.context().close()
  })

  test('who may not make things draws the labels of a lot', async () => {
    const { secret } = await api(server.url, 'POST', '/keys', { name: 'Marketing', role: 'marketer' })
    const page = await signedIn({}, secret)
    await visit(page, `/codes?tab=batch&gtin=${products[0].gtin}`)
    await page.getByText('Your role draws labels').waitFor()
    assert.equal(await page.getByRole('form', { name: 'Make a batch' }).count(), 0)
    await page.getByLabel('Lot').fill('WEB-1')
    await page.locator('[data-which="lot"]').waitFor()
    assert.match((await saved(page, 'Download PDF')).bytes.toString('latin1'), /^%PDF-/)
    page.check()
    await page.context().close()
  })

  test('a server that is slow or gone', async () => {
    const page = await signedIn()
    let release
    const held = new Promise((resolve) => (release = resolve))
    await page.route('**/api/v1/label?**', async (route) => {
      await held
      await route.abort()
    })
    await page.goto(`/console/codes?gtin=${products[0].gtin}`)
    await page.locator('main [aria-live][aria-busy="true"] .mantine-Skeleton-root').waitFor()
    release()
    await page.getByText('The server cannot be reached').waitFor()
    await page.unroute('**/api/v1/label?**')
    await page.getByRole('button', { name: 'Try again' }).click()
    await shown(page, `${server.url}/01/${products[0].gtin}`)
    await page.context().close()
  })

  for (const { scheme, small } of looks) {
    test(`${scheme}, ${small ? 'phone' : 'desktop'}`, async () => {
      const page = await signedIn({ scheme, small })
      const { gtin } = products[0]
      for (const [name, path] of Object.entries({
        codes: `/codes?gtin=${gtin}&lot=L7&serial=A1&x=0.3`,
        'codes-other': '/codes?of=other&data=(00)095060001343529997&symbology=gs1-datamatrix',
        'codes-batch': `/codes?tab=batch&gtin=${gtin}&lot=WEB-1`,
      })) {
        await visit(page, path)
        await page.locator('[data-code]:not([data-stale])').waitFor()
        await shot(page, `${name}-${scheme}-${small ? 'phone' : 'desktop'}`, { fullPage: true })
        await wellFormed(page, name)
        await accessible(page, name)
      }
      page.check()
      await page.context().close()
    })
  }

  test('the keyboard is enough, and a longer language fits', async () => {
    const page = await signedIn({ small: true, language: 'pseudo' })
    for (const path of ['/codes', '/codes?tab=batch', '/codes?of=other']) {
      await visit(page, path)
      await wellFormed(page, path)
    }
    await page.context().close()
    const desk = await signedIn()
    await visit(desk, '/')
    await desk.keyboard.press('g')
    await desk.keyboard.press('q')
    await desk.getByRole('heading', { level: 1, name: 'Codes' }).waitFor()
    await settled(desk)
    await desk.getByRole('tab', { name: 'One code' }).focus()
    await desk.keyboard.press('ArrowRight')
    await desk.getByRole('form', { name: 'Make a batch' }).waitFor()
    desk.check()
    await desk.context().close()
  })

  test('a house without products says what comes first', async () => {
    const empty = await start('serve')
    try {
      const page = await open(browser, empty.url)
      await signIn(page, key)
      await visit(page, '/codes')
      await page.locator('[data-empty]').getByText('tagline apply -f demo/').waitFor()
      await accessible(page, 'codes without products')
      await page.getByRole('link', { name: 'Draw a code of another key' }).click()
      await page.getByLabel('Element string or link').fill('(414)9506000134352')
      await shown(page, `${empty.url}/414/9506000134352`)
      page.check()
      await page.context().close()
    } finally {
      await empty.stop()
    }
  })
})
