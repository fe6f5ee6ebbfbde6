import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from '../harness.mjs'

for (const colorScheme of ['light', 'dark']) {
  test(`from a name by a path to who says so, to a file, and by its link in a fresh browser, ${colorScheme}`, { colorScheme }, async (b) => {
    const page = await b.open()
    await b.picture(`start-${colorScheme}`)
    await b.accessible(page, 'start')
    await page.getByRole('combobox').first().fill('kurilla')
    await page.getByRole('option').filter({ hasText: 'Kurilla' }).first().click()
    await page.getByRole('heading', { name: 'Michael Kurilla', level: 2 }).waitFor()
    await page.getByRole('button', { name: 'Path from here…' }).click()
    const to = page.getByRole('complementary', { name: 'Path' }).getByRole('combobox').last()
    await to.fill('al-muhajir')
    await page.getByRole('option').filter({ hasText: 'Usamah al-Muhajir' }).first().click()
    await page.getByRole('button', { name: /^Find/ }).click()
    await page.getByRole('complementary', { name: 'Path' }).getByText('carried out').first().waitFor()
    await b.picture(`path-${colorScheme}`)
    await b.accessible(page, 'path')
    await page.getByRole('button', { name: 'Table' }).click()
    await page.getByRole('button', { name: /^Read: .* Usamah al-Muhajir|^Read: Usamah al-Muhajir affected by/ }).first().click()
    await page.getByText('Al-Muhajir was killed').first().waitFor()
    await b.picture(`evidence-${colorScheme}`)
    await b.accessible(page, 'evidence')
    await page.getByRole('button', { name: 'Export' }).click()
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'GEXF, for Gephi' }).click()
    const gexf = readFileSync(await (await download).path(), 'utf8')
    assert.match(gexf, /<gexf[^]*Usamah al-Muhajir/)
    const fragment = new URL(page.url()).hash
    assert.ok(fragment.length > 1)
    const fresh = await b.open(fragment)
    await fresh.getByText('Al-Muhajir was killed').first().waitFor()
    await fresh.getByRole('button', { name: /Read: / }).first().waitFor()
    assert.equal(new URL(fresh.url()).hash, fragment)
  })
}
