import assert from 'node:assert/strict'
import { test } from '../harness.mjs'

// Between two people: a weak link of 2010 to 2012, a strong one through a unit, a longer one through people.
const ways = (p) => `
- {xid: "t:${p}a", type: Person, name: "Start ${p}", sources: [{source: "t:${p}s"}]}
- {xid: "t:${p}z", type: Person, name: "Goal ${p}", sources: [{source: "t:${p}s"}]}
- {xid: "t:${p}u", type: Unit, name: "Unit ${p}", sources: [{source: "t:${p}s"}]}
- {xid: "t:${p}m", type: Person, name: "Middle ${p}", sources: [{source: "t:${p}s"}]}
- {xid: "t:${p}n", type: Person, name: "Next ${p}", sources: [{source: "t:${p}s"}]}
- {xid: "t:${p}s", type: Source, title: "Open report", publisher: "Gazette"}
- {relation: associate_of, from: "t:${p}a", to: "t:${p}z", period: "2010/2012", confidence: 30, sources: [{source: "t:${p}s", quote: "seen together"}]}
- {relation: commands, from: "t:${p}a", to: "t:${p}u", period: "2015/2018", confidence: 90, sources: [{source: "t:${p}s", quote: "commands it"}]}
- {relation: posted_to, from: "t:${p}z", to: "t:${p}u", period: "2015/2018", confidence: 90, sources: [{source: "t:${p}s", quote: "serves there"}]}
- {relation: associate_of, from: "t:${p}a", to: "t:${p}m", confidence: 80, sources: [{source: "t:${p}s", quote: "first"}]}
- {relation: associate_of, from: "t:${p}m", to: "t:${p}n", confidence: 80, sources: [{source: "t:${p}s", quote: "second"}]}
- {relation: associate_of, from: "t:${p}n", to: "t:${p}z", confidence: 80, sources: [{source: "t:${p}s", quote: "third"}]}
`

const slide = (slider, to) => slider.fill(String(to))

for (const colorScheme of ['light', 'dark']) {
  test(`paths: hops, alternatives, types, time and confidence are heeded, and none is an answer, ${colorScheme}`, { colorScheme }, async (b) => {
    const p = `p${colorScheme[0]}`
    await b.control(`load/${p}`, ways(p))
    const page = await b.open(`#n=0,0,,,t%3A${p}a&sel=0`)
    await page.getByRole('button', { name: 'Path from here…' }).click()
    const panel = page.getByRole('complementary', { name: 'Path' })
    await panel.getByRole('combobox', { name: 'To' }).fill(`Goal ${p}`)
    await page.getByRole('option').filter({ hasText: `Goal ${p}` }).first().click()
    await panel.getByText('1. 1 hop').waitFor()
    assert.equal(await panel.locator('li.path').count(), 1)
    await slide(panel.getByLabel('Only the shortest'), 3)
    await panel.getByRole('button', { name: 'Find', exact: true }).click()
    await panel.getByText('3. 3 hops').waitFor()
    assert.deepEqual(await panel.locator('li.path h3').allInnerTexts(), ['1. 1 hop', '2. 2 hops', '3. 3 hops'])
    await page.getByText(/^5 entities · 6 links/).first().waitFor()
    await panel.getByRole('button', { name: '3. 3 hops' }).click()
    await panel.getByRole('button', { name: '3. 3 hops', pressed: true }).waitFor()
    await b.picture(`paths-${colorScheme}`)
    await b.accessible(page, 'alternatives')
    await panel.getByText('At least 3 ways').waitFor()
    await slide(panel.getByLabel('At least 3 ways'), 1)

    await slide(panel.getByLabel('Any confidence'), 50) // what is weak is no way: what was found is looked for anew
    await panel.getByText('1. 2 hops').waitFor()
    await panel.getByText(`Unit ${p}`).first().waitFor()
    assert.match(page.url(), /min_confidence=50/)
    await panel.getByText('Not through …').click()
    await panel.getByRole('checkbox', { name: /^units$/i }).check()
    await panel.getByRole('button', { name: 'Find', exact: true }).click()
    await panel.getByText('1. 3 hops').waitFor()
    await panel.getByText(`Middle ${p}`).first().waitFor()
    await slide(panel.getByLabel('At most 4 hops'), 2)
    await panel.getByRole('button', { name: 'Find', exact: true }).click()
    await panel.getByText('No path within 2 hops.').waitFor()
    await page.getByText(/^5 entities · /).first().waitFor() // the graph stays
    await b.picture(`no-path-${colorScheme}`)
    await b.accessible(page, 'no path')

    await panel.getByRole('checkbox', { name: /^units$/i }).uncheck()
    await slide(panel.getByLabel('Confidence 50 or more'), 0)
    await panel.getByText('1. 1 hop').waitFor()
    await panel.getByLabel('As of').fill('2016')
    await panel.getByLabel('As of').press('Enter')
    await panel.getByText('1. 2 hops').waitFor() // by then only the unit joins them
    assert.match(page.url(), /as_of=2016/)
    assert.equal(await page.getByLabel('As of: a day, a month or a year').inputValue(), '2016')
    await panel.getByLabel('As of').fill('then')
    await panel.getByLabel('As of').press('Enter')
    await panel.getByRole('alert').waitFor()
  })
}
