import { test } from '../harness.mjs'

for (const colorScheme of ['light', 'dark']) {
  test(`an empty database says which command to type, ${colorScheme}`, { colorScheme, problems: /503/ }, async (b) => {
    const page = await b.open()
    await page.getByRole('heading', { name: 'The graph is empty' }).waitFor()
    await page.getByText('orbat load case.yaml').waitFor()
    await b.picture(`empty-${colorScheme}`)
    await b.accessible()
  })
}
