// Connected devices as their people work with them: a setting is told to a thermostat
// over MQTT and taken, a door asks for a fresh word, credentials come and go, and what
// could not be taken in is looked at.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { accessible, launch, looks, missing, open, settled, shot, signIn, visit, wellFormed } from './browser.mjs'
import { api, start, until } from './server.mjs'

const skip = missing()
if (skip) console.error(skip)

const thermostat = '/devices/ostrel/thermostat-001'

describe('devices', { skip: Boolean(skip), timeout: 300_000 }, () => {
  let server, browser
  before(async () => {
    server = await start('demo', '--speed', '36000', '--bottles', '10', '--homes', '2', '--past', '3')
    browser = await launch()
    await until('moments of the simulated homes', async () => {
      const { items } = await api(server.url, 'GET', '/devices?limit=50')
      if (!items.some((d) => d.name === 'brush-001')) return false
      return (await api(server.url, 'GET', '/devices/ostrel/brush-001/moments')).items.length >= 2
    })
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
    test(`the screens: ${scheme}, ${small ? 'phone' : 'desktop'}`, async (t) => {
      const page = await signedIn({ scheme, small })
      const screens = { devices: '/devices', 'no-devices': '/devices?q=nothing', device: '/devices/ostrel/brush-001', thermostat, lock: '/devices/ostrel/lock-001', letters: '/devices/letters', provisioning: '/devices/provisioning', detectors: '/devices/detectors?model=brush&device=ostrel/brush-001' }
      for (const name of Object.keys(screens)) {
        await t.test(name, async () => {
          await visit(page, screens[name])
          await shot(page, `${name}-${scheme}-${small ? 'phone' : 'desktop'}`, { fullPage: true })
          await wellFormed(page, name)
          await accessible(page, name)
          page.check()
        })
      }
      await page.context().close()
    })
  }

  test('a setting is told to the thermostat, which takes it', async () => {
    const page = await signedIn()
    await visit(page, thermostat)
    await page.getByLabel('Set the setting').fill('23.5')
    await page.locator('[data-leaf="target"]').getByRole('button', { name: 'Set' }).click()
    await page.locator('[data-leaf="target"]').getByText('23.5 °C').waitFor()
    await page.getByText('As it should be', { exact: true }).waitFor()
    // Out of bounds is refused in words.
    await page.getByLabel('Set the setting').fill('99')
    await page.locator('[data-leaf="target"]').getByRole('button', { name: 'Set' }).click()
    await page.getByText('target is 99, above its greatest 30').waitFor()
    await page.getByRole('button', { name: 'Blink' }).click()
    await page.locator('[data-command="identify"][data-state="succeeded"]').waitFor()
    await page.context().close()
  })

  test('a door asks for the fresh word of a person', async () => {
    const page = await signedIn()
    await visit(page, '/devices/ostrel/lock-001')
    await page.getByRole('button', { name: 'Unlock', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('This moves something at Front door').waitFor()
    await accessible(page, 'the confirmation')
    await shot(page, 'confirm-unlock')
    await dialog.getByLabel('Your password').fill('not a person')
    await dialog.getByRole('button', { name: 'Unlock' }).click()
    // Whoever signed in with a key is no person: nothing is sent.
    await dialog.getByText('only a person can give a fresh word').waitFor()
    const { items } = await api(server.url, 'GET', '/devices/ostrel/lock-001/commands')
    assert.equal(items[0].state, 'awaiting-confirmation')
    await page.context().close()
  })

  test('a credential is told once and cut off when it is revoked', async () => {
    const page = await signedIn()
    await visit(page, thermostat)
    await page.getByRole('button', { name: 'Make a token' }).click()
    const secret = await page.locator('[data-secret]').innerText()
    assert.match(secret, /^tld_/)
    await page.getByRole('button', { name: 'I have it' }).click()
    const send = (body) =>
      fetch(`${server.url}/d/v1/up/ev`, { method: 'POST', headers: { Authorization: `Bearer ${secret}` }, body: JSON.stringify(body) })
    assert.equal((await send({ id: 'e2e-1', data: { temperature: 22 } })).status, 200)
    assert.equal((await send({ id: 'e2e-2', data: { temperature: 451 } })).status, 400)
    await page.getByRole('button', { name: `Revoke: ${secret.slice(0, 8)}` }).click()
    await page.getByText('Revoked: it is cut off').waitFor()
    assert.equal((await send({ id: 'e2e-3', data: { temperature: 22 } })).status, 401)
    // What could not be taken lies there with its reason.
    await visit(page, '/devices/letters')
    await page.getByText('temperature is 451, above its greatest 60').waitFor()
    await page.getByRole('button', { name: 'Take in again' }).first().click()
    await page.getByRole('alert').getByText('above its greatest 60').waitFor()
    await page.getByRole('button', { name: 'Drop' }).first().click()
    await page.getByText('No dead letters').waitFor()
    await page.context().close()
  })

  test('a device is frozen and made active again', async () => {
    const page = await signedIn()
    await visit(page, '/devices/ostrel/television-001')
    await page.getByRole('button', { name: 'Freeze' }).click()
    await page.getByText('Frozen', { exact: true }).waitFor()
    assert.equal(await page.getByLabel('Set the volume').count(), 0)
    await page.getByRole('button', { name: 'Make active' }).click()
    await page.getByLabel('Set the volume').waitFor()
    await page.context().close()
  })

  test('detectors are tried, and a claim is made', async () => {
    const page = await signedIn()
    await visit(page, '/devices/detectors?model=brush&device=ostrel/brush-001')
    await page.getByRole('button', { name: 'Try', exact: true }).click()
    await page.getByText('Hair was brushed').first().waitFor()
    await page.getByLabel('Detectors, as JSON').fill('[{"moment":"moved","when":{"property":"motion","becomes":true}}]')
    await page.getByRole('button', { name: 'Try', exact: true }).click()
    await page.getByText('moved', { exact: true }).first().waitFor()
    await page.getByLabel('Detectors, as JSON').fill('[')
    await page.getByRole('button', { name: 'Try', exact: true }).click()
    await page.getByText('This is not JSON').waitFor()
    await visit(page, '/devices/provisioning')
    await page.getByRole('button', { name: 'Make a claim' }).first().click()
    await page.getByLabel('What it is for').fill('Spring batch')
    await page.getByRole('dialog').getByRole('button', { name: 'Make a claim' }).click()
    assert.match(await page.locator('[data-secret]').innerText(), /^tlc_/)
    await page.getByRole('button', { name: 'I have it' }).click()
    await page.getByText('Spring batch').waitFor()
    await page.getByRole('button', { name: 'End', exact: true }).click()
    await page.getByRole('cell', { name: 'Ended' }).waitFor()
    await settled(page)
    await page.context().close()
  })
})

