import assert from 'node:assert/strict'
import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from '../harness.mjs'

// pictured looks at what is exported as pictures: all are named, and no name or label lies on another.
async function pictured(b, page) {
  await page.getByRole('button', { name: 'Export', exact: true }).click()
  for (const kind of ['PNG', 'SVG']) {
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: kind, exact: true }).click()
    copyFileSync(await (await download).path(), join(b.told.pictures, `export.${kind.toLowerCase()}`))
    await page.getByText(new RegExp(`^Saved as [\\w-]+\\.${kind.toLowerCase()}$`)).first().waitFor()
  }
  const svg = readFileSync(join(b.told.pictures, 'export.svg'), 'utf8')
  const found = await page.evaluate((svg) => {
    const picture = document.body.appendChild(new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement)
    const boxes = [...picture.querySelectorAll('g > text')].map((t) => ({ text: t.textContent, box: t.getBBox() }))
    const over = (a, b) => a.x + 1 < b.x + b.width && b.x + 1 < a.x + a.width && a.y + 1 < b.y + b.height && b.y + 1 < a.y + a.height
    const pairs = boxes.flatMap((a, i) => boxes.slice(i + 1).flatMap((b) => (over(a.box, b.box) ? [`${a.text} / ${b.text}`] : [])))
    picture.remove()
    return { names: boxes.length, pairs, caption: /65 entities, 70 links/.test(svg) }
  }, svg)
  assert.deepEqual(found, { names: 65, pairs: [], caption: true })
}

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
      await page.locator('aside[aria-label=Details] article.claim .document').first().waitFor()
      await page.getByRole('button', { name: 'Graph', exact: true }).click()
    }
    await page.getByRole('button', { name: 'Fit' }).click()
    const wanted = { least, over: ['3 Armoured Division', 'Special Task Force', '23 Armoured Brigade'] }
    await page.waitForFunction(({ least, over }) => {
      const names = document.querySelector('[role=application]').names().map((n) => n.name)
      return names.length >= least && over.every((name) => names.includes(name))
    }, wanted)
    const names = await frame.evaluate((f) => f.names())
    assert.deepEqual(names.filter((n) => n.pixels < 11.5), [])
    await b.picture(`names-${viewport.width}`)
    if (what === 'on a wide screen') await pictured(b, page)
  })
}
