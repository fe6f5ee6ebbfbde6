import { test } from '../harness.mjs'

// The README's first picture: a path, and the quote behind one of its links.
for (const colorScheme of ['light', 'dark']) {
  test(`the built-in case, ${colorScheme}`, { colorScheme, viewport: { width: 1120, height: 640 } }, async (b) => {
    const page = await b.open()
    await page.getByRole('combobox').first().fill('kurilla')
    await page.getByRole('option').filter({ hasText: 'Kurilla' }).first().click()
    await page.getByRole('heading', { name: 'Michael Kurilla', level: 2 }).waitFor()
    await page.getByRole('button', { name: 'Path from here…' }).click()
    await page.getByRole('combobox', { name: 'To' }).fill('al-muhajir')
    await page.getByRole('option').filter({ hasText: 'Usamah al-Muhajir' }).first().click()
    await page.getByText('1. 3 hops').waitFor()
    await page.getByRole('button', { name: /affected Usamah al-Muhajir/ }).click()
    await page.getByText('Al-Muhajir was killed').first().waitFor()
    await page.getByRole('button', { name: 'Fit' }).click()
    await page.mouse.move(560, 639)
    await b.picture(`explorer-${colorScheme}`)
  })
}
