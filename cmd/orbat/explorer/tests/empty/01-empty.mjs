import { test } from '../harness.mjs'

test('an empty database is no error, and the search is ready', async (b) => {
  const page = await b.open()
  await page.getByRole('combobox').first().waitFor()
  await page.keyboard.type('Kurilla')
  await page.getByText('Nothing is called “Kurilla”').waitFor()
  await b.picture('empty')
  await b.accessible()
})
