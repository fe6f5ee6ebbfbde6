import assert from 'node:assert/strict'
import { test } from '../harness.mjs'

// Two people, each with a unit of their own; the units stand under one another, which only the graph of both shows.
const apart = (p) => `
- {xid: "t:${p}1", type: Person, name: "First ${p}", sources: [{source: "t:${p}s"}]}
- {xid: "t:${p}2", type: Person, name: "Second ${p}", sources: [{source: "t:${p}s"}]}
- {xid: "t:${p}3", type: Unit, name: "Upper ${p}", sources: [{source: "t:${p}s"}]}
- {xid: "t:${p}4", type: Unit, name: "Lower ${p}", sources: [{source: "t:${p}s"}]}
- {xid: "t:${p}s", type: Source, title: "Open report", publisher: "Gazette"}
- {relation: commands, from: "t:${p}1", to: "t:${p}3", period: "2010/2012", sources: [{source: "t:${p}s", quote: "one"}]}
- {relation: commands, from: "t:${p}2", to: "t:${p}4", period: "2014/2018", sources: [{source: "t:${p}s", quote: "two"}]}
- {relation: subordinate_to, from: "t:${p}4", to: "t:${p}3", sources: [{source: "t:${p}s", quote: "three"}]}
`
const hash = (...xids) => '#' + xids.map((xid, i) => 'n=' + encodeURIComponent(`${i * 300},${i * 80},,,${xid}`)).join('&')

// holding keeps answers of an operation back until they are let go.
async function holding(page, operation) {
  let go
  const held = new Promise((done) => (go = done))
  let count = 0
  await page.route(`**/api/v1/${operation}?*`, async (route) => {
    count++
    await held
    await route.continue()
  })
  return { go, asked: () => count }
}

const expandFocused = async (page, name) => {
  await page.getByRole('button', { name, exact: true }).first().click()
  await page.keyboard.press('e')
}

test('two expansions at once bring what ties their ends together', async (b) => {
  await b.control('load/apart', apart('g'))
  const page = await b.open(hash('t:g1', 't:g2'))
  await page.getByText('2 entities · 0 links').waitFor()
  await page.getByRole('button', { name: 'Table', exact: true }).click()
  await page.getByRole('button', { name: 'Entities (2)' }).click()
  const { go, asked } = await holding(page, 'links')
  await expandFocused(page, 'First g')
  await expandFocused(page, 'Second g')
  while (asked() < 2) await page.evaluate(() => new Promise((next) => requestAnimationFrame(next)))
  go()
  await page.getByRole('button', { name: 'Links (3)' }).waitFor()
  await page.getByRole('button', { name: 'Entities (4)' }).waitFor()
})

test('what is removed or hidden before an answer comes stays away', async (b) => {
  await b.control('load/gone', apart('r'))
  const page = await b.open(hash('t:r1', 't:r3', 't:r4'))
  await page.getByText('3 entities · 2 links').waitFor()
  await page.getByRole('button', { name: 'Table', exact: true }).click()
  await page.getByRole('button', { name: 'Entities (3)' }).click()
  const first = await holding(page, 'links')
  await expandFocused(page, 'Lower r')
  while (first.asked() < 1) await page.evaluate(() => new Promise((next) => requestAnimationFrame(next)))
  await page.getByRole('button', { name: 'First r', exact: true }).click()
  await page.keyboard.press('h')
  await page.getByRole('button', { name: 'Upper r', exact: true }).click()
  await page.getByRole('button', { name: 'Graph', exact: true }).click()
  await page.getByRole('application', { name: /^Graph/ }).focus()
  await page.keyboard.press('Shift+F10')
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  await page.getByText(/^1 entity · 0 links/).waitFor()
  first.go()
  await page.getByText(/^2 entities · 1 link/).waitFor() // Second, whom the expansion brings; neither Upper nor First
  await page.keyboard.press('Control+z')
  await page.keyboard.press('Control+z')
  await page.getByText(/^2 entities · 1 link/).waitFor()
})

test('an expansion shows again what was hidden and belongs to it, and nothing else that is hidden', async (b) => {
  await b.control('load/hidden', apart('h'))
  const page = await b.open(hash('t:h1', 't:h2', 't:h3', 't:h4'))
  await page.getByText('4 entities · 3 links').waitFor()
  await page.getByRole('button', { name: 'Table', exact: true }).click()
  await page.getByRole('button', { name: 'Entities (4)' }).click()
  for (const name of ['First h', 'Second h']) {
    await page.getByRole('button', { name, exact: true }).click()
    await page.keyboard.press('h')
  }
  await page.getByRole('button', { name: 'Entities (2)' }).waitFor()
  await page.getByRole('button', { name: 'Upper h', exact: true }).click()
  await page.getByRole('button', { name: /^Expand: commanded by/ }).click()
  await page.getByRole('button', { name: 'Entities (3)' }).waitFor()
  await page.getByRole('button', { name: 'First h', exact: true }).waitFor()
  assert.equal(await page.getByRole('button', { name: 'Second h', exact: true }).count(), 0)
  await page.getByRole('button', { name: 'Filters' }).click()
  await page.getByRole('button', { name: 'Show the 1 hidden' }).click()
  await page.getByRole('button', { name: 'Links (3)' }).waitFor()
})

const look = (page, text) =>
  page.waitForFunction((text) => {
    window.dispatchEvent(new Event('focus')) // who comes back within two seconds has not been away
    return document.body.textContent.includes(text)
  }, text)

test('an open card counts anew after Show', async (b) => {
  await b.control('load/counted', apart('c'))
  const page = await b.open(hash('t:c1', 't:c3') + '&sel=0')
  await page.getByRole('button', { name: 'All shown: commands, 1' }).waitFor()
  await b.control('load/counted-more', '- {relation: commands, from: "t:c1", to: "t:c4", sources: [{source: "t:cs", quote: "more"}]}\n')
  await look(page, 'other links in all than before')
  await page.getByRole('button', { name: 'Show', exact: true }).click()
  await page.getByRole('button', { name: 'Load more: commands, 2' }).waitFor()
  assert.equal(await page.getByText('The graph has changed').count(), 0)
})

test('what is said of another screen is looked at again before it is shown', async (b) => {
  await b.control('load/old', apart('o'))
  const page = await b.open(hash('t:o1', 't:o3'))
  await page.getByText('2 entities · 1 link').waitFor()
  await b.control('load/old-more', '- {relation: posted_to, from: "t:o1", to: "t:o3", sources: [{source: "t:os", quote: "more"}]}\n')
  await look(page, '1 link new')
  await page.getByRole('application', { name: /^Graph/ }).focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('e') // the screen is another now, and has the new link
  await page.getByText('2 entities · 2 links').waitFor()
  await page.getByRole('button', { name: 'Show', exact: true }).click()
  await page.getByRole('button', { name: 'Show', exact: true }).waitFor({ state: 'detached' })
  await page.getByText('2 entities · 2 links').waitFor()
})

test('a change that was dismissed is not told again, and the next one is', async (b) => {
  await b.control('load/dismissed', apart('d'))
  const page = await b.open(hash('t:d1', 't:d3'))
  await page.getByText('2 entities · 1 link').waitFor()
  await b.control('load/dismissed-more', '- {relation: posted_to, from: "t:d1", to: "t:d3", sources: [{source: "t:ds", quote: "more"}]}\n')
  await look(page, '1 link new')
  await page.getByRole('button', { name: 'Dismiss' }).click()
  await page.getByRole('button', { name: 'Dismiss' }).waitFor({ state: 'detached' })
  const asked = b.requests.filter((r) => r.startsWith('/api/v1/among')).length
  while (b.requests.filter((r) => r.startsWith('/api/v1/among')).length < asked + 2) {
    const answered = page.waitForResponse(/\/among/)
    await page.waitForFunction((n) => {
      window.dispatchEvent(new Event('focus'))
      return performance.getEntriesByType('resource').filter((r) => r.name.includes('/among')).length > n
    }, await page.evaluate(() => performance.getEntriesByType('resource').filter((r) => r.name.includes('/among')).length))
    await answered
  }
  assert.equal(await page.getByRole('button', { name: 'Dismiss' }).count(), 0)
  await b.control('load/dismissed-again', '- {relation: member_of, from: "t:d1", to: "t:d3", sources: [{source: "t:ds", quote: "again"}]}\n')
  await look(page, '2 links new')
})

test('the span of time stops where the histogram ends', async (b) => {
  await b.control('load/brushed', apart('b'))
  const page = await b.open(hash('t:b1', 't:b2', 't:b3', 't:b4'))
  await page.getByText('4 entities · 3 links').waitFor()
  const chart = page.getByRole('application', { name: /^Span of time/ })
  await chart.focus()
  const span = async () => {
    const label = await chart.getAttribute('aria-label')
    return label.match(/(\d{4}-\d\d-\d\d) to (\d{4}-\d\d-\d\d)/).slice(1).map((d) => Date.parse(d))
  }
  await page.keyboard.press('ArrowRight')
  const [a, z] = await span()
  for (const key of ['ArrowLeft', 'ArrowRight']) {
    for (let i = 0; i < 90; i++) await page.keyboard.press(key)
    const [from, to] = await span()
    assert.ok(Math.abs(to - from - (z - a)) <= 2 * 86_400_000, `${key}: as long as before`)
    assert.ok(from >= Date.parse('2009-01-01') && to <= Date.parse('2020-01-01'), `${key}: ${new Date(from)} to ${new Date(to)}`)
  }
  await page.getByText(/^4 entities · [12] links? · left out: .* 1 link|^4 entities · 2 links/).waitFor()
  for (let i = 0; i < 90; i++) await page.keyboard.press('Shift+ArrowLeft')
  const [from, to] = await span()
  assert.ok(to >= from, 'its end never comes before its beginning')
  await page.keyboard.press('Escape')
  await page.getByText('4 entities · 3 links').waitFor()
})
