import assert from 'node:assert/strict'
import { test } from '../harness.mjs'

for (const colorScheme of ['light', 'dark']) {
  test(`the largest chain of command opens from disk, and says who says so, ${colorScheme}`, { server: 'file', colorScheme, timeout: 60_000 }, async (b) => {
    const page = await b.open()
    await page.getByText(/^[\d,]+ entities · [\d,]+ links/).waitFor()
    await page.waitForFunction(() => Object.keys(document.querySelector('[role=application]').places()).length > 500)
    const shown = await page.getByText(/^[\d,]+ entities · [\d,]+ links/).innerText()
    assert.ok(Number(/[\d,]+/.exec(shown)[0].replace(",", "")) > 500, shown)
    const heaped = await page.getByRole('application', { name: /^Graph/ }).evaluate((f) => {
      const all = Object.entries(f.places())
      return all.flatMap(([a, p], i) => all.slice(i + 1).flatMap(([o, q]) => (Math.abs(p[0] - q[0]) < 60 && Math.abs(p[1] - q[1]) < 45 ? [`${a} ${o}`] : [])))
    })
    assert.deepEqual(heaped, []) // nobody lies on another, however many there are
    await b.picture(`chain-${colorScheme}`)
    await b.accessible(page, 'graph')
    await page.getByRole('button', { name: 'Table' }).click()
    await page.getByRole('button', { name: /^Read: / }).first().click()
    const card = page.locator('aside[aria-label=Details] article.claim').first()
    await card.locator('.document').first().waitFor()
    assert.match(await card.innerText(), /asserted[^]*nigeria/)
    await b.picture(`chain-evidence-${colorScheme}`)
    await b.accessible(page, 'evidence')
    await page.getByLabel('As of: a day, a month or a year').fill('2015')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Any time', exact: true }).click()
    assert.deepEqual(b.requests, [])
  })
}

test('a view of more than two hundred is kept under a link, and opens from it with its places', { timeout: 60_000 }, async (b) => {
  const page = await b.open()
  await b.showTree(page, 'President of the Federal Republic of Nigeria', 260)
  const count = page.getByText(/^[\d,]+ entities · [\d,]+ links/)
  await count.waitFor()
  const shown = await count.innerText()
  assert.ok(Number(/\d+/.exec(shown)[0]) > 200, shown)
  assert.equal(new URL(page.url()).hash, '')
  await b.picture('tree')
  await b.accessible()
  await page.getByRole('button', { name: 'Export', exact: true }).click()
  await page.getByRole('button', { name: 'Save and copy link' }).click()
  const told = await page.getByRole('group', { name: 'Export' }).getByText('#v=').innerText()
  const fresh = await b.open(new URL(/http\S+/.exec(told)[0]).hash)
  await fresh.getByText(shown).waitFor()
  const places = (p) =>
    p.getByRole('application', { name: /^Graph/ }).evaluate((f) => f.places())
  assert.deepEqual(await places(fresh), await places(page))
})
