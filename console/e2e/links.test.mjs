// The links of a product: written, tried, recalled, undone.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { accessible, launch, missing, open, settled, shot, signIn, visit, wellFormed, looks } from './browser.mjs'
import { api, start, until } from './server.mjs'

const skip = missing()

describe('links in the console', { skip: Boolean(skip), timeout: 600_000 }, () => {
  let server, browser
  const anchor = '/01/09506000164908'
  const entryPath = (a) => `/links/entry?anchor=${encodeURIComponent(a)}`
  before(async () => {
    server = await start('serve')
    browser = await launch()
    await until('the server answers', () => api(server.url, 'GET', '/links'))
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
  const scan = async (path, headers = {}) => {
    const r = await fetch(server.url + path, { redirect: 'manual', headers })
    return `${r.status} ${r.headers.get('location') ?? ''}`
  }

  test('an entry is made, changed, tried, recalled and undone', async () => {
    const page = await signedIn()
    await visit(page, '/links')
    await page.getByText('No links yet').waitFor()
    await shot(page, 'links-none')
    await page.getByRole('button', { name: 'New entry' }).first().click()
    const form = page.getByRole('dialog')
    await form.getByLabel('Anchor').fill('/01/09506000164909')
    await form.getByLabel('About').fill('Ferrow Orchard Gin')
    await form.getByLabel('Address').fill('https://ferrow.example/gin')
    await form.getByLabel('Title', { exact: true }).fill('Ferrow Orchard Gin')
    await form.getByRole('button', { name: 'Create the entry' }).click()
    await form.getByRole('alert').waitFor()
    await form.getByLabel('Anchor').fill(anchor)
    await form.getByRole('button', { name: 'Create the entry' }).click()
    await page.getByRole('heading', { level: 1, name: 'Ferrow Orchard Gin' }).waitFor()
    assert.equal(await scan(anchor), '307 https://ferrow.example/gin')
    page.check(/400/)

    const add = async (fields, more) => {
      await page.getByRole('button', { name: 'Add a link' }).first().click()
      await form.getByLabel('Type', { exact: true }).selectOption(fields.type)
      await form.getByLabel('Address').fill(fields.href)
      await form.getByLabel('Title', { exact: true }).fill(fields.title)
      await more?.()
      await shot(page, `links-form-${fields.title.toLowerCase().replaceAll(' ', '-')}`)
      await accessible(page, 'the form of a link')
      await form.getByRole('button', { name: 'Save' }).click()
      await form.waitFor({ state: 'detached' })
      await page.getByRole('table', { name: 'Its links' }).getByText(fields.title).first().waitFor()
    }
    await add({ type: 'gs1:recipeInfo', href: 'https://ferrow.example/drinks', title: 'Drinks to mix' }, async () => {
      await form.getByLabel('Default: the answer when nothing is asked for').check({ force: true })
      await form.getByLabel('Condition', { exact: true }).selectOption({ label: 'Only if the seal is opened' })
    })
    await add({ type: 'gs1:promotion', href: 'https://ferrow.example/offer', title: 'Autumn offer' }, async () => {
      await form.getByLabel('Languages').fill('en, de')
      await form.getByLabel('Markets').fill('GB')
    })

    const outcome = (name) => page.locator(`[data-outcome="${name}"]`)
    await outcome('link').getByText('Ferrow Orchard Gin').waitFor()
    await page.getByLabel('The item').selectOption('opened')
    await outcome('link').getByText('Drinks to mix').waitFor()
    await page.getByText('Another default of the entry goes first.').waitFor()
    await page.getByLabel('Asked for').selectOption('gs1:faqs')
    await outcome('no-such-type').waitFor()
    assert.match(page.url(), /seal=opened/)
    page.check()

    // A recall names what it stops, and stops it.
    await page.getByLabel('Asked for').selectOption('gs1:promotion')
    await page.getByRole('button', { name: 'Recall', exact: true }).click()
    await form.getByText('Autumn offer').waitFor()
    await form.getByLabel('Page of the recall').fill('https://ferrow.example/recall')
    await form.getByLabel('Title').fill('Do not drink lots from L7')
    await shot(page, 'links-recall')
    await accessible(page, 'the form of a recall')
    await form.getByRole('button', { name: 'Put it into force' }).click()
    await page.getByText('A recall is in force here.').waitFor()
    await outcome('link').getByText('Do not drink lots from L7').waitFor()
    assert.equal(await scan(`${anchor}?linkType=gs1:promotion`), '307 https://ferrow.example/recall?linkType=gs1:promotion')
    await shot(page, 'links-recalled', { fullPage: true })
    await page.getByRole('button', { name: 'End the recall' }).click()
    await form.getByRole('button', { name: 'End the recall' }).click()
    await page.getByText('A recall is in force here.').waitFor({ state: 'detached' })
    assert.equal(await scan(anchor), '307 https://ferrow.example/gin')

    // The history takes a change back, and asks before later ones are lost.
    await page.getByRole('button', { name: 'Undo: added Autumn offer' }).click()
    await form.getByText('the later ones are lost').waitFor()
    await form.getByRole('button', { name: 'Undo it all the same' }).click()
    await page.getByText('Restored').waitFor()
    await page.getByRole('table', { name: 'Its links' }).getByText('Autumn offer').waitFor({ state: 'detached' })
    page.check(/409/)
    await page.context().close()
  })

  test('a second editor is told, and loses nothing', async () => {
    const page = await signedIn()
    await visit(page, entryPath(anchor))
    await page.getByRole('button', { name: 'Edit Ferrow Orchard Gin' }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel('Title', { exact: true }).fill('Mine')
    await api(server.url, 'PATCH', `/links/entry?anchor=${encodeURIComponent(anchor)}`, { links: [{ linktype: 'gs1:support', href: 'https://ferrow.example/help', title: 'Theirs' }] })
    await form.getByRole('button', { name: 'Save' }).click()
    await form.getByRole('button', { name: 'Read it again' }).click()
    await form.getByText('The entry was read again.').waitFor()
    await form.getByRole('button', { name: 'Save' }).click()
    await form.waitFor({ state: 'detached' })
    await page.getByRole('table', { name: 'Its links' }).getByText('Mine').first().waitFor()
    await page.getByRole('table', { name: 'Its links' }).getByText('Theirs').waitFor()
    page.check(/409/)
    await page.context().close()
  })

  test('a file is checked by row, then imported', async () => {
    const page = await signedIn()
    await visit(page, '/links/import')
    const head = 'anchor,itemDescription,linktype,href,title,default\n'
    const bring = (name, text) => page.getByLabel('File').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })
    await bring('links.csv', `${head}/01/09506000134352,Gin,gs1:pipp,https://ferrow.example/g,Gin,yes\n`)
    await page.getByRole('button', { name: 'Check the file' }).click()
    await page.getByRole('table', { name: 'Problems' }).getByText('linktype').waitFor()
    await page.getByText('Did you mean "pip"?').waitFor()
    await shot(page, 'links-import-problems', { fullPage: true })
    await accessible(page, 'the problems of a file')
    await bring('links.txt', head)
    await page.getByText('A file of links ends in').waitFor()
    await bring('links.csv', `${head}/01/09506000134352,Gin,gs1:pip,https://ferrow.example/g,Gin,yes\n`)
    await page.getByRole('button', { name: 'Check the file' }).click()
    await page.getByRole('button', { name: 'Import 1 entry' }).click()
    await page.getByRole('link', { name: 'To the links' }).waitFor()
    await shot(page, 'links-imported', { fullPage: true })
    assert.equal(await scan('/01/09506000134352'), '307 https://ferrow.example/g')
    await api(server.url, 'DELETE', `/links/entry?anchor=${encodeURIComponent('/01/09506000134352')}`)
    page.check()
    await page.context().close()
  })

  test('every screen of links, in both schemes, on a desk and in a hand', async (t) => {
    for (const lot of ['L1', '{lot}']) {
      await api(server.url, 'PUT', `/links/entry?anchor=${encodeURIComponent(`${anchor}/10/${lot}`)}`, {
        anchor: `${anchor}/10/${lot}`,
        itemDescription: 'Ferrow Orchard Gin, a lot',
        links: [{ linktype: 'gs1:traceability', href: 'https://ferrow.example/trace', title: `Where lot ${lot} comes from` }],
      })
    }
    for (let i = 0; i < 5; i++) await scan(anchor, { 'Accept-Language': 'de' })
    await until('scans are counted', async () => (await api(server.url, 'GET', '/links/tallies')).total >= 5)
    const places = { list: '/links', checks: '/links/checks', import: '/links/import', filtered: '/links?type=gs1:jws', entry: entryPath(anchor), gone: entryPath('/01/09506000134352'), scans: '/links/scans' }
    for (const { scheme, small } of looks) {
      const page = await signedIn({ scheme, small })
      for (const [name, path] of Object.entries(places)) {
        await t.test(`${name}, ${scheme}, ${small ? 'phone' : 'desktop'}`, async () => {
          await visit(page, path)
          await settled(page)
          await shot(page, `links-${name}-${scheme}-${small ? 'phone' : 'desktop'}`, { fullPage: true })
          await wellFormed(page, name)
          await accessible(page, name)
          page.check(/404/)
        })
      }
      await page.context().close()
    }
  })
})
