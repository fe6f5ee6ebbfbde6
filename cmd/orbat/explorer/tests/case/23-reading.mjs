import assert from 'node:assert/strict'
import { test } from '../harness.mjs'

const case23 = `
- {xid: "t:rd1", type: Person, name: "Rupert Quillfeather", rank: "Colonel", sources: [{source: "t:rdsa"}, {source: "t:rdsb"}, {source: "t:rdsc"}]}
- {xid: "t:rd2", type: Unit, name: "Quillfeather Guards"}
- {xid: "t:rd3", type: Location, name: "Twinford"}
- {xid: "t:rd4", type: Location, name: "Twinford"}
- {xid: "t:rdsa", type: Source, title: "A first report of great length about who was where and when, and what was seen of it by whom"}
- {xid: "t:rdsb", type: Source, title: "A second report of no lesser length about the same people in the same place, written later on"}
- {xid: "t:rdsc", type: Source, title: "A third report that repeats what the others say, at length, and adds a list of names"}
- {relation: commands, from: "t:rd1", to: "t:rd2", period: "2013-02-01/2014-01-09", sources: [{source: "t:rdsa"}]}
- {relation: based_at, from: "t:rd2", to: "t:rd3", period: "2013-02-01/2014-01-09"}
- {relation: based_at, from: "t:rd2", to: "t:rd4", period: "~2015-03-01/2016-01-09~"}
`

test('Enter takes what is called as is typed by then, and a rank before a name does not hide its bearer', async (b) => {
  await b.control('load/reading', case23)
  const page = await b.open()
  const search = page.getByRole('combobox').first()
  await search.fill('Kurilla')
  await page.getByRole('option').filter({ hasText: 'Michael Kurilla' }).waitFor()
  await search.fill('Quillfeath')
  await search.press('Enter') // before the list is that of the new letters: what it holds is not taken unseen
  await page.getByRole('option').filter({ hasText: 'Quillfeather Guards' }).waitFor()
  await search.fill('Michael Kurilla')
  await search.press('Enter') // the whole name leaves no doubt
  await page.getByRole('heading', { name: 'Michael Kurilla', level: 2 }).waitFor()
  await search.fill('gen. rupert quillfeather')
  await page.getByText('Nothing is called “gen. rupert quillfeather”. Called “rupert quillfeather”:').waitFor()
  await b.accessible(page, 'other words')
  await b.picture('search-fewer-words')
  await search.press('Enter')
  await page.getByRole('heading', { name: 'Rupert Quillfeather', level: 2 }).waitFor()
})

test('a card names some of many sources, and all when asked', async (b) => {
  await b.control('load/reading', case23)
  const page = await b.open('#n=0,0,,,' + encodeURIComponent('t:rd1') + '&sel=0')
  const all = page.getByRole('button', { name: 'All sources of rank Colonel' })
  await all.waitFor()
  const named = page.locator('.meta').filter({ hasText: 'A first report' })
  const before = await named.evaluate((e) => [e.clientHeight, e.scrollHeight])
  assert.ok(before[0] < before[1], `${before}`)
  await all.click()
  await page.getByRole('button', { name: 'Fewer sources of rank Colonel' }).waitFor()
  const after = await named.evaluate((e) => [e.clientHeight, e.scrollHeight])
  assert.equal(after[0], after[1])
})

test('a question waits for its first value, says how many answers are only possible, and breaks no date', async (b) => {
  await b.control('load/reading', case23)
  const page = await b.open()
  await page.getByRole('button', { name: 'ask a question' }).click()
  await page.getByRole('searchbox', { name: 'Find a question' }).fill('zebra')
  await page.getByRole('button', { name: /^Show all \d+/ }).click()
  await page.getByRole('searchbox', { name: 'Find a question' }).fill('based unit') // words in any order
  await page.getByRole('button', { name: /^unit footprint/ }).click()
  await page.waitForFunction(() => document.activeElement?.id === 'param-unit')
  await page.keyboard.type('Quillfeather Guards')
  await page.getByRole('option').filter({ hasText: 'Quillfeather Guards' }).waitFor()
  const panel = page.getByRole('complementary', { name: 'Questions' })
  const list = await page.getByRole('listbox').first().boundingBox()
  const frame = await panel.boundingBox()
  assert.ok(list.x + list.width <= frame.x + frame.width, 'the list is as wide as its panel')
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: /^as of/ }).fill('2013-06-01')
  await page.keyboard.press('Enter')
  await panel.getByText('2 answers; 1 only possible').waitFor()
  const table = panel.getByRole('table')
  assert.equal(await table.getByRole('button', { name: 'Twinford', exact: true }).count(), 2) // two places, one name: each leads to its own
  const heights = await table.locator('.date').evaluateAll((all) => all.map((d) => d.getClientRects().length))
  assert.ok(heights.length >= 4 && heights.every((n) => n === 1), `${heights}`)
  await b.picture('answer-dates')
  await b.accessible(page, 'dates')
})

test('the steps of a path say when they held', async (b) => {
  await b.control('load/reading', case23)
  const page = await b.open('#n=0,0,,,' + encodeURIComponent('t:rd1') + '&n=300,0,,,' + encodeURIComponent('t:rd2'))
  await page.getByText('2 entities').first().waitFor()
  await page.getByRole('button', { name: 'Path', exact: true }).click()
  for (const [end, name] of [['From', 'Rupert Quillfeather'], ['To', 'Quillfeather Guards']]) {
    await page.getByRole('combobox', { name: end, exact: true }).fill(name)
    await page.getByRole('option').filter({ hasText: name }).first().click()
  }
  await page.getByLabel('Paths found').getByText('2013-02-01 to 2014-01-09').waitFor()
})
