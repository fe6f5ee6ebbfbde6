import { test } from '../harness.mjs'

// The README's second picture: a chain of command out of the Security Force Monitor's sheets.
for (const colorScheme of ['light', 'dark']) {
  test(`a chain of command, ${colorScheme}`, { colorScheme, viewport: { width: 1120, height: 640 } }, async (b) => {
    const page = await b.open()
    await b.showTree(page, '3 Armoured Division')
    await page.getByText(/^[\d,]+ entities · [\d,]+ links/).waitFor()
    await page.getByRole('button', { name: 'Questions', exact: true }).click()
    await page.getByRole('button', { name: 'Table', exact: true }).click()
    await page.getByRole('button', { name: /^Read: .* subordinate to 3 Armoured Division/ }).first().click()
    await page.locator('aside[aria-label=Details] article.claim .document').first().waitFor()
    await page.getByRole('button', { name: 'Graph', exact: true }).click()
    await page.waitForFunction(() => !/n=%2C/.test(location.hash))
    await page.getByRole('button', { name: 'Fit' }).click()
    await page.mouse.move(560, 639)
    await b.picture(`chain-${colorScheme}`)
  })
}
