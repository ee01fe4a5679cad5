// Makes the pictures of the README from the running demo, so that they are honest.
import { fileURLToPath } from 'node:url'
import { launch, missing, open, signIn, visit } from './browser.mjs'
import { api, start, until } from './server.mjs'

const docs = fileURLToPath(new URL('../../docs/', import.meta.url))
const skip = missing()
if (skip) {
  console.error(skip)
  process.exit(1)
}

const server = await start('demo', '--speed', '36000', '--seed', '1')
const browser = await launch()
try {
  await until(
    'bottles are sold, opened and drained',
    async () => {
      const { taps, funnel } = await api(server.url, 'GET', '/overview')
      return taps.value >= 400 && funnel.opened.total >= 40 && funnel.drained.total >= 5
    },
    180_000,
  )
  const page = await open(browser, server.url)
  await signIn(page)
  await visit(page, '/')
  await page.locator('[data-live] li').first().waitFor()
  await page.screenshot({ path: `${docs}screenshot.png` })

  const { items } = await api(server.url, 'GET', '/virtual')
  const bottle = items.find((b) => /gin/i.test(b.product.name)) ?? items[0]
  await visit(page, `/phone?bottle=${bottle.chip}`)
  await page.getByRole('button', { name: 'Tap it', exact: true }).click()
  await page.locator('[data-decision="genuine"]').waitFor()
  const inPhone = page.frameLocator('iframe')
  await inPhone.locator('select').selectOption('GB')
  for (const [label, value] of [['Day', '27'], ['Month', '3'], ['Year', '1985']]) await inPhone.getByLabel(label, { exact: true }).fill(value)
  await inPhone.locator('form button').first().click()
  await inPhone.getByRole('heading', { level: 1, name: bottle.product.name }).waitFor()
  await page.getByRole('button', { name: 'Tear the seal' }).click()
  await page.getByText('Torn', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Tap it again' }).click()
  await page.getByText('The loop is torn').waitFor()
  await page.getByText(/^Shown: recipe/).waitFor()
  await page.locator('.mantine-Notification-root').waitFor({ state: 'detached' })
  await page.screenshot({ path: `${docs}screenshot-phone.png` })
} finally {
  await browser.close()
  await server.stop()
}
