import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from '../harness.mjs'

// until presses a key until what has the focus is called so.
async function until(page, key, name, most = 60) {
  for (let i = 0; i < most; i++) {
    await page.keyboard.press(key)
    const called = await page.evaluate(() => {
      const e = document.activeElement
      return e?.getAttribute('aria-label') ?? e?.textContent?.trim().replace(/\s+/g, ' ') ?? ''
    })
    if (name.test(called)) return
  }
  assert.fail(`${most} times ${key} do not lead to ${name}`)
}

// choose types what is looked for, and takes the first hit of a name.
async function choose(page, typed, name) {
  await page.keyboard.type(typed)
  await page.getByRole('option').filter({ hasText: name }).first().waitFor()
  await page.keyboard.press('Enter')
}

async function readAndExport(b, page) {
  for (const [hop, quote] of [
    [/^Michael Kurilla commands US Central Command/, /command/i],
    [/^US Central Command carried out US drone strike/, /strike/i],
    [/^US drone strike in Syria, 7 July 2023 affected Usamah/, /Al-Muhajir was killed/i],
  ]) {
    await until(page, 'Tab', hop)
    await page.keyboard.press('Enter')
    await page.locator('aside[aria-label=Details] blockquote').filter({ hasText: quote }).first().waitFor()
  }
  await until(page, 'Shift+Tab', /^Export$/)
  await page.keyboard.press('Enter')
  await until(page, 'Tab', /^GEXF, for Gephi$/)
  const download = page.waitForEvent('download')
  await page.keyboard.press('Enter')
  assert.match(readFileSync(await (await download).path(), 'utf8'), /<gexf[^]*Usamah al-Muhajir/)
}

test('by keyboard alone: a name, the path to another, the quote behind each step, a file; and again from its link', async (b) => {
  const page = await b.open()
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'combobox')
  await choose(page, 'kurilla', 'Kurilla')
  await page.getByRole('heading', { name: 'Michael Kurilla', level: 2 }).waitFor()
  await page.keyboard.press('p')
  await page.waitForFunction(() => document.activeElement?.id === 'path-to')
  await choose(page, 'al-muhajir', 'Usamah al-Muhajir')
  await page.getByText('1. 3 hops').waitFor()
  await readAndExport(b, page)
  await page.keyboard.press('Escape')
  const fresh = await b.open(new URL(page.url()).hash)
  await fresh.getByText('4 entities · 3 links').waitFor()
  await until(fresh, 'Tab', /^Graph: 4 entities/)
  await fresh.keyboard.press('ArrowRight')
  await fresh.keyboard.press('Escape')
  await fresh.keyboard.press('p')
  await fresh.waitForFunction(() => document.activeElement?.id === 'path-from')
  await choose(fresh, 'kurilla', 'Kurilla')
  await fresh.waitForFunction(() => document.activeElement?.id === 'path-to')
  await choose(fresh, 'al-muhajir', 'Usamah al-Muhajir')
  await fresh.getByText('1. 3 hops').waitFor()
  await readAndExport(b, fresh)
})

test('by keyboard on the canvas: neighbours, links, details and out, menu, help, span of time', async (b) => {
  const page = await b.open('#n=0,0,,,orbat%3Astrike-2023%2F%23kurilla&n=300,0,,,orbat%3Astrike-2023%2F%23centcom&n=600,0,,,orbat%3Astrike-2023%2F%23strike&sel=0')
  await page.getByText(/^3 entities/).waitFor()
  const frame = page.getByRole('application', { name: /^Graph/ })
  await frame.focus()
  await page.keyboard.press('ArrowRight')
  await page.getByRole('heading', { name: 'US Central Command', level: 2 }).waitFor()
  await page.keyboard.press(']')
  await page.getByRole('heading', { level: 2 }).filter({ hasText: /commands|carried out/ }).waitFor()
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.querySelector('aside[aria-label=Details]')?.contains(document.activeElement))
  await page.keyboard.press('Escape')
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'application')
  await page.keyboard.press('Escape')
  await page.getByRole('heading', { name: 'US Central Command', level: 2 }).waitFor()
  await page.keyboard.press('Shift+F10')
  await page.getByRole('menu').waitFor()
  await b.accessible(page, 'menu')
  await b.picture('menu')
  await page.keyboard.press('Escape')
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keys' }).waitFor()
  await b.accessible(page, 'help')
  await page.keyboard.press('Escape')
  await page.getByRole('application', { name: /^Span of time/ }).focus()
  await page.keyboard.press('ArrowRight')
  await page.getByRole('button', { name: /^Clear \d{4}/ }).waitFor()
  assert.match(page.url(), /brush=/)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /^Clear \d{4}/ }).waitFor({ state: 'detached' })
  const level = page.getByRole('separator', { name: 'Height of the timeline' })
  await level.focus()
  await page.keyboard.press('ArrowUp')
  const high = await level.getAttribute('aria-valuenow')
  await page.reload()
  await level.waitFor()
  assert.equal(await level.getAttribute('aria-valuenow'), high)
})
