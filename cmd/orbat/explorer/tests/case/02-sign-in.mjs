import assert from 'node:assert/strict'
import { test } from '../harness.mjs'

test('where callers are known the page asks for a token, and keeps it for the tab alone', { server: 'callers', problems: /401/ }, async (b) => {
  const page = await b.open()
  await page.getByLabel('This server asks for a token').waitFor()
  await b.picture('sign-in')
  await b.accessible()
  await page.getByLabel('This server asks for a token').fill('orbat_wrong')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Sign in', disabled: false }).waitFor()
  await page.getByLabel('This server asks for a token').fill(b.told.tokens.ben)
  await page.keyboard.press('Enter')
  await page.getByRole('combobox').first().waitFor()
  assert.equal(await page.evaluate(() => JSON.stringify(localStorage).includes('orbat_')), false)
  assert.ok(!page.url().includes('orbat_'))
})
