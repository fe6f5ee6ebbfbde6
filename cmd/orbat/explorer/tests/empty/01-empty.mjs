import { test } from '../harness.mjs'

test('an empty database says which command to type', async (b) => {
  const page = await b.open()
  await b.picture('empty')
  await b.accessible()
  await page.getByText('orbat load').first().waitFor()
})
