import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from '../harness.mjs'

async function show(page, text, heading) {
  const box = page.getByRole('combobox').first()
  await box.fill(text)
  await page.getByRole('option').filter({ hasText: heading }).first().click()
  await page.getByRole('heading', { name: heading, level: 2 }).waitFor()
}

// inert: nothing of what was loaded became part of the page, and nothing is wider than it.
async function inert(page) {
  const found = await page.evaluate(() => ({
    title: document.title,
    markup: document.querySelectorAll('#app script, #app img, #app iframe, [onerror]').length,
    links: [...document.querySelectorAll('a[href]')].filter((a) => !/^https?:/.test(a.href)).length,
    wide: document.scrollingElement.scrollWidth - innerWidth,
  }))
  assert.deepEqual(found, { title: 'orbat explorer', markup: 0, links: 0, wide: 0 })
}

for (const colorScheme of ['light', 'dark']) {
  test(`markup, names that run backwards and names without end are text, ${colorScheme}`, { colorScheme }, async (b) => {
    const page = await b.open()
    await show(page, 'Evil', 'Evil')
    await inert(page)
    await page.getByRole('button', { name: /^(Expand|Load more): associate of/ }).first().click()
    await page.getByText(/^\d of \d$/).first().waitFor()
    await b.picture(`hostile-${colorScheme}`)
    await b.accessible(page, 'card')
    await inert(page)
    await page.getByRole('button', { name: /^Expand: commands/ }).click()
    await page.getByText('1 of 1').first().waitFor()
    await page.getByRole('button', { name: 'Table' }).click()
    await b.picture(`hostile-table-${colorScheme}`)
    await inert(page)
    await page.getByRole('button', { name: /^Read: Evil.* commands Ring 0/ }).click()
    await page.getByText('1,000 claims').first().waitFor()
    await page.getByRole('button', { name: 'Show more: 50 of 1,000' }).click()
    await page.getByRole('button', { name: 'Show more: 100 of 1,000' }).waitFor()
    await b.picture(`hostile-evidence-${colorScheme}`)
    await b.accessible(page, 'evidence')
    await inert(page)
    for (const view of ['Timeline', 'Map', 'Graph']) {
      await page.getByRole('button', { name: view, exact: true }).click()
      await inert(page)
    }
    await page.getByRole('button', { name: 'Export' }).click()
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'SVG', exact: true }).click()
    const svg = readFileSync(await (await download).path(), 'utf8')
    const read = await page.evaluate((text) => {
      const doc = new DOMParser().parseFromString(text, 'image/svg+xml')
      return [doc.querySelectorAll('parsererror').length, doc.querySelectorAll('script, img, image').length]
    }, svg)
    assert.deepEqual(read, [0, 0])
  })
}

test('a hub gives fifty at a time in two requests, and what stands never moves', async (b) => {
  const page = await b.open()
  await show(page, 'Hub of all', 'Hub of all')
  await page.getByText('1,204').first().waitFor()
  await page.getByText('3,796').first().waitFor()
  const frame = page.getByRole('application', { name: /^Graph/ })
  const before = b.requests.length
  await page.getByRole('button', { name: /^Expand: .*1204/ }).click()
  await page.getByText('50 of 1,204').waitFor()
  const sent = b.requests.slice(before)
  assert.ok(sent.length <= 2, sent.join('\n'))
  await page.getByText('51 entities · 50 links').waitFor()
  await b.picture('hub')
  const at = () => JSON.stringify(new URLSearchParams(new URL(page.url()).hash.slice(1)).getAll('n').slice(0, 51))
  await page.waitForFunction(() => !/n=%2C|n=,/.test(location.hash)) // all have their places
  const stood = at()
  await page.getByRole('button', { name: /^Load more: .*1204/ }).click()
  await page.getByText('100 of 1,204').waitFor()
  await page.waitForFunction(() => !/n=%2C|n=,/.test(location.hash))
  assert.equal(at(), stood)
  await b.picture('hub-more')
  await frame.focus()
  await page.keyboard.press('Control+z')
  await page.getByText('51 entities · 50 links').waitFor()
})

test('a command that goes round is drawn, searched and collapsed', async (b) => {
  const page = await b.open()
  await show(page, 'Ring 0', 'Ring 0')
  await page.getByRole('button', { name: 'Path from here…' }).click()
  await page.getByRole('combobox', { name: 'To' }).fill('Ring 2')
  await page.getByRole('option').filter({ hasText: 'Ring 2' }).first().click()
  await page.getByText('1. 1 hop').waitFor()
  await page.getByRole('button', { name: /^Expand: (subordinate to|superior of)/ }).first().click()
  await page.getByText('3 entities · 3 links').waitFor()
  await b.picture('ring')
  await page.getByRole('button', { name: 'Collapse' }).click()
  await page.getByText(/^[12] entit/).first().waitFor()
})

test('all that stands between two is one bundle on the canvas, and each for itself beside it', async (b) => {
  const page = await b.open('#n=0,0,,,h%3Aorg0&n=300,0,,,h%3Aorg1')
  await page.getByText(/^2 entities · \d+ links/).waitFor()
  const frame = page.getByRole('application', { name: /^Graph/ })
  const [x, y] = await frame.evaluate((f) => {
    const [a, b] = ['h:org0', 'h:org1'].map((xid) => f.whereIs(xid))
    return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]
  })
  await page.mouse.click(x, y)
  await page.getByRole('heading', { name: 'Other links between the two' }).waitFor()
  await b.picture('bundle')
  await b.accessible()
})

// Few enough for a careful layout, with their links more than that; and so many that it is a draft.
for (const many of [300, 600]) {
  test(`${many} that have no places yet are in sight, all of them`, async (b) => {
    const xids = ['h:hub', ...Array.from({ length: many - 1 }, (_, i) => `h:p${i}`)]
    const kept = await fetch(`${b.at}/api/v1/views`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ title: `${many} without places`, xids, positions: {}, filters: {}, notes: [] }),
    })
    assert.equal(kept.status, 201, await kept.clone().text())
    const page = await b.open('#v=' + (await kept.json()).id)
    await page.waitForFunction(
      (xids) => {
        const frame = document.querySelector('[role=application]')
        if (!frame?.places || Object.keys(frame.places()).length < xids.length) return false
        const box = frame.getBoundingClientRect()
        return xids.every((xid) => {
          const [x, y] = frame.whereIs(xid)
          return x > box.left && x < box.right && y > box.top && y < box.bottom
        })
      },
      xids,
    )
    await b.picture(`hostile-${many}`)
  })
}
