import assert from 'node:assert/strict'
import { test } from '../harness.mjs'

const kurilla = 'orbat:strike-2023/#kurilla'

for (const colorScheme of ['light', 'dark']) {
  test(`a badge says how many links are not on screen, and the menu of which kinds, ${colorScheme}`, { colorScheme }, async (b) => {
    const page = await b.open(`#n=0,0,,,${encodeURIComponent(kurilla)}&sel=0`)
    await page.getByRole('button', { name: /^Expand: commands, 2/ }).waitFor()
    const frame = page.getByRole('application', { name: /^Graph/ })
    const badge = async () => (await frame.evaluate((f) => f.names())).find((n) => n.id === kurilla).more
    const menu = async () => {
      const [x, y] = await frame.evaluate((f, xid) => f.whereIs(xid), kurilla)
      await page.mouse.click(x, y, { button: 'right' })
      const items = page.getByRole('menu', { name: 'Michael Kurilla' }).getByRole('menuitem')
      await items.filter({ hasText: /^commands/ }).waitFor()
      return (await items.allInnerTexts()).flatMap((t) => {
        const found = /^(.*?)\s*(?:\+(\d+)|all shown)$/s.exec(t.trim())
        return found ? [[found[1].trim(), Number(found[2] ?? 0)]] : []
      })
    }
    const sum = (kinds) => kinds.reduce((n, [kind, more]) => n + (kind === 'mentioned in' ? 0 : more), 0)
    await page.waitForFunction(() => document.querySelector('[role=application]').names().length === 1)
    const before = await menu()
    assert.equal(new Map(before).get('commands'), 2)
    assert.equal(sum(before), await badge())
    await b.picture(`badge-menu-${colorScheme}`)
    await b.accessible(page, 'menu')
    await page.getByRole('menuitem', { name: /^commands/ }).click()
    await page.getByText(/^3 entities · /).first().waitFor()
    await page.waitForFunction((was) => document.querySelector('[role=application]').names().some((n) => n.id.endsWith('#kurilla') && n.more < was), sum(before))
    const after = await menu()
    assert.equal(new Map(after).get('commands'), 0)
    assert.equal(sum(after), await badge())
    assert.equal(await page.getByRole('menuitem', { name: /^commands/ }).isDisabled(), true)
    await b.picture(`badge-after-${colorScheme}`)
    await page.keyboard.press('ArrowDown') // what is all shown is passed over
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Table', exact: true }).click()
    await page.getByRole('button', { name: 'Entities (3)' }).click()
    const row = page.getByRole('row').filter({ hasText: 'Michael Kurilla' })
    assert.equal(Number(await row.getByRole('cell').last().innerText()), await badge())
  })
}
