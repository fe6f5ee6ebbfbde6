import assert from 'node:assert/strict'
import { test } from '../harness.mjs'

const xid = (id) => encodeURIComponent(`orbat:strike-2023/#${id}`)
const placed = `#n=0,0,,,${xid('centcom')}&n=300,0,,,${xid('macdill')}&n=600,80,,,${xid('strike')}&n=900,0,,,${xid('kurilla')}`

for (const colorScheme of ['light', 'dark']) {
  test(`a map without tiles asks nobody else, and says who has no place, ${colorScheme}`, { colorScheme }, async (b) => {
    const page = await b.open(placed)
    await page.getByText(/^\d entities/).waitFor()
    await page.getByRole('button', { name: 'Map', exact: true }).click()
    const map = page.getByRole('application', { name: /^Map: \d+ position/ })
    await map.waitFor()
    await page.getByText(/\d+ entit(y|ies) without location/).click()
    await page.locator('.without').getByText('Michael Kurilla').waitFor()
    assert.equal(await page.locator('.tiles').count(), 0)
    await b.picture(`map-${colorScheme}`)
    await b.accessible(page, 'map')
    await page.locator('.mark').first().click()
    await page.getByRole('complementary', { name: 'Details' }).or(page.getByRole('heading', { name: /\d+ here/ })).first().waitFor()
  })

  test(`tiles come from the server that was named, when the map is opened and not before, ${colorScheme}`, { colorScheme, server: 'tiles', others: 'tiles' }, async (b) => {
    const asked = []
    const page = await b.open(placed)
    page.on('request', (r) => r.url().startsWith(b.told.tiles) && asked.push(r.url()))
    await page.getByText(/^\d entities/).waitFor()
    assert.equal(await page.locator('.sheet img').count(), 0)
    await page.getByRole('button', { name: 'Map', exact: true }).click()
    await page.waitForFunction(() => {
      const all = [...document.querySelectorAll('.sheet img')]
      return all.length > 0 && all.every((img) => img.complete && img.naturalWidth === 256)
    })
    await page.getByText(`Tiles from ${new URL(b.told.tiles).host} · The makers of the map`).waitFor()
    assert.ok(asked.length > 0 && asked.length < 80, `${asked.length}`)
    await b.picture(`tiles-${colorScheme}`)
    await b.accessible(page, 'tiles')
    await page.getByRole('checkbox', { name: /^Tiles from/ }).uncheck()
    await page.waitForFunction(() => document.querySelectorAll('.sheet img').length === 0)
  })
}
