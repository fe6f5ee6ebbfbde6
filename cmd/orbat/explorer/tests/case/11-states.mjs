import assert from 'node:assert/strict'
import { test } from '../harness.mjs'

const xid = (id) => encodeURIComponent(`orbat:strike-2023/#${id}`)
const three = `#n=0,0,,,${xid('kurilla')}&n=300,0,,,${xid('centcom')}&n=600,80,,,${xid('strike')}&sel=0`

for (const colorScheme of ['light', 'dark']) {
  test(`the timeline: a lane for each link, and the histogram above, ${colorScheme}`, { colorScheme }, async (b) => {
    const page = await b.open(three)
    await page.getByRole('heading', { name: 'Michael Kurilla', level: 2 }).waitFor()
    await page.getByRole('button', { name: 'Timeline', exact: true }).click()
    await page.getByRole('list', { name: 'Links in the order of time' }).getByRole('button').first().waitFor()
    await b.picture(`timeline-${colorScheme}`)
    await b.accessible(page, 'timeline')
    await page.getByRole('list', { name: 'Links in the order of time' }).getByRole('button').first().click()
    await page.locator('article.claim').first().waitFor()
    await b.accessible(page, 'timeline with evidence')
  })

  test(`an error says what is wrong, keeps the graph, and can be tried again, ${colorScheme}`, { colorScheme, problems: /422/ }, async (b) => {
    const page = await b.open(three + '&as_of=someday')
    await page.getByRole('alert').filter({ hasText: /someday|date/ }).first().waitFor()
    await page.getByText('3 entities').first().waitFor()
    await page.getByRole('button', { name: 'Try again' }).waitFor()
    await b.picture(`error-${colorScheme}`)
    await b.accessible(page, 'error')
    await page.getByRole('button', { name: 'Any time', exact: true }).click()
    await page.getByRole('alert').filter({ hasText: /someday|date/ }).first().waitFor({ state: 'detached' })
  })

  test(`where the database is away the graph stays, and the page goes on when it is back, ${colorScheme}`, { colorScheme, server: 'line', problems: /50[034]/, timeout: 60_000 }, async (b) => {
    const page = await b.open(three)
    await page.getByText('3 entities').first().waitFor()
    await page.getByRole('button', { name: /^Expand: / }).first().waitFor()
    const before = await page.getByText(/^3 entities · /).innerText()
    await b.control('away')
    try {
      await page.getByRole('button', { name: /^Expand: / }).first().click()
      await page.getByRole('alert').filter({ hasText: 'The database is away.' }).waitFor()
      assert.equal(await page.getByText(/^3 entities · /).innerText(), before)
      await b.picture(`away-${colorScheme}`)
      await b.accessible(page, 'away')
    } finally {
      await b.control('back')
    }
    await page.getByText('The database is back.', { exact: true }).waitFor()
    await b.accessible(page, 'back')
    await page.getByText(/^[4-9]\d* entities · /).waitFor() // what was asked for is done
  })

  test(`a page whose server is gone says so, ${colorScheme}`, { colorScheme, problems: /ERR_/ }, async (b) => {
    const page = await b.open(three)
    await page.getByRole('button', { name: /^Expand: / }).first().waitFor()
    await page.context().setOffline(true)
    await page.getByRole('button', { name: /^Expand: / }).first().click()
    await page.getByRole('alert').filter({ hasText: 'The database is away.' }).waitFor()
    await b.accessible(page, 'gone')
    await page.context().setOffline(false)
    await page.getByText('The database is back.', { exact: true }).waitFor()
  })
}

test('what failed is done when it is tried again: a card, evidence, an answer', { problems: /500/ }, async (b) => {
  const page = await b.open(three)
  await page.getByText('3 entities').first().waitFor()
  let fail = true
  const refuse = (route) =>
    fail
      ? route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{"title":"It broke","status":500,"type":"about:blank"}' })
      : route.continue()
  for (const what of ['entity?*', 'evidence?*', 'ask/**']) await page.route(`**/api/v1/${what}`, refuse)
  const again = async (act, seen) => {
    fail = true
    await act()
    await page.getByRole('alert').filter({ hasText: 'It broke' }).waitFor()
    fail = false
    await page.getByRole('button', { name: 'Try again' }).click()
    await seen.first().waitFor()
    await page.getByRole('alert').filter({ hasText: 'It broke' }).waitFor({ state: 'detached' })
  }
  const card = page.getByRole('complementary', { name: 'Details' })
  await page.getByRole('application', { name: /^Graph/ }).focus()
  await again(() => page.keyboard.press('ArrowRight'), card.getByRole('button', { name: /^Expand: / }))
  await page.getByRole('button', { name: 'Timeline', exact: true }).click()
  const lanes = page.getByRole('list', { name: 'Links in the order of time' })
  await again(() => lanes.getByRole('button').first().click(), card.locator('article.claim'))
  await page.getByRole('button', { name: 'Questions', exact: true }).click()
  await page.getByRole('button', { name: /^subordinate tree What/ }).click()
  await page.getByRole('combobox', { name: 'unit', exact: true }).fill('US Central Command')
  await page.getByRole('option').first().click()
  await again(() => page.getByRole('button', { name: 'Ask', exact: true }).click(), page.getByRole('region', { name: 'Answer' }))
})

test('what takes long shows a bar, then a way to give up, and the graph stays', async (b) => {
  const page = await b.open(three.replace('&sel=0', ''))
  await page.getByText('3 entities').first().waitFor()
  let go
  const held = new Promise((done) => (go = done))
  await page.route('**/api/v1/entity?*', async (route) => {
    await held
    await route.continue().catch(() => {}) // given up by then
  })
  await page.getByRole('application', { name: /^Graph/ }).focus()
  await page.keyboard.press('ArrowRight')
  await page.locator('.skeleton').waitFor()
  await page.getByRole('progressbar').waitFor()
  await b.accessible(page, 'loading')
  await page.getByRole('button', { name: 'Cancel' }).waitFor()
  await b.picture('slow')
  await b.accessible(page, 'slow')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('progressbar').waitFor({ state: 'detached' })
  await page.getByText('3 entities').first().waitFor()
  go()
})
