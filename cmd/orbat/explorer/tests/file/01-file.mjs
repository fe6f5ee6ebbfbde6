import assert from 'node:assert/strict'
import { test } from '../harness.mjs'

for (const colorScheme of ['light', 'dark']) {
  test(`one file shows the graph, a card, and the quotes behind a link, ${colorScheme}`, { colorScheme }, async (b) => {
    const page = await b.open()
    await page.getByRole('combobox').first().fill('kurilla')
    await page.getByRole('option').filter({ hasText: 'Kurilla' }).first().click()
    await page.getByRole('heading', { name: 'Michael Kurilla', level: 2 }).waitFor()
    await b.picture(`file-${colorScheme}`)
    await b.accessible(page, 'card')
    await page.getByRole('button', { name: 'Table' }).click()
    await page.getByRole('button', { name: 'Read: Michael Kurilla commands US Central Command' }).click()
    await page.getByText('relinquished command today').first().waitFor()
    await b.picture(`file-evidence-${colorScheme}`)
    await b.accessible(page, 'evidence')
    assert.deepEqual(b.requests, [])
  })
}
