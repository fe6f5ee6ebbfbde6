import assert from 'node:assert/strict'
import { test } from '../harness.mjs'

test('the search has the focus when the page opens', async (b) => {
  const page = await b.open()
  await page.getByRole('combobox').first().waitFor()
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'combobox')
})

for (const [script, text, name] of [
  ['Latin', 'hmeymim', 'Hmeimim'],
  ['Cyrillic', 'Хмеймим', 'Hmeimim'],
  ['Arabic', 'حميميم', 'Hmeimim'],
]) {
  test(`search finds an entity by its ${script} spelling, with its type`, async (b) => {
    const page = await b.open()
    await page.getByRole('combobox').first().fill(text)
    const hit = page.getByRole('option').filter({ hasText: name }).first()
    await hit.waitFor()
    assert.match(await hit.innerText(), /location/i)
  })
}

for (const colorScheme of ['light', 'dark']) {
  test(`an entity that is chosen stands on the canvas beside its card, ${colorScheme}`, { colorScheme }, async (b) => {
    const page = await b.open()
    await page.getByRole('combobox').first().fill('kurilla')
    await page.getByRole('option').filter({ hasText: 'Kurilla' }).first().waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Michael Kurilla', level: 2 }).waitFor()
    await page.getByRole('button', { name: /^Expand: commands/ }).click()
    await page.getByText('2 of 2').first().waitFor()
    await b.picture(`card-${colorScheme}`)
    await b.accessible()
  })
}
