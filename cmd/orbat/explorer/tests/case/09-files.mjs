import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from '../harness.mjs'

const xid = (id) => encodeURIComponent(`orbat:strike-2023/#${id}`)
const four = `#n=0,0,,,${xid('kurilla')}&n=300,-40,,,${xid('centcom')}&n=600,80,,,${xid('strike')}&n=900,0,,,${xid('al-muhajir')}`

async function files(page) {
  await page.getByRole('button', { name: 'Export', exact: true }).click()
  return async (button) => {
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: button, exact: true }).click()
    const file = await download
    return { name: file.suggestedFilename(), text: readFileSync(await file.path(), 'utf8') }
  }
}

test('a file of what is on screen has its places, links and filters, and nothing that is hidden', async (b) => {
  const page = await b.open(four)
  await page.getByText(/^4 entities · [3-9] links/).waitFor()
  const file = await files(page)
  const whole = await file('GEXF, for Gephi')
  assert.equal(whole.name, 'graph-of-4-entities.gexf')
  await page.getByRole('group', { name: 'Export' }).getByText('Saved as graph-of-4-entities.gexf').waitFor()
  assert.match(whole.text, /<viz:position x="300" y="40" z="0"\/>/)
  assert.match(whole.text, /Al-Muhajir was killed/)
  const placed = JSON.parse((await file('Cytoscape JSON')).text).elements.nodes.map((n) => [n.data.id, n.position])
  assert.deepEqual(Object.fromEntries(placed)['orbat:strike-2023/#strike'], { x: 600, y: 80 })
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Filters' }).click()
  await page.getByRole('checkbox', { name: /affected by/ }).uncheck()
  await page.getByRole('application', { name: /^Span of time/ }).focus()
  await page.keyboard.press('ArrowRight')
  await page.getByRole('button', { name: /^Clear \d{4}/ }).waitFor()
  const shown = Number(/(\d+) links?/.exec(await page.getByText(/^4 entities · \d+ link/).innerText())[1])
  const again = await files(page)
  const left = await again('GEXF, for Gephi')
  assert.equal(left.text.match(/<edge /g)?.length ?? 0, shown)
  assert.doesNotMatch(left.text, /Al-Muhajir was killed/)
  assert.match(left.text, /screen\.brush/)
  assert.match(left.text, /screen\.hidden_relations[^<]*affected_by/)
})

test('the whole graph comes as a file, and so does the whole answer to a question', async (b) => {
  const page = await b.open(four)
  await page.getByText(/^4 entities/).waitFor()
  const file = await files(page)
  await page.getByRole('radio', { name: 'The whole graph' }).check()
  await b.accessible(page, 'whole graph')
  const all = await file('Canonical, to load again')
  assert.ok(all.text.split('\n').length > 100, `${all.text.split('\n').length} lines`)
  assert.match((await file('GraphML')).text, /<graphml/)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Questions', exact: true }).click()
  await page.getByRole('button', { name: /^degree ranking/ }).click()
  await page.getByText('Time, confidence and more').click()
  await page.getByLabel(/^limit/).fill('3')
  await page.getByRole('button', { name: 'Ask', exact: true }).click()
  await page.getByRole('complementary', { name: 'Questions' }).getByText('3 answers, and there are more').waitFor()
  await page.getByText('Ask otherwise').click()
  await page.getByLabel(/^limit/).fill('')
  await page.getByRole('button', { name: 'Ask', exact: true }).click()
  const told = page.getByRole('complementary', { name: 'Questions' }).getByText(/^\d{2,} answers/)
  await told.waitFor()
  const many = Number(/\d+/.exec(await told.innerText())[0])
  await page.getByLabel('Format of the file').selectOption('csv')
  const table = (await file('Export the whole answer')).text
  assert.ok(table.trim().split('\n').length > many, `${many} answers on screen, and ${table.split('\n').length} lines`)
  await page.getByRole('button', { name: 'Show in the graph' }).click()
  await page.getByRole('button', { name: 'Export', exact: true }).click()
  assert.equal((await file('SVG')).name, 'degree-ranking.svg') // what was asked, not whom the graph happened to begin with
  await page.keyboard.press('Control+z')
  assert.equal((await file('SVG')).name, 'graph-of-4-entities.svg')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Wider' }).click()
  await b.picture('answer')
  await b.accessible(page, 'answer')
})

test('an answer as a table counts for the highest marking on screen', async (b) => {
  await b.control('load/answer', `
- {xid: "t:q1", type: Person, name: "Asked Asma", sources: [{source: "t:qs"}]}
- {xid: "t:q2", type: Unit, name: "Asked Unit", sources: [{source: "t:qs"}]}
- {xid: "t:qs", type: Source, title: "Closed report", marking: "TLP:AMBER"}
- {relation: posted_to, from: "t:q1", to: "t:q2", period: "2019/2021", sources: [{source: "t:qs", quote: "posted"}]}
`)
  const page = await b.open()
  await page.getByRole('button', { name: 'ask a question' }).click()
  await page.getByRole('button', { name: /^career/ }).click()
  await page.getByRole('combobox', { name: 'person', exact: true }).fill('Asked Asma')
  await page.getByRole('option').filter({ hasText: 'Asked Asma' }).first().click()
  await page.getByRole('button', { name: 'Ask', exact: true }).click()
  await page.getByText('Highest marking on screen: TLP:AMBER').waitFor()
  await page.getByRole('button', { name: '← All questions' }).click()
  await page.getByText('Highest marking on screen').waitFor({ state: 'detached' })
})
