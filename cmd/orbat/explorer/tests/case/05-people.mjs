import assert from 'node:assert/strict'
import { test } from '../harness.mjs'

const base = `
- {xid: "t:w1", type: Person, name: "Watched Wanda", sources: [{source: "t:s1"}]}
- {xid: "t:w2", type: Unit, name: "Watched Unit", sources: [{source: "t:s1"}]}
- {xid: "t:s1", type: Source, title: "Open report", publisher: "Gazette"}
- {relation: commands, from: "t:w1", to: "t:w2", sources: [{source: "t:s1", quote: "Wanda commands it"}]}
`
const secret = `
- {xid: "t:w3", type: Unit, name: "Secret Unit", marking: "TLP:RED", sources: [{source: "t:s1"}]}
- {relation: commands, from: "t:w1", to: "t:w3", sources: [{source: "t:s1", quote: "and another"}]}
`

const hash = (...xids) => '#' + xids.map((xid, i) => 'n=' + encodeURIComponent(`${i * 300},${i * 80},,,${xid}`)).join('&')

test('who looks at a graph is told that somebody has loaded, and what stands stays where it is', async (b) => {
  await b.control('load/watched', base)
  const page = await b.open(hash('t:w1', 't:w2'))
  const frame = page.getByRole('application', { name: /^Graph/ })
  await page.getByText('2 entities · 1 link').waitFor()
  const places = () => frame.evaluate((f) => ['t:w1', 't:w2'].map((xid) => f.whereIs(xid)))
  const before = await places()
  await b.control('load/more', `
- {xid: "t:w2", type: Unit, name: "Watched Unit", country: SY, sources: [{source: "t:s1"}]}
- {relation: member_of, from: "t:w1", to: "t:w2", sources: [{source: "t:s1", quote: "and is one of them"}]}
`)
  await page.waitForFunction(() => {
    window.dispatchEvent(new Event('focus')) // who comes back within two seconds has not been away
    return document.body.textContent.includes('The graph has changed')
  })
  await page.getByText(/The graph has changed since it was read: 1 link new, 1 entity described otherwise/).waitFor()
  await b.picture('changed')
  await b.accessible()
  await page.getByRole('button', { name: 'Show', exact: true }).click()
  await page.getByText('2 entities · 2 links').waitFor()
  assert.deepEqual(await places(), before)
  assert.equal(await page.getByText('The graph has changed').count(), 0)
  await page.keyboard.press('Control+z')
  await page.getByText('2 entities · 1 link').waitFor()
})

test('a view that one saves another opens under his own marking', { server: 'callers', problems: /401/ }, async (b) => {
  const other = (text) => text.replaceAll('t:w', 't:v')
  await b.control('load/viewed', other(base))
  await b.control('load/secret', other(secret))
  const signed = async (who, fragment) => {
    const page = await b.open(fragment)
    await page.getByLabel('This server asks for a token').fill(b.told.tokens[who])
    await page.keyboard.press('Enter')
    return page
  }
  const ann = await signed('ann', hash('t:v1', 't:v2', 't:v3'))
  await ann.getByText('3 entities · 2 links').waitFor()
  await ann.getByText('Highest marking on screen: TLP:RED').waitFor()
  await ann.getByRole('button', { name: 'Export' }).click()
  await ann.getByLabel('Title of the view').fill('What Wanda commands')
  await ann.getByLabel('Marking of the view').selectOption('TLP:GREEN')
  await ann.getByRole('button', { name: 'Save view' }).click()
  const link = await ann.getByRole('group', { name: 'Export' }).getByText('#v=').innerText()
  const ben = await signed('ben', new URL(/http\S+/.exec(link)[0]).hash)
  await ben.getByText('2 entities · 1 link').waitFor()
  await ben.getByText('Shown up to TLP:GREEN').waitFor()
  assert.equal(await ben.getByText('Secret Unit').count(), 0)
  await b.picture('view-of-another', ben)
  const placesOf = (page) =>
    page.getByRole('application', { name: /^Graph/ }).evaluate((f) => ['t:v1', 't:v2'].map((xid) => f.whereIs(xid)))
  const [x, y] = await placesOf(ben)
  const [u, v] = await placesOf(ann)
  const slope = ([a, b], [c, d]) => (d - b) / (c - a)
  assert.ok(Math.abs(slope(x, y) - slope(u, v)) < 0.01)
})
