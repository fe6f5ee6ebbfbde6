import assert from 'node:assert/strict'
import { test } from '../harness.mjs'

const xid = (id) => encodeURIComponent(`orbat:strike-2023/#${id}`)
const four = '#' + ['kurilla', 'centcom', 'strike', 'al-muhajir'].map((id) => `n=,,,,${xid(id)}`).join('&')

test('in a small graph every name can be read, near and far', { viewport: { width: 1120, height: 640 } }, async (b) => {
  const page = await b.open(four + '&sel=0')
  const frame = page.getByRole('application', { name: /^Graph/ })
  await page.waitForFunction(() => !/n=%2C/.test(location.hash) && document.querySelector('[role=application]')?.names().length === 4)
  const small = async () => (await frame.evaluate((f) => f.names())).filter((n) => n.pixels < 11.5)
  assert.deepEqual(await small(), [])
  await b.picture('names')
  for (let i = 0; i < 4; i++) await page.getByRole('button', { name: 'Farther' }).click()
  await page.waitForFunction(() => document.querySelector('[role=application]').names().every((n) => n.pixels > 11.5))
  assert.deepEqual(await small(), [])
  await b.picture('names-far')
})
