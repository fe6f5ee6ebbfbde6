import assert from 'node:assert/strict'
import { test } from '../harness.mjs'

const kurilla = '#n=0,0,,,orbat%3Astrike-2023%2F%23kurilla&sel=0'

test('what is pinned stays where its branch is collapsed; each step is undone and done again, and nothing moves', async (b) => {
  const page = await b.open(kurilla)
  await page.getByRole('button', { name: /^Expand: commands, 2/ }).click()
  await page.getByText(/^3 entities · /).first().waitFor()
  await page.waitForFunction(() => !/n=%2C/.test(location.hash))
  const frame = page.getByRole('application', { name: /^Graph/ })
  const places = () => frame.evaluate((f) => f.places())
  const stood = await places()
  const [x, y] = await frame.evaluate((f) => f.whereIs('orbat:strike-2023/#centcom'))
  await page.mouse.click(x, y, { button: 'right' })
  await page.getByRole('menuitem', { name: 'Pin', exact: true }).click()
  await page.getByRole('button', { name: 'Pinned', pressed: true }).waitFor()
  assert.match(page.url(), /%2Cp%2C|,p,/)
  await b.picture('pinned')
  await frame.focus()
  await page.keyboard.press('ArrowLeft')
  for (let i = 0; i < 4 && !(await page.getByRole('heading', { name: 'Michael Kurilla', level: 2 }).count()); i++) {
    await page.keyboard.press(['ArrowRight', 'ArrowUp', 'ArrowDown', 'ArrowLeft'][i])
  }
  await page.getByRole('heading', { name: 'Michael Kurilla', level: 2 }).waitFor()
  await page.getByRole('button', { name: 'Collapse' }).click()
  await page.getByText(/^2 entities · 1 link/).first().waitFor()
  const left = await places()
  assert.deepEqual(left, Object.fromEntries(Object.entries(stood).filter(([xid]) => left[xid])))
  assert.ok(left['orbat:strike-2023/#centcom'], 'what is pinned stays')
  const [undo, redo] = ['Undo', 'Redo'].map((name) => page.getByRole('button', { name, exact: true }))
  assert.equal(await redo.isDisabled(), true)
  await undo.click()
  await page.getByText(/^3 entities · /).first().waitFor()
  assert.deepEqual(await places(), stood)
  await redo.click()
  await page.getByText(/^2 entities · 1 link/).first().waitFor()
  await frame.focus()
  for (let i = 0; i < 3; i++) await page.keyboard.press('Control+z') // the collapse, the pin, the expansion
  await page.getByText(/^1 entity · 0 links/).first().waitFor()
  await page.getByText('Undid: expand').waitFor({ state: 'attached' })
  for (const key of ['Control+Shift+z', 'Control+y', 'Control+Shift+z']) await page.keyboard.press(key)
  await page.getByText(/^2 entities · 1 link/).first().waitFor()
  assert.equal(await redo.isDisabled(), true)
  assert.deepEqual(await places(), left)
  await undo.click()
  await page.getByText(/^3 entities · /).first().waitFor()
  await page.getByRole('button', { name: 'Hide' }).click()
  await page.getByText(/^2 entities · 0 links/).first().waitFor()
  assert.equal(await redo.isDisabled(), true) // another way was taken
  await undo.click()
  await page.getByText(/^3 entities · /).first().waitFor()
})
