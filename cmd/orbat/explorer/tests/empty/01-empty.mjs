import { test } from '../harness.mjs'

test('an empty database says that nothing is loaded', { problems: /503/ }, async (b) => {
  const page = await b.open()
  await page.getByRole('combobox').first().waitFor()
  await page.keyboard.type('Kurilla')
  await page.getByText('Nothing is loaded').first().waitFor()
  await b.picture('empty')
  await b.accessible()
})
