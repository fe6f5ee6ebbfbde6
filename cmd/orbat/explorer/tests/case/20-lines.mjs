import assert from 'node:assert/strict'
import { test } from '../harness.mjs'

const hash = (...xids) => '#' + xids.map((xid, i) => 'n=' + encodeURIComponent(`${(i % 2) * 420 + Math.floor(i / 2) * 70},${Math.floor(i / 2) * 200},,,${xid}`)).join('&')
const relations = ['affiliated_with', 'allied_with', 'opposes', 'stance_towards', 'associate_of', 'communicated_with']
const links = (p) => `
- {xid: "t:${p}a", type: Organisation, name: "Upper ${p}"}
- {xid: "t:${p}b", type: Organisation, name: "Lower ${p}"}
- {xid: "t:${p}c", type: Organisation, name: "One ${p}"}
- {xid: "t:${p}d", type: Organisation, name: "Two ${p}"}
${relations.slice(0, 4).map((r) => `- {relation: ${r}, from: "t:${p}a", to: "t:${p}b", confidence: 80}`).join('\n')}
${relations.slice(0, 5).map((r, i) => `- {relation: ${r}, from: "t:${p}c", to: "t:${p}d", confidence: ${30 + 10 * i}}`).join('\n')}
`
const looks = (page) => page.getByRole('application', { name: /^Graph/ }).evaluate((f) => f.looks())

test('up to four parallel links are curves of their own, and five are one bundle that says so', async (b) => {
  await b.control('load/parallel', links('pl'))
  const page = await b.open(hash('t:pla', 't:plb', 't:plc', 't:pld'))
  await page.getByText('4 entities · 9 links').waitFor()
  const all = await looks(page)
  const [apart, bundles] = [all.filter((l) => !l.id.startsWith('bundle:')), all.filter((l) => l.id.startsWith('bundle:'))]
  assert.equal(apart.length, 4)
  for (const [i, l] of apart.entries()) {
    for (const other of apart.slice(i + 1)) assert.ok(Math.hypot(l.at[0] - other.at[0], l.at[1] - other.at[1]) > 15, `${l.label} lies on ${other.label}`)
  }
  assert.deepEqual(bundles.map((l) => l.label), ['5 links'])
  await b.picture('parallel')
  const heading = page.locator('aside[aria-label=Details] h2')
  const read = new Set()
  for (const { id } of apart) { // each can be clicked
    await page.mouse.click(...(await looks(page)).find((l) => l.id === id).at) // the details that open move the camera
    await page.waitForFunction((id) => new URLSearchParams(location.hash.slice(1)).get('edge') === id, id)
    await page.locator('aside[aria-label=Details] article.claim').first().waitFor()
    read.add(await heading.innerText())
  }
  assert.equal(read.size, 4, [...read].join('\n'))
  await page.getByRole('button', { name: 'Close details' }).click()
  const [bundle] = (await looks(page)).filter((l) => l.id.startsWith('bundle:'))
  await page.mouse.click(...bundle.at)
  await page.getByRole('heading', { name: 'Other links between the two' }).waitFor()
  assert.equal(await page.locator('aside[aria-label=Details] button.other').count(), 4)
  await b.accessible()
})

const graded = (p) => `
- {xid: "t:${p}0", type: Organisation, name: "Middle"}
${[75, 74, 40, 39, ''].map((n, i) => `- {xid: "t:${p}${i + 1}", type: Organisation, name: "Graded ${n || 'by nobody'}"}
- {relation: affiliated_with, from: "t:${p}${i + 1}", to: "t:${p}0", ${n === '' ? '' : `confidence: ${n}, `}sources: [${Array.from({ length: i === 0 ? 3 : 1 }, (_, j) => `{source: "t:${p}s${j}"}`).join(', ')}]}`).join('\n')}
${[0, 1, 2].map((j) => `- {xid: "t:${p}s${j}", type: Source, title: "Report ${j}"}`).join('\n')}
`

for (const colorScheme of ['light', 'dark']) {
  test(`lines are solid, dashed or dotted as what they say is sure, wider with more sources, and the legend says so, ${colorScheme}`, { colorScheme }, async (b) => {
    const p = `gr${colorScheme[0]}`
    await b.control(`load/${p}`, graded(p))
    const page = await b.open(hash(...[0, 1, 2, 3, 4, 5].map((i) => `t:${p}${i}`)))
    await page.getByText('6 entities · 5 links').waitFor()
    const links = page.getByRole('application', { name: /^Graph/ })
    const at = await links.evaluate((f, p) => [1, 2, 3, 4, 5].map((i) => f.whereIs(`t:${p}${i}`)), p)
    const middle = await links.evaluate((f, p) => f.whereIs(`t:${p}0`), p)
    const drawn = await looks(page)
    const of = (i) => drawn.find((l) => Math.hypot(l.at[0] - (at[i][0] + middle[0]) / 2, l.at[1] - (at[i][1] + middle[1]) / 2) < 20)
    assert.deepEqual([0, 1, 2, 3, 4].map((i) => of(i).dashes), ['solid', 'dashed', 'dashed', 'dotted', 'dotted'])
    assert.ok(of(0).width > of(1).width * 1.5, `${of(0).width} and ${of(1).width}`)
    assert.equal(of(1).width, of(2).width)
    const legend = page.locator('.legend')
    for (const text of ['confidence 75 or more', 'confidence 40 to 74', 'below 40, or not graded', 'thicker: more sources']) {
      await legend.getByText(text).waitFor()
    }
    await b.picture(`graded-${colorScheme}`)
    await b.accessible()
  })
}
