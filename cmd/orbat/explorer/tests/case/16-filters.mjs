import assert from 'node:assert/strict'
import { test } from '../harness.mjs'

const hash = (...xids) => '#' + xids.map((xid, i) => 'n=' + encodeURIComponent(`${i * 220},${(i % 2) * 160},,,${xid}`)).join('&')
const filtered = (p) => `
- {xid: "t:${p}h", type: Unit, name: "Hub ${p}", sources: [{source: "t:${p}s"}]}
- {xid: "t:${p}1", type: Person, name: "First ${p}", sources: [{source: "t:${p}s"}]}
- {xid: "t:${p}2", type: Person, name: "Second ${p}", sources: [{source: "t:${p}s"}]}
- {xid: "t:${p}3", type: Person, name: "Third ${p}", sources: [{source: "t:${p}s"}]}
- {xid: "t:${p}s", type: Source, title: "Open report ${p}", publisher: "Gazette"}
- {xid: "t:${p}r", type: Source, title: "Rare report ${p}", publisher: "Herald"}
- {relation: commands, from: "t:${p}1", to: "t:${p}h", confidence: 90, period: "2010/2012", sources: [{source: "t:${p}s", quote: "one"}]}
- {relation: posted_to, from: "t:${p}2", to: "t:${p}h", confidence: 55, period: "2014/2018", sources: [{source: "t:${p}r", quote: "two"}]}
- {relation: posted_to, from: "t:${p}3", to: "t:${p}h", confidence: 20, sources: [{source: "t:${p}s", quote: "three"}]}
- {relation: associate_of, from: "t:${p}1", to: "t:${p}2", sources: [{source: "t:${p}s", quote: "four"}]}
`

for (const colorScheme of ['light', 'dark']) {
  test(`filters by confidence, links, source, type and relation say how much they leave out, ${colorScheme}`, { colorScheme }, async (b) => {
    const p = `x${colorScheme[0]}`
    await b.control(`load/${p}`, filtered(p))
    const page = await b.open(hash(`t:${p}h`, `t:${p}1`, `t:${p}2`, `t:${p}3`))
    const all = '4 entities · 4 links'
    const said = (text) => page.getByText(text, { exact: true }).first().waitFor()
    await said(all)
    await page.getByRole('button', { name: 'Filters' }).click()
    const panel = page.getByRole('complementary', { name: 'Filters' })
    const left = (nodes, edges) => panel.getByText(`${nodes} and ${edges} left out.`).waitFor()
    const slide = (label, to) => panel.getByLabel(label).fill(String(to))
    await left('0 entities', '0 links')
    await slide('Any confidence', 50)
    await said('4 entities · 2 links · left out: 0 entities, 2 links')
    await left('0 entities', '2 links')
    await slide('Confidence 50 or more', 75)
    await said('4 entities · 1 link · left out: 0 entities, 3 links')
    await b.picture(`filtered-${colorScheme}`)
    await b.accessible(page, 'confidence')
    await slide('Confidence 75 or more', 0)
    await said(all)
    await panel.getByLabel('Any number').fill('2') // Third has one link alone, and its link goes with it
    await said('3 entities · 3 links · left out: 1 entity, 1 link')
    await panel.getByLabel('2 or more').fill('0')
    await said(all)
    await panel.getByRole('button', { name: 'List the sources…' }).click()
    await panel.getByLabel('Source', { exact: true }).selectOption(`Rare report ${p}`)
    await said('4 entities · 1 link · left out: 0 entities, 3 links')
    await b.accessible(page, 'source')
    const fresh = await b.open(new URL(page.url()).hash) // a link keeps what is left out
    await fresh.getByText('4 entities · 1 link · left out: 0 entities, 3 links').first().waitFor()
    await fresh.close()
    await panel.getByLabel('Source', { exact: true }).selectOption('')
    await panel.getByRole('checkbox', { name: /people|persons/i }).uncheck()
    await said('1 entity · 0 links · left out: 3 entities, 4 links')
    await page.keyboard.press('Control+z')
    await said(all)
    await panel.getByRole('checkbox', { name: /posted to/ }).uncheck()
    await said('4 entities · 2 links · left out: 0 entities, 2 links')
    await panel.getByRole('button', { name: 'Reset' }).click()
    await said(all)
  })
}

test('what has no date is left out by its box in every view, with a span of time or without', async (b) => {
  await b.control('load/undated', filtered('ud'))
  const page = await b.open(hash('t:udh', 't:ud1', 't:ud2', 't:ud3'))
  const said = (text) => page.getByText(text, { exact: true }).first().waitFor()
  await said('4 entities · 4 links')
  const undated = page.getByRole('checkbox', { name: 'with 2 undated links' })
  await undated.uncheck()
  await said('4 entities · 2 links · left out: 0 entities, 2 links')
  assert.match(page.url(), /undated=false/)
  await page.getByRole('button', { name: 'Table', exact: true }).click()
  await page.getByRole('button', { name: 'Links (2)' }).waitFor()
  await page.getByRole('button', { name: 'Timeline', exact: true }).click()
  assert.equal(await page.getByRole('heading', { name: 'Without a date' }).count(), 0)
  await undated.check()
  await page.getByRole('heading', { name: 'Without a date' }).waitFor()
  await b.picture('undated')
  await page.getByRole('application', { name: /^Span of time/ }).focus()
  await page.keyboard.press('ArrowRight')
  await page.getByRole('button', { name: 'Graph', exact: true }).click()
  await page.getByText(/^4 entities · [34] links/).first().waitFor()
  await undated.uncheck()
  await page.getByText(/^4 entities · [12] links? · left out/).first().waitFor()
})
