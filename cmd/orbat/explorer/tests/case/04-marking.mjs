import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from '../harness.mjs'

const marked = `
- {xid: "t:s1", type: Source, title: "Open report", publisher: "Gazette"}
- {xid: "t:s2", type: Source, title: "Closed report", publisher: "Gazette", marking: "TLP:AMBER"}
- {xid: "t:m1", type: Person, name: "Marked Mara", sources: [{source: "t:s1"}]}
- {xid: "t:m2", type: Unit, name: "Marked Unit", marking: "TLP:GREEN", sources: [{source: "t:s1"}]}
- {xid: "t:m3", type: Unit, name: "Guarded Unit", marking: "TLP:AMBER", sources: [{source: "t:s1"}]}
- {relation: commands, from: "t:m1", to: "t:m2", sources: [{source: "t:s1", quote: "Mara commands it"}]}
- {relation: commands, from: "t:m1", to: "t:m3", sources: [{source: "t:s2", quote: "She commands that too"}]}
`

async function signIn(b, page, who) {
  await page.getByLabel('This server asks for a token').fill(b.told.tokens[who])
  await page.keyboard.press('Enter')
  await page.getByRole('combobox').first().waitFor()
}

async function open(b, page, name) {
  await page.getByRole('combobox').first().fill(name)
  await page.getByRole('option').filter({ hasText: name }).first().click()
  await page.getByRole('heading', { name, level: 2 }).waitFor()
}

for (const colorScheme of ['light', 'dark']) {
  test(`the highest marking of what is on screen stands above it, in pictures and in files, ${colorScheme}`, { colorScheme }, async (b) => {
    await b.control('load/marked', marked)
    const page = await b.open()
    await open(b, page, 'Marked Mara')
    assert.equal(await page.getByText('Highest marking on screen').count(), 0)
    await page.getByRole('button', { name: /^Expand: commands/ }).click()
    await page.getByText('Highest marking on screen: TLP:AMBER').waitFor()
    await b.picture(`marking-${colorScheme}`)
    await b.accessible()
    await page.getByRole('button', { name: 'Table' }).click()
    await page.getByRole('button', { name: 'Entities (3)' }).click()
    await page.getByRole('button', { name: 'Guarded Unit', exact: true }).click()
    await page.getByRole('button', { name: 'Hide' }).click()
    await page.getByText('Highest marking on screen: TLP:GREEN').waitFor()
    await page.keyboard.press('Control+z')
    await page.getByText('Highest marking on screen: TLP:AMBER').waitFor()
    await page.getByRole('button', { name: 'Export' }).click()
    const file = async (button) => {
      const download = page.waitForEvent('download')
      await page.getByRole('button', { name: button, exact: true }).click()
      return readFileSync(await (await download).path())
    }
    assert.match(String(await file('SVG')), /highest marking TLP:AMBER.*>TLP:AMBER<\/text>[^]*>TLP:AMBER<\/text>/s)
    const png = await file('PNG')
    assert.equal(png.subarray(1, 4).toString(), 'PNG')
    assert.match(String(await file('One HTML file')), /"markings":\["TLP:AMBER"\]/)
    await page.getByLabel('For readers up to').selectOption('TLP:GREEN')
    await page.getByText('They see 2 of 3 entities and 1 of 2 links').waitFor()
    await b.picture(`export-${colorScheme}`)
    await b.accessible(page, 'export')
    for (const format of ['One HTML file', 'GEXF, for Gephi']) {
      assert.doesNotMatch(String(await file(format)), /"markings":\[[^\]]*AMBER|Closed report|Guarded|t:m3/)
    }
  })
}

test('who is limited is told up to which marking, and sees nothing above', { server: 'callers', problems: /401/ }, async (b) => {
  await b.control('load/marked', marked)
  const page = await b.open()
  await signIn(b, page, 'ben')
  await page.getByText('Shown up to TLP:GREEN').waitFor()
  await open(b, page, 'Marked Mara')
  await page.getByRole('button', { name: /^Expand: commands/ }).click()
  await page.getByText('Highest marking on screen: TLP:GREEN').waitFor()
  await b.picture('marking-limited')
  await b.accessible()
  assert.equal(await page.getByText('Guarded Unit').count(), 0)
})
