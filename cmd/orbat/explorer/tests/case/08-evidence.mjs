import assert from 'node:assert/strict'
import { test } from '../harness.mjs'

const hash = (...xids) => '#' + xids.map((xid, i) => 'n=' + encodeURIComponent(`${i * 300},${i * 80},,,${xid}`)).join('&')
const told = `
- {xid: "t:e1", type: Person, name: "Told Tamar", sources: [{source: "t:es"}]}
- {xid: "t:e2", type: Unit, name: "Told Unit", sources: [{source: "t:es"}]}
- {xid: "t:es", type: Source, title: "Open report", publisher: "Gazette", published: "2020-01-02", reliability: B}
- {xid: "t:ed", type: Source, title: "Denial", publisher: "Ministry", reliability: E}
`
const claims = `
- {relation: commands, from: "t:e1", to: "t:e2", period: "2019/2021", confidence: 80, credibility: "2", sources: [{source: "t:es", quote: "Tamar <b>commands</b> it", locator: "p. 3"}]}
- {relation: commands, from: "t:e1", to: "t:e2", assertion: denied, sources: [{source: "t:ed", quote: "She never did"}]}
`

for (const colorScheme of ['light', 'dark']) {
  test(`a link's cards: quote, document, publisher, date, grades, who loaded it and when; a denial stands beside, ${colorScheme}`, { colorScheme }, async (b) => {
    await b.control('load/told', told + claims)
    const page = await b.open(hash('t:e1', 't:e2'))
    await page.getByText('2 entities · 1 link').waitFor()
    await page.getByRole('button', { name: 'Table', exact: true }).click()
    await page.getByRole('button', { name: 'Read: Told Tamar commands Told Unit' }).click()
    const says = page.getByRole('region', { name: 'Says so' })
    await says.getByText('Tamar <b>commands</b> it').waitFor()
    const text = (await says.locator('article').innerText()).replace(/\s+/g, ' ')
    for (const part of ['Open report', 'Gazette · 2020-01-02', 'p. 3', 'B usually reliable', 'asserted', '2019 to 2021', 'confidence 80 of 100, high', 'probably true', 'told, from case.yaml']) {
      assert.ok(text.includes(part), `${part} is not in: ${text}`)
    }
    assert.match(text, /20\d\d-\d\d-\d\d \d\d:\d\d UTC by tests/)
    const loaded = Date.parse(await says.locator('time').getAttribute('datetime'))
    assert.ok(Math.abs(Date.now() - loaded) < 600_000, `${loaded}`)
    await page.getByRole('region', { name: 'Says that it is not so' }).getByText('She never did').waitFor()
    await b.picture(`loaded-${colorScheme}`)
    await b.accessible()
  })
}

test('what is taken back says when, and when it was loaded', async (b) => {
  const again = (text) => text.replaceAll('t:e', 't:f')
  await b.control('load/told-again', again(told + claims))
  await b.control('load/told-other', again(told + '- {relation: commands, from: "t:e1", to: "t:e2", sources: [{source: "t:es", quote: "still"}]}\n'))
  await b.control('load/told-again?replace=true', again(told))
  const page = await b.open(hash('t:f1', 't:f2'))
  await page.getByRole('button', { name: 'Table', exact: true }).click()
  await page.getByRole('button', { name: 'Read: Told Tamar commands Told Unit' }).click()
  const gone = page.getByRole('region', { name: 'Taken back or rejected' })
  await gone.getByText('Tamar <b>commands</b> it').waitFor()
  assert.match((await gone.locator('article').first().innerText()).replace(/\s+/g, ' '), /UTC by tests taken back 20\d\d-.* UTC by tests/)
})
