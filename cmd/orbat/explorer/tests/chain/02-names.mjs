import assert from 'node:assert/strict'
import { test } from '../harness.mjs'

// Where a screen has room for all names nearly all are written, and where it has not those of who is over many.
for (const [what, viewport, least] of [
  ['on a wide screen', { width: 1440, height: 900 }, 45],
  ['beside the evidence', { width: 1120, height: 640 }, 25],
  ['on a small screen', { width: 720, height: 490 }, 15],
]) {
  test(`a chain of command of sixty-five says who is who, ${what}`, { viewport }, async (b) => {
    const page = await b.open()
    await b.showTree(page, '3 Armoured Division')
    await page.getByText('65 entities · 70 links').first().waitFor()
    await page.getByRole('button', { name: 'Questions', exact: true }).click()
    const frame = page.getByRole('application', { name: /^Graph/ })
    await page.waitForFunction(() => location.hash !== '' && !/n=%2C/.test(location.hash))
    if (what === 'beside the evidence') {
      await page.getByRole('button', { name: 'Table', exact: true }).click()
      await page.getByRole('button', { name: /^Read: .* subordinate to 3 Armoured Division/ }).first().click()
      await page.locator('aside[aria-label=Details] figcaption').first().waitFor()
      await page.getByRole('button', { name: 'Graph', exact: true }).click()
    }
    await page.getByRole('button', { name: 'Fit' }).click()
    await page.waitForFunction((least) => document.querySelector('[role=application]').names().length >= least, least)
    const names = await frame.evaluate((f) => f.names())
    assert.deepEqual(names.filter((n) => n.pixels < 11.5), [])
    for (const over of ['3 Armoured Division', 'Special Task Force', '23 Armoured Brigade']) {
      assert.ok(names.some((n) => n.name === over), `${over} is not among ${names.map((n) => n.name)}`)
    }
    await b.picture(`names-${viewport.width}`)
  })
}
