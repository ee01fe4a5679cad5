// What people come for: tapping a bottle, signing in, inviting, keys, tags.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { accessible, launch, missing, open, settled, shot, signIn, visit } from './browser.mjs'
import { api, key, start, until } from './server.mjs'

const skip = missing()

describe('work in the console', { skip: Boolean(skip), timeout: 600_000 }, () => {
  let server, browser
  before(async () => {
    server = await start('demo', '--speed', '3600', '--bottles', '60')
    browser = await launch()
    await until('the demo is there', async () => (await api(server.url, 'GET', '/virtual')).items.length > 0)
  })
  after(async () => {
    await browser?.close()
    await server?.stop()
  })

  const signedIn = async (options) => {
    const page = await open(browser, server.url, options)
    await signIn(page)
    return page
  }

  test('a bottle is tapped, torn, tapped and replayed', async () => {
    const page = await signedIn()
    await visit(page, '/phone')
    await page.getByRole('button', { name: 'Make another' }).or(page.getByLabel('Bottle', { exact: true })).first().waitFor()
    const decided = (result) => page.locator(`[data-decision="${result}"]`).waitFor()
    const inPhone = page.frameLocator('iframe')

    await page.getByRole('button', { name: 'Tap it', exact: true }).click()
    await decided('genuine')
    await inPhone.locator('h1').waitFor()
    // The tap's parameters are gone from the address: the page is the clean one.
    assert.match(await page.locator('[data-address]').innerText(), /^\/01\/\d{14}\/21\/[^?]+$/)
    await shot(page, 'journey-1-sealed', { fullPage: true })

    await page.getByRole('button', { name: 'Tear the seal' }).click()
    await page.getByText('Torn', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Tap it again' }).click()
    await page.getByText('The loop is torn').waitFor()
    await decided('genuine')
    await shot(page, 'journey-2-opened', { fullPage: true })

    await page.getByRole('button', { name: /^Replay link/ }).last().click()
    await decided('replayed')
    await shot(page, 'journey-3-replayed', { fullPage: true })
    await accessible(page, 'the phone after a replay')

    await page.getByRole('button', { name: 'Use another phone' }).click()
    await page.getByText('Hold the bottle to the phone').waitFor()
    await page.getByRole('button', { name: /^Replay link/ }).first().click()
    await decided('replayed')
    page.check()

    // Its story tells it, with evidence.
    await page.getByTitle('Its life story').click()
    await page.getByRole('heading', { name: 'Life story' }).waitFor()
    await page.locator('[data-type="opened"]').first().waitFor()
    await page.getByRole('link', { name: /Ledger entry/ }).first().click()
    await page.getByRole('heading', { level: 1, name: /Ledger entry/ }).waitFor()
    await page.context().close()
  })

  test('alcohol waits for the age; what is said before the purchase turns into recipes', async () => {
    const page = await signedIn()
    const { items } = await api(server.url, 'GET', '/virtual')
    const products = (await api(server.url, 'GET', '/products')).items.filter((p) => p.alcohol)
    const bottle = items.find((b) => products.some((p) => p.gtin === b.thing.gtin))
    await visit(page, `/phone?bottle=${bottle.chip}`)
    await page.getByRole('button', { name: 'Tap it', exact: true }).click()
    await page.getByText(/age is asked first/).waitFor()
    const inPhone = page.frameLocator('iframe')
    await inPhone.locator('select').selectOption('GB')
    for (const [label, value] of [['Day', '27'], ['Month', '3'], ['Year', '1985']]) await inPhone.getByLabel(label, { exact: true }).fill(value)
    await inPhone.locator('form button').first().click()
    await inPhone.getByRole('heading', { level: 1, name: bottle.product.name }).waitFor()
    await page.getByText(/age is asked first/).waitFor({ state: 'detached' })
    await page.getByText(/^Shown: (?!.*recipe)/).waitFor()
    await page.getByRole('button', { name: 'Tear the seal' }).click()
    await page.getByText('Torn', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Tap it again' }).click()
    await page.getByText(/^Shown: .*recipe/).waitFor()
    await inPhone.getByText('You need').first().waitFor()
    page.check()
    await page.context().close()
  })

  test('signing in by key leads back to where one wanted to go', async () => {
    const page = await open(browser, server.url)
    await page.goto('/console/things?seal=sealed')
    await page.getByRole('button', { name: 'Use an API key' }).click()
    await page.getByLabel('API key', { exact: true }).fill('tl_wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    await page.getByLabel('API key', { exact: true }).fill(key)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { level: 1, name: 'Things' }).waitFor()
    assert.equal(new URL(page.url()).search, '?seal=sealed')
    await page.context().close()
  })

  test('an invited marketer signs in by the link, sees less, and sets a password', async () => {
    const owner = await signedIn()
    await visit(owner, '/team')
    await owner.getByRole('button', { name: 'Invite a member' }).click()
    await owner.getByLabel('Name').fill('Mina Sol')
    await owner.getByLabel('E-mail').fill('mina@example.com')
    await owner.getByRole('dialog').getByLabel('Role').selectOption('marketer')
    await accessible(owner, 'the invitation')
    await owner.getByRole('button', { name: 'Make the link' }).click()
    const link = await owner.locator('[data-secret]').innerText()
    await accessible(owner, 'the link')

    const mina = await open(browser, server.url)
    await mina.goto(link)
    await mina.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    assert.doesNotMatch(mina.url(), /token/)
    await visit(mina, '/tags/new')
    await mina.getByText('Your role does not include this').waitFor()
    await visit(mina, '/settings')
    await mina.getByLabel('New password').fill('a long enough password')
    await mina.getByRole('button', { name: 'Set the password' }).click()
    await mina.getByText('The password is set').waitFor()
    await mina.getByRole('button', { name: /^Account/ }).click()
    await mina.getByRole('button', { name: 'Sign out' }).click()
    await mina.getByLabel('E-mail').fill('mina@example.com')
    await mina.getByLabel('Password', { exact: true }).fill('a long enough password')
    await mina.getByRole('button', { name: 'Sign in' }).click()
    await mina.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()

    // What the page still reads while it signs out does not make the way out a way back.
    let answered
    const visited = []
    mina.on('request', (r) => r.isNavigationRequest() && visited.push(new URL(r.url()).search))
    const refused = mina.waitForResponse((r) => r.status() === 401)
    await mina.route('**/api/v1/session', async (route) => {
      if (route.request().method() !== 'DELETE') return route.continue()
      const response = await route.fetch()
      answered = () => route.fulfill({ response })
    })
    await mina.getByRole('button', { name: /^Account/ }).click()
    const out = mina.waitForResponse((r) => r.request().method() === 'DELETE' && r.status() === 204)
    await mina.getByRole('button', { name: 'Sign out' }).click()
    await until('the session is ended', () => answered)
    await mina.getByRole('link', { name: 'Things', exact: true }).click()
    await refused
    await mina.evaluate(() => new Promise((done) => requestAnimationFrame(() => done()))).catch(() => {})
    await answered()
    await out
    await mina.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor()
    assert.deepEqual(visited.filter((search) => search.includes('next=')), [])

    // The link was good once.
    const again = await open(browser, server.url)
    await again.goto(link)
    await again.getByRole('alert').waitFor()
    await Promise.all([owner, mina, again].map((p) => p.context().close()))
  })

  test('a key is made, shown once, and revoked by typing its name', async () => {
    const page = await signedIn()
    await visit(page, '/team?tab=keys')
    await page.getByRole('button', { name: 'Create an API key' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Line 2')
    await accessible(page, 'the key form')
    await page.getByRole('button', { name: 'Create', exact: true }).click()
    const secret = await page.locator('[data-secret]').innerText()
    await page.getByRole('button', { name: 'I have copied it' }).click()
    const ask = () => fetch(`${server.url}/api/v1/session`, { headers: { Authorization: `Bearer ${secret}` } })
    assert.equal((await ask()).status, 200)
    await page.getByRole('row', { name: /Line 2/ }).getByRole('button', { name: 'Revoke' }).click()
    const confirm = page.getByRole('dialog').getByRole('button', { name: 'Revoke' })
    assert.equal(await confirm.isDisabled(), true)
    await page.getByLabel('Type Line 2 to go on').fill('Line 2')
    await confirm.click()
    await page.getByRole('row', { name: /Line 2/ }).getByText('Revoked').waitFor()
    assert.equal((await ask()).status, 401)
    page.check()
    await page.context().close()
  })

  test('a key set is made, a batch is checked to the row, imported, and a tag diagnosed', async () => {
    const page = await signedIn()
    await visit(page, '/tags/new')
    await page.getByLabel('Name').fill('spring-26')
    await page.getByRole('button', { name: 'Create', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'spring-26' }).waitFor()
    await page.getByText('NDEF file').waitFor()
    await shot(page, 'key-set-new')
    const { items: products } = await api(server.url, 'GET', '/products')
    const gtin = products[0].gtin
    const csv = (rows) => ({ name: 'batch.csv', mimeType: 'text/csv', buffer: Buffer.from(`uid,gtin,serial\n${rows.join('\n')}\n`) })

    await visit(page, '/tags/import?set=spring-26')
    await page.getByLabel('CSV file').setInputFiles(csv([`04A1B2C3D4E580,${gtin},WEB001`, `04A1B2C3D4,${gtin},WEB002`]))
    await page.getByRole('button', { name: 'Check without importing' }).click()
    await page.getByRole('heading', { name: 'Errors' }).waitFor()
    assert.equal(await page.getByRole('button', { name: /^Import \d/ }).count(), 0)
    await shot(page, 'import-errors', { fullPage: true })
    await accessible(page, 'the import report')

    await page.getByLabel('CSV file').setInputFiles(csv([`04A1B2C3D4E580,${gtin},WEB001`, `04A1B2C3D4E680,${gtin},WEB002`]))
    await page.getByRole('button', { name: 'Check without importing' }).click()
    await page.getByRole('button', { name: 'Import 2 tags' }).click()
    await page.getByRole('link', { name: 'See the tags' }).click()
    await page.getByRole('link', { name: 'WEB001' }).waitFor()
    await page.getByRole('row', { name: /WEB001/ }).getByRole('button', { name: 'Block' }).click()
    await page.getByRole('row', { name: /WEB001/ }).getByText('Blocked').waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByRole('row', { name: /WEB001/ }).getByText('Blocked').waitFor({ state: 'detached' })

    const { items: bottles } = await api(server.url, 'GET', '/virtual')
    const { url } = await api(server.url, 'POST', `/virtual/${bottles[0].chip}/tap`)
    await visit(page, '/tags/diagnose')
    await page.getByLabel('Tag URL').fill(server.url + url)
    await page.getByRole('button', { name: 'Diagnose' }).click()
    await page.getByText('This URL is signed by our keys').waitFor()
    await page.getByLabel('Tag URL').fill((server.url + url).replace(/.$/, (c) => (c === '0' ? '1' : '0')))
    await page.getByRole('button', { name: 'Diagnose' }).click()
    await page.getByText('This URL is refused').waitFor()
    await shot(page, 'diagnosis')
    await accessible(page, 'a diagnosis')
    page.check()
    await page.context().close()
  })

  test('the keyboard is enough', async () => {
    const page = await signedIn()
    await visit(page, '/')
    await page.keyboard.press('Control+k')
    await page.getByPlaceholder('Thing, product').waitFor()
    await page.getByPlaceholder('Thing, product').pressSequentially('phone')
    await accessible(page, 'the palette')
    await shot(page, 'palette')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Phone' }).waitFor()

    await page.keyboard.press('g')
    await page.keyboard.press('b')
    await page.getByRole('heading', { level: 1, name: 'Things' }).waitFor()
    await settled(page)
    await page.locator('tbody a').first().focus()
    await page.keyboard.press('ArrowDown')
    const second = await page.locator('tbody tr').nth(1).locator('a').first().getAttribute('href')
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('href')), second)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Life story' }).waitFor()

    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
    await accessible(page, 'the list of keys')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('d')
    await page.waitForFunction(() => document.documentElement.dataset.mantineColorScheme === 'dark')

    // In an input a letter is a letter.
    await visit(page, '/things')
    await page.getByRole('searchbox').fill('')
    await page.getByRole('searchbox').pressSequentially('gt')
    assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'Things')
    page.check()
    await page.context().close()
  })

  test('filters stand in the address: a reload and the way back keep them', async () => {
    const page = await signedIn()
    await visit(page, '/things')
    await page.getByLabel('Seal').selectOption('sealed')
    await page.waitForURL(/seal=sealed/)
    await settled(page)
    await page.reload()
    await settled(page)
    assert.equal(await page.getByLabel('Seal').inputValue(), 'sealed')
    await page.locator('tbody a').first().click()
    await page.getByRole('heading', { name: 'Life story' }).waitFor()
    await page.goBack()
    await page.waitForURL(/seal=sealed/)
    await page.context().close()
  })

  test('a reload keeps the last link, and no chip sticks out of its card', async () => {
    const page = await signedIn()
    await page.setViewportSize({ width: 1360, height: 900 })
    const { items } = await api(server.url, 'GET', '/virtual')
    await visit(page, `/phone?bottle=${items[1].chip}`)
    await page.getByRole('button', { name: /^Tap it/ }).click()
    await page.locator('[data-decision]').waitFor()
    await page.reload()
    await settled(page)
    const replay = page.getByRole('button', { name: /^Replay link/ })
    assert.equal(await replay.count(), 1)
    const [chip, card] = await page.evaluate(() => {
      const chips = [...document.querySelectorAll('dd [data-tone]')]
      const right = (e) => e.getBoundingClientRect().right
      return [Math.max(...chips.map(right)), Math.min(...chips.map((c) => right(c.closest('dl'))))]
    })
    assert.ok(chip <= card + 1, `a chip ends at ${chip}, its list at ${card}`)
    // The browser has the tap's session still; in another phone the link is an old one.
    await page.getByRole('button', { name: 'Use another phone' }).click()
    await page.getByText('This is another phone now').waitFor()
    await replay.click()
    await page.locator('[data-decision="replayed"]').waitFor()
    assert.equal(await replay.count(), 1)
    page.check()
    await page.context().close()
  })

  test('in a hand, the phone comes into view when a bottle is tapped', async () => {
    const page = await signedIn({ small: true })
    await visit(page, '/phone')
    await page.getByRole('button', { name: /^Tap it/ }).click()
    await page.locator('[data-decision]').waitFor()
    const top = await page.getByRole('region', { name: /^The phone/ }).evaluate((e) => e.getBoundingClientRect().top)
    assert.ok(top >= 0 && top < 200, `the phone begins at ${top} of 844`)
    await page.context().close()
  })

  test('a flood of forgeries is told whole', async () => {
    const forged = `/t/demo/01/09506000134352/21/NONE?p=${'0'.repeat(32)}&e=${'0'.repeat(32)}&m=${'0'.repeat(16)}`
    for (let i = 0; i < 60; i++) await fetch(server.url + forged, { headers: { 'X-Visitor-Address': '192.0.2.66' } })
    const page = await signedIn()
    await visit(page, '/taps?result=refused')
    assert.ok(Number(await page.locator('[data-unrecorded]').getAttribute('data-unrecorded')) >= 40)
    await shot(page, 'flood')
    await accessible(page, 'taps after a flood')
    await page.getByLabel('Result').selectOption('genuine')
    await page.locator('[data-unrecorded]').waitFor({ state: 'detached' })
    page.check()
    await page.context().close()
  })

  // Last, as later virtual bottles belong to this key set.
  test('a seal of which no tap tells is not torn', async () => {
    await api(server.url, 'POST', '/keysets', { name: 'a-silent', test: true, template: 'https://id.example/t/a-silent/01/{gtin}/21/{serial}?p={picc}&m={mac}' })
    const { items } = await api(server.url, 'GET', '/products')
    const bottle = await api(server.url, 'POST', '/virtual', { gtin: items[0].gtin })
    const page = await signedIn()
    await visit(page, `/phone?bottle=${bottle.chip}`)
    await page.getByText('does not mirror the tamper status').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Tear the seal' }).count(), 0)
    page.check()
    await page.context().close()
  })
})
