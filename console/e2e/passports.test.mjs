// Passports in the console: made, written, written by two at once, published, read
// on a phone, and withdrawn.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { accessible, launch, missing, open, settled, shot, signIn, visit, wellFormed, looks } from './browser.mjs'
import { api, start, until } from './server.mjs'

const skip = missing()

describe('passports', { skip: Boolean(skip), timeout: 600_000 }, () => {
  let server, browser, model, plain
  before(async () => {
    server = await start('demo', '--speed', '3600', '--bottles', '60')
    browser = await launch()
    const { items } = await until('the passport of the demo', async () => {
      const page = await api(server.url, 'GET', '/passports')
      return page.items.length > 0 && page
    })
    model = items[0].gtin
    const products = (await api(server.url, 'GET', '/products')).items
    plain = products.find((p) => p.gtin !== model)
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

  for (const { scheme, small } of looks) {
    test(`every screen, ${scheme}, ${small ? 'phone' : 'desktop'}`, async (t) => {
      const page = await signedIn({ scheme, small })
      const places = {
        list: '/passports', grants: '/passports?tab=grants', log: '/passports?tab=log', one: `/passports/${model}`,
        edit: `/passports/${model}/edit`, new: '/passports/new', 'new-item': `/passports/new?gtin=${model}&serial=S1&lot=L7`, product: `/products/${model}`,
      }
      for (const [name, place] of Object.entries(places)) {
        await t.test(name, async () => {
          await visit(page, place)
          await accessible(page, name)
          await wellFormed(page, name)
          await shot(page, `passport-${name}-${scheme}-${small ? 'phone' : 'desktop'}`, { fullPage: true })
          page.check()
        })
      }
      await t.test('an open attribute', async () => {
        await visit(page, `/passports/${model}/edit`)
        await page.locator('[data-attribute="materials"]').getByRole('button', { name: /^Edit/ }).click()
        await page.getByLabel('Kind of value').waitFor()
        await accessible(page, 'an open attribute')
        await wellFormed(page, 'an open attribute')
        await page.getByLabel('Kind of value').scrollIntoViewIfNeeded()
        await shot(page, `passport-attribute-${scheme}-${small ? 'phone' : 'desktop'}`)
        page.check()
      })
      await t.test('a document to add', async () => {
        await visit(page, `/passports/${model}`)
        await page.getByRole('button', { name: 'Add a document' }).click()
        await page.getByRole('dialog').getByLabel('File', { exact: true }).waitFor()
        await accessible(page, 'the upload')
        await shot(page, `passport-upload-${scheme}-${small ? 'phone' : 'desktop'}`)
        page.check()
      })
      await page.context().close()
    })
  }

  test('a passport is made from the page of its product, written, and published', async () => {
    const page = await signedIn()
    await visit(page, `/products/${plain.gtin}`)
    await page.getByRole('link', { name: 'Make a passport' }).click()
    await settled(page)
    assert.equal(await page.getByLabel('Product', { exact: true }).inputValue(), plain.gtin)
    await page.getByRole('button', { name: 'Make the draft' }).click()
    await page.getByRole('heading', { level: 1, name: `Edit ${plain.name.en}` }).waitFor()

    await page.getByLabel('Name of the organisation').fill('Ferrow Distillers Ltd')
    await page.getByLabel('GLN').first().fill('123')
    await page.getByRole('button', { name: 'Add a section' }).click()
    await page.getByLabel('Heading of the section').fill('In the bottle')
    assert.equal(await page.getByLabel('Name for machines').inputValue(), 'in-the-bottle')
    await page.getByRole('button', { name: 'Add an attribute' }).click()
    await page.getByLabel('Label', { exact: true }).fill('Energy in 100 ml')
    await page.getByLabel('Kind of value').selectOption('number')
    await page.getByLabel('Number', { exact: true }).fill('985,5')
    await page.getByLabel('Unit', { exact: true }).fill('KJO')
    await page.getByLabel('Who sees it').selectOption('legitimate')
    await page.getByRole('button', { name: 'Save the draft' }).click()
    // What is wrong stands at its field, and nothing is lost.
    await page.getByText('this is no GLN').first().waitFor()
    await accessible(page, 'the editor with a problem')
    page.check(/400|422/)
    await page.getByLabel('GLN').first().fill('9506000000015')
    await page.getByRole('button', { name: 'Save the draft' }).click()
    await page.getByRole('heading', { level: 1, name: plain.name.en }).waitFor()
    const { draft } = await api(server.url, 'GET', `/passports/${plain.gtin}`)
    assert.deepEqual(draft.sections[0].attributes, [{ name: 'energy-in-100-ml', label: { en: 'Energy in 100 ml' }, tier: 'legitimate', number: 985.5, unit: 'KJO' }])
    assert.equal(draft.operator.gln, '9506000000015')

    await page.getByRole('button', { name: 'Publish', exact: true }).click()
    await page.getByRole('dialog').getByText(/fields change/).waitFor()
    await accessible(page, 'the question before publishing')
    await shot(page, 'passport-publish')
    await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click()
    await page.getByRole('link', { name: 'Open the public page' }).waitFor()
    page.check()

    // Its page, as a reader without a script sees it.
    const address = new URL(await page.getByRole('link', { name: 'Open the public page' }).getAttribute('href'))
    const reader = await browser.newContext({ viewport: { width: 390, height: 844 }, javaScriptEnabled: false, baseURL: server.url })
    const shown = await reader.newPage()
    await shown.goto(address.pathname)
    await shown.getByRole('heading', { level: 1, name: plain.name.en }).waitFor()
    assert.equal(await shown.getByText('Energy in 100 ml').count(), 0, 'what is for some is shown to all')
    await shot(shown, 'passport-page-new', { fullPage: true })
    await reader.close()
    await page.context().close()
  })

  test('two people write at once: nothing is lost', async () => {
    const page = await signedIn()
    await visit(page, `/passports/${model}/edit`)
    const row = page.locator('[data-attribute="bottle-weight"]')
    await row.getByRole('button', { name: /^Edit/ }).click()
    await row.getByLabel('Number', { exact: true }).fill('405')
    await page.getByLabel('Address', { exact: true }).fill('The New Ferry House')

    const { draft } = await api(server.url, 'GET', `/passports/${model}`)
    draft.operator.address = 'The Old Ferry House'
    draft.operator.phone = '+44 1632 960001'
    draft.sections[1].attributes.find((a) => a.name === 'recycled-glass').number = 70
    await api(server.url, 'PUT', `/passports/${model}`, draft)

    await page.getByRole('button', { name: 'Save the draft' }).click()
    await page.locator('[data-conflict]').waitFor()
    await page.getByText('In 1 field you both wrote something').waitFor()
    await accessible(page, 'two drafts that meet')
    await shot(page, 'passport-conflict')
    page.check(/409/)
    assert.equal(await page.getByLabel('Address', { exact: true }).inputValue(), 'The New Ferry House')
    await page.getByRole('button', { name: 'Take theirs' }).click()
    assert.equal(await page.getByLabel('Address', { exact: true }).inputValue(), 'The Old Ferry House')
    await page.getByRole('button', { name: 'Save the draft' }).click()
    await page.getByRole('link', { name: 'Edit', exact: true }).waitFor()
    const now = (await api(server.url, 'GET', `/passports/${model}`)).draft
    const number = (name) => now.sections[1].attributes.find((a) => a.name === name).number
    assert.deepEqual([number('bottle-weight'), number('recycled-glass'), now.operator.phone, now.operator.address], [405, 70, '+44 1632 960001', 'The Old Ferry House'])
    page.check()
    await page.context().close()
  })

  test('who leaves a draft that is not saved is asked', async () => {
    const page = await signedIn()
    await visit(page, `/passports/${model}/edit`)
    await page.getByLabel('Language you write in').selectOption('de')
    await page.getByLabel('Name', { exact: true }).fill('Hochwasser-Gin')
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByText('Leave without saving?').waitFor()
    await accessible(page, 'the question before leaving')
    await page.getByRole('button', { name: 'Stay here' }).click()
    assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Hochwasser-Gin')
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Leave', exact: true }).click()
    await page.getByRole('heading', { name: 'Documents' }).waitFor()
    page.check()
    await page.context().close()
  })

  test('documents are added within the limits, replaced and taken out', async () => {
    const page = await signedIn()
    await visit(page, `/passports/${model}`)
    const before = (await api(server.url, 'GET', `/passports/${model}`)).draft.documents.length
    const add = async (name, buffer) => {
      await page.getByRole('button', { name: 'Add a document' }).click()
      await page.getByLabel('File', { exact: true }).setInputFiles({ name, mimeType: 'application/pdf', buffer })
    }
    await add('Large.pdf', Buffer.alloc(5 * 1024 * 1024 + 1))
    await page.getByText(/at most 5 MiB are kept/).waitFor()
    assert.equal(await page.getByRole('button', { name: 'Upload' }).isDisabled(), true)
    await page.getByRole('button', { name: 'Cancel' }).click()
    await add('Erklärung der_Konformität.pdf', Buffer.from('%PDF-1.7 first'))
    assert.equal(await page.getByLabel('Title', { exact: true }).inputValue(), 'Erklärung der Konformität')
    await page.getByLabel('Language it is written in').selectOption('de')
    await page.getByLabel('Who sees it').selectOption('authority')
    await page.getByRole('button', { name: 'Upload' }).click()
    await page.getByRole('link', { name: 'Download Erklärung der Konformität' }).waitFor()
    const { documents } = (await api(server.url, 'GET', `/passports/${model}`)).draft
    const { sha256, ...rest } = documents.at(-1)
    assert.match(sha256, /^[0-9a-f]{64}$/)
    assert.deepEqual(rest, { name: 'Erklarung-der_Konformitat.pdf', title: { de: 'Erklärung der Konformität' }, language: 'de', type: 'application/pdf', tier: 'authority', bytes: 14 })
    await page.getByRole('button', { name: 'Take out: Erklärung der Konformität' }).click()
    await accessible(page, 'the question before taking out')
    await page.getByRole('dialog').getByRole('button', { name: 'Take out' }).click()
    await page.getByRole('link', { name: 'Download Erklärung der Konformität' }).waitFor({ state: 'detached' })
    assert.equal((await api(server.url, 'GET', `/passports/${model}`)).draft.documents.length, before)
    page.check()
    await page.context().close()
  })

  test('a thing leads to its passport; a draft of it can go again', async () => {
    const page = await signedIn()
    const thing = await until('a thing of the product', async () => (await api(server.url, 'GET', `/things?gtin=${model}`)).items[0])
    await visit(page, `/things/${thing.id}`)
    await page.getByRole('link', { name: 'Of the product' }).waitFor()
    await page.getByRole('link', { name: 'Make a passport' }).click()
    await settled(page)
    assert.equal(await page.getByLabel('Serial number').inputValue(), thing.serial)
    await page.getByRole('button', { name: 'Make the draft' }).click()
    await page.getByRole('heading', { level: 1, name: /^Edit / }).waitFor()
    await visit(page, `/things/${thing.id}`)
    await page.getByRole('link', { name: 'Of this item' }).click()
    assert.match(await page.getByRole('link', { name: 'A code to print' }).getAttribute('href'), /^\/console\/codes\?gtin=/)
    await page.getByText('Not shown before it is published').waitFor()
    await shot(page, 'passport-item', { fullPage: true })
    // To make it once more leads to the one that is there.
    await visit(page, `/passports/new?gtin=${model}&serial=${encodeURIComponent(JSON.stringify(thing.serial))}`)
    await page.getByRole('button', { name: 'Make the draft' }).click()
    await page.getByRole('link', { name: 'Open the passport that is there' }).click()
    await page.getByRole('button', { name: 'Delete the draft' }).click()
    await accessible(page, 'the question before deleting')
    page.check(/409/)
    await page.getByRole('dialog').getByRole('button', { name: 'Delete the draft' }).click()
    await page.getByRole('heading', { level: 1, name: 'Passports' }).waitFor()
    await page.getByText('The draft is deleted').waitFor()
    page.check()
    await page.context().close()
  })

  test('an auditor reads and does not write', async () => {
    const { secret } = await api(server.url, 'POST', '/keys', { name: 'reads', role: 'auditor' })
    const page = await open(browser, server.url)
    await signIn(page, secret)
    await visit(page, `/passports/${model}`)
    for (const name of ['Publish', 'Withdraw', 'Add a document']) assert.equal(await page.getByRole('button', { name, exact: true }).count(), 0, name)
    assert.equal(await page.getByRole('link', { name: 'Edit', exact: true }).count(), 0)
    for (const place of [`/passports/${model}/edit`, '/passports/new']) {
      await page.goto(`/console${place}`)
      await page.getByText('Your role does not include this').waitFor()
      await accessible(page, place)
    }
    page.check()
    await page.context().close()
  })

  test('the public page on a phone, in both schemes', async () => {
    const { page: address } = await api(server.url, 'GET', `/passports/${model}`)
    for (const scheme of ['light', 'dark']) {
      const page = await open(browser, server.url, { scheme, small: true })
      await page.goto(new URL(address).pathname)
      await page.locator('h1').waitFor()
      await wellFormed(page, 'the public page')
      await shot(page, `passport-page-${scheme}`, { fullPage: true })
      page.check()
      await page.context().close()
    }
  })
})
