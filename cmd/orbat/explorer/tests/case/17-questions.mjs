import assert from 'node:assert/strict'
import { test } from '../harness.mjs'

for (const colorScheme of ['light', 'dark']) {
  test(`a question has a form, its DQL to read, and a name to keep it under; asked again it answers alike, ${colorScheme}`, { colorScheme }, async (b) => {
    const name = `Who came after whom, ${colorScheme}`
    const page = await b.open()
    await page.getByRole('button', { name: 'ask a question' }).click()
    const panel = page.getByRole('complementary', { name: 'Questions' })
    await panel.getByRole('searchbox', { name: 'Find a question' }).fill('commanders')
    await panel.getByRole('button', { name: /^commanders of unit/ }).click()
    await panel.getByRole('combobox', { name: 'unit', exact: true }).fill('Central Command')
    await page.getByRole('option').filter({ hasText: 'US Central Command' }).first().click()
    await panel.getByText('Time, confidence and more').click()
    await panel.getByLabel(/^as of/).fill('2023')
    await panel.getByRole('button', { name: 'Ask', exact: true }).click()
    await panel.getByRole('status').getByText(/^\d+ answer/).waitFor()
    const rows = () => panel.locator('tbody tr').allInnerTexts()
    const before = await rows()
    assert.ok(before.some((r) => /Kurilla/.test(r)), before.join('\n'))
    await panel.getByText('How it is asked').click()
    await panel.locator('pre').filter({ hasText: /query|func:/ }).waitFor()
    await b.picture(`dql-${colorScheme}`)
    await b.accessible(page, 'answer')
    await panel.getByRole('button', { name: 'Show in the graph' }).click()
    await page.getByText(/^\d+ entit(y|ies) · /).first().waitFor()
    const ids = async (p) => Object.keys(await p.getByRole('application', { name: /^Graph/ }).evaluate((f) => f.places())).sort()
    await page.waitForFunction(() => location.hash !== '' && !/n=%2C/.test(location.hash))
    const shown = await ids(page)
    await panel.getByRole('textbox', { name: 'Name of the question' }).fill(name)
    await panel.getByRole('button', { name: 'Save', exact: true }).click()
    await panel.getByRole('button', { name: '← All questions' }).click()
    await panel.getByRole('button', { name }).waitFor()
    await b.picture(`saved-${colorScheme}`)
    await b.accessible(page, 'saved')

    const fresh = await b.open() // another browser, in which nothing is stored
    await fresh.getByRole('heading', { name: 'Saved questions' }).waitFor()
    await b.picture(`start-saved-${colorScheme}`, fresh)
    await b.accessible(fresh, 'start')
    await fresh.getByRole('button', { name }).click()
    const again = fresh.getByRole('complementary', { name: 'Questions' })
    await again.getByRole('status').getByText(/^\d+ answer/).waitFor()
    assert.equal(await again.getByLabel(/^as of/).inputValue(), '2023')
    await fresh.waitForFunction(() => document.getElementById('param-unit')?.value === 'US Central Command') // its name, no id
    assert.deepEqual(await again.locator('tbody tr').allInnerTexts(), before)
    await again.getByRole('button', { name: 'Show in the graph' }).click()
    await fresh.waitForFunction(() => location.hash !== '' && !/n=%2C/.test(location.hash))
    assert.deepEqual(await ids(fresh), shown)
  })
}

test('the start page has what one looked at last, how much there is of each type, and what was kept', async (b) => {
  const page = await b.open()
  const counts = page.getByRole('list', { name: 'What the graph holds' })
  await counts.getByText(/people/i).waitFor()
  assert.match(await counts.innerText(), /\d+\s+units/i)
  await page.getByRole('combobox').first().fill('kurilla')
  await page.getByRole('option').filter({ hasText: 'Kurilla' }).first().click()
  await page.getByRole('heading', { name: 'Michael Kurilla', level: 2 }).waitFor()
  await page.getByRole('button', { name: 'orbat', exact: true }).click()
  await page.getByRole('heading', { name: 'Recent graphs' }).waitFor()
  await page.getByRole('button', { name: 'Michael Kurilla' }).click()
  await page.getByText(/^1 entity · 0 links/).first().waitFor()
})

test('an answer that is a graph stands as a list too, and comes into the graph as of the time that was asked for', async (b) => {
  await b.control('load/under', `
- {xid: "t:unt", type: Unit, name: "Top of Under"}
- {xid: "t:un1", type: Unit, name: "First Under"}
- {xid: "t:un2", type: Unit, name: "Second Under"}
- {relation: subordinate_to, from: "t:un1", to: "t:unt", period: 2010/2012}
- {relation: subordinate_to, from: "t:un2", to: "t:unt", period: "~2011-05-01/2012"}
- {xid: "t:uns", type: Source, title: "Top of Under"}
`)
  const page = await b.open()
  await page.getByRole('button', { name: 'ask a question' }).click()
  await page.getByRole('button', { name: /^subordinate tree What/ }).click()
  await page.getByRole('combobox', { name: 'unit', exact: true }).fill('Top of Under')
  await page.getByRole('option').first().waitFor()
  assert.equal(await page.getByRole('option').count(), 1) // no document is at the top of a tree
  await page.getByRole('option').click()
  await page.getByText('Time, confidence and more').click()
  await page.getByLabel(/^as of/).fill('2010')
  await page.getByRole('button', { name: 'Ask', exact: true }).click()
  const answer = page.getByRole('region', { name: 'Answer' })
  await answer.getByText('1 level, indented').waitFor()
  const lines = await answer.getByRole('listitem').allInnerTexts()
  assert.match(lines[0], /Top of Under/)
  assert.match(lines[1], /First Under.*2010 to 2012/s) // what certainly held comes first
  assert.match(lines[2], /Second Under.*2011-05-01 or before to 2012.*possible/s)
  await answer.getByRole('button', { name: /^Evidence: Second Under/ }).click() // before anything is in the graph
  await page.getByRole('complementary', { name: 'Details' }).locator('article.claim').waitFor()
  await b.picture('answer-list')
  await b.accessible()
  await page.getByRole('button', { name: 'Show in the graph' }).click()
  await page.getByText('3 entities · 2 links').first().waitFor()
  await page.waitForFunction(() => /as_of=2010/.test(location.hash))
  await page.getByText('As of 2010', { exact: true }).waitFor()
  await answer.getByRole('button', { name: 'First Under', exact: true }).click()
  await page.getByRole('heading', { name: 'First Under', level: 2 }).waitFor()

  // asked again for any time, the answer is shown for any; and who begins anew has no time of before
  await page.getByText('Ask otherwise').click()
  await page.getByLabel(/^as of/).fill('')
  await page.getByRole('button', { name: 'Ask', exact: true }).click()
  await page.getByText('As of 2010', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Show in the graph' }).click()
  await page.getByText('As of 2010', { exact: true }).waitFor({ state: 'detached' })
  await page.getByLabel('As of: a day, a month or a year').fill('2011')
  await page.keyboard.press('Enter')
  await page.getByText('As of 2011', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'orbat', exact: true }).click()
  await page.locator('#start-search').press('?')
  await page.getByRole('dialog').getByRole('heading', { name: 'Keys' }).waitFor()
  await page.getByRole('button', { name: 'Close' }).click()
  await page.locator('#start-search').fill('First Under')
  await page.getByRole('option', { name: /First Under/ }).click()
  await page.getByText(/^1 entity · 0 links/).first().waitFor()
  assert.equal(await page.getByText(/^As of 20/).count(), 0)
})
