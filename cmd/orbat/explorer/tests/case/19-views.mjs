import assert from 'node:assert/strict'
import { test } from '../harness.mjs'

const xid = (id) => encodeURIComponent(`orbat:strike-2023/#${id}`)
const five = '#' + ['kurilla', 'centcom', 'macdill', 'strike', 'al-muhajir'].map((id, i) => `n=${i * 240},${(i % 2) * 120},,,${xid(id)}`).join('&')

for (const colorScheme of ['light', 'dark']) {
  test(`graph, table, timeline and map show the same chosen, and leave out the same, ${colorScheme}`, { colorScheme }, async (b) => {
    const page = await b.open(five)
    const view = (name) => page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name, exact: true }).click()
    const heading = (name) => page.getByRole('heading', { name, level: 2 }).waitFor()
    const chosen = page.locator('main [aria-current=true]')
    await page.getByText(/^5 entities · /).first().waitFor()
    const frame = page.getByRole('application', { name: /^Graph/ })
    await page.mouse.click(...(await frame.evaluate((f) => f.whereIs('orbat:strike-2023/#centcom'))))
    await heading('US Central Command')
    await view('Table')
    assert.deepEqual([...new Set(await chosen.allInnerTexts())], ['US Central Command'])
    await b.picture(`chosen-table-${colorScheme}`)
    await b.accessible(page, 'table')
    await view('Timeline')
    await chosen.first().waitFor()
    for (const lane of await chosen.allInnerTexts()) assert.match(lane, /US Central Command/)
    await b.picture(`chosen-timeline-${colorScheme}`)
    await b.accessible(page, 'timeline')
    await view('Map')
    await chosen.first().waitFor()
    assert.match(await chosen.first().getAttribute('aria-label'), /US Central Command/)
    await heading('US Central Command')
    await b.picture(`chosen-map-${colorScheme}`)
    await b.accessible(page, 'map')
    await page.getByText(/\d+ entit(y|ies) without location/).waitFor()
    const without = page.locator('.without')
    if (!(await without.getByText('Michael Kurilla').isVisible())) await without.locator('summary').click()
    await without.getByRole('button', { name: 'Michael Kurilla' }).click()
    await heading('Michael Kurilla')
    await view('Table')
    await chosen.filter({ hasText: 'Michael Kurilla' }).first().waitFor()
    await page.getByRole('button', { name: /^Read: Michael Kurilla commands US Central Command/ }).click()
    await page.locator('aside[aria-label=Details] article.claim').first().waitFor()
    await view('Timeline')
    assert.equal(await chosen.count(), 1)
    assert.match(await chosen.innerText(), /Michael Kurilla\s+commands\s+US Central Command/)
    await view('Graph')
    await page.locator('aside[aria-label=Details] article.claim').first().waitFor()
    assert.match(page.url(), /edge=/)

    await page.getByRole('button', { name: 'Filters' }).click()
    await page.getByRole('checkbox', { name: /^commands/ }).uncheck()
    const left = Number(/· (\d+) link/.exec(await page.getByText(/^5 entities · \d+ links? · left out/).first().innerText())[1])
    await view('Table')
    await page.getByRole('button', { name: `Links (${left})` }).waitFor()
    await view('Timeline')
    const lanes = page.locator('main').getByRole('button').filter({ hasText: /\scommands\s/ })
    assert.equal(await lanes.count(), 0)
    await page.reload()
    await page.getByRole('navigation', { name: 'Views' }).locator('[aria-current=page]').filter({ hasText: 'Timeline' }).waitFor()
    assert.equal(await lanes.count(), 0)
  })
}

test('by keyboard: the search, a camera that arrows move, and all in sight again', async (b) => {
  const page = await b.open(five)
  await page.getByText(/^5 entities · /).first().waitFor()
  const frame = page.getByRole('application', { name: /^Graph/ })
  await frame.focus()
  await page.keyboard.press('f')
  const at = () => frame.evaluate((f) => f.whereIs('orbat:strike-2023/#centcom'))
  const fitted = await at()
  await page.keyboard.press('c')
  await page.locator('.cross').waitFor()
  await page.keyboard.press('ArrowRight')
  const near = ([x, y], [u, v]) => Math.hypot(x - u, y - v) < 1
  assert.ok(near(await at(), [fitted[0] - 60, fitted[1]]))
  await page.keyboard.press('c')
  await page.locator('.cross').waitFor({ state: 'detached' })
  await page.keyboard.press('f')
  assert.ok(near(await at(), fitted))
  await page.keyboard.press('/')
  await page.waitForFunction(() => document.activeElement?.id === 'search')
})

test('a link that several claims date differently has all its dates in timeline and table, and its spans filter it', async (b) => {
  await b.control('load/twice', `
- {xid: "t:twp", type: Person, name: "Twice Posted"}
- {xid: "t:twu", type: Unit, name: "His Unit"}
- {relation: commands, from: "t:twp", to: "t:twu", period: 2010/2011, sources: [{source: "t:tws"}]}
- {relation: commands, from: "t:twp", to: "t:twu", period: "2015/..", rank: General, sources: [{source: "t:tws"}]}
- {xid: "t:tws", type: Source, title: "Both"}
`)
  const page = await b.open('#n=0,0,,,t%3Atwp&n=300,0,,,t%3Atwu')
  await page.getByText('2 entities · 1 link').waitFor()
  await page.getByRole('button', { name: 'Timeline', exact: true }).click()
  const lane = page.getByRole('list', { name: 'Links in the order of time' }).getByRole('listitem')
  assert.match(await lane.innerText(), /2010 to 2011; since 2015, still so/)
  assert.equal(await lane.locator('rect.interval').count(), 2)
  assert.equal(await page.getByText('undated link').count(), 0)
  await b.picture('twice')
  await page.getByRole('button', { name: 'Table', exact: true }).click()
  await page.getByRole('cell', { name: '2010 to 2011; since 2015, still so' }).waitFor()
  const said = (links) => page.getByRole('button', { name: `Links (${links})` }).waitFor()
  for (const [year, links] of [['2013', 0], ['2011', 1], ['2020', 1]]) {
    await page.getByLabel('As of: a day, a month or a year').fill(year)
    await page.keyboard.press('Enter')
    await said(links)
  }
  await page.getByRole('cell', { name: 'since 2015, still so', exact: true }).waitFor() // what held then
  await page.getByRole('button', { name: 'orbat', exact: true }).click() // and whoever begins anew asks for no time any more
  await page.locator('#start-search').fill('Twice Posted')
  await page.getByRole('option', { name: /Twice Posted/ }).click()
  await page.getByText(/^1 entity · 0 links/).first().waitFor()
  assert.equal(await page.getByLabel('As of: a day, a month or a year').inputValue(), '')
})
