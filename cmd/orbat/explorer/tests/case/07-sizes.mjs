import assert from 'node:assert/strict'
import { test } from '../harness.mjs'

const three = '#n=0,0,,,orbat%3Astrike-2023%2F%23kurilla&n=300,0,,,orbat%3Astrike-2023%2F%23centcom&n=600,80,,,orbat%3Astrike-2023%2F%23strike&sel=0'

// fits: nothing is wider than the page, and what can be pressed lies in it.
async function fits(page, state) {
  const out = await page.evaluate(() => {
    const clips = (e) => {
      for (let p = e.parentElement; p; p = p.parentElement) {
        if (/auto|scroll|hidden/.test(getComputedStyle(p).overflowX) && p !== document.documentElement) return true
      }
      return false
    }
    const scrolled = [...document.querySelectorAll('[role=group], ul, details, aside')].filter((e) => /auto|scroll/.test(getComputedStyle(e).overflowX))
    return [...document.querySelectorAll('button, input, select, a[href]'), ...scrolled]
      .filter((e) => e.checkVisibility() && !clips(e))
      .filter((e) => {
        const r = e.getBoundingClientRect()
        return r.width > 2 && (r.left < -1 || r.right > innerWidth + 1)
      })
      .map((e) => e.outerHTML.slice(0, 120))
      .concat(document.scrollingElement.scrollWidth > innerWidth ? ['the page scrolls sideways'] : [])
  })
  assert.deepEqual(out, [], state)
}

// looksAt returns a function that keeps a picture of a state of a page and sees that it can be read and fits.
const looksAt = (b, page) => async (state) => {
  await b.picture(`${state}-${b.options.viewport.width}-${b.options.colorScheme}`)
  await b.accessible(page, state)
  await fits(page, state)
}

for (const [what, options] of [
  ['at twice the size', { viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 }],
  ['on a screen of 360 pixels', { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2 }],
]) {
  for (const colorScheme of ['light', 'dark']) {
    test(`${what} everything can be reached and read, ${colorScheme}`, { ...options, colorScheme }, async (b) => {
      const page = await b.open()
      const look = looksAt(b, page)
      await page.getByText('Search for a name').waitFor()
      await look('start')
      await page.goto('about:blank')
      await page.goto(b.at + '/' + three)
      await page.getByRole('heading', { name: 'Michael Kurilla', level: 2 }).waitFor()
      await look('card')
      await page.getByRole('button', { name: 'Close details' }).click()
      await look('graph')
      await page.getByRole('button', { name: 'Table' }).click()
      await look('table')
      await page.getByRole('button', { name: /^Read: Michael Kurilla commands/ }).click()
      await page.locator('blockquote').first().waitFor()
      await look('evidence')
      await page.getByRole('button', { name: 'Close details' }).click()
      await page.getByRole('button', { name: 'Filters' }).click()
      await look('filters')
      await page.getByRole('button', { name: 'Questions' }).click()
      await page.getByRole('button', { name: /commanders of unit/ }).click()
      await look('question')
      await page.getByRole('button', { name: 'Export' }).click()
      await look('export')
    })

    test(`${what} what is looked for, asked and not found can be read, ${colorScheme}`, { ...options, colorScheme, problems: /422/ }, async (b) => {
      const page = await b.open()
      const look = looksAt(b, page)
      await page.getByRole('combobox').first().fill('command')
      await page.getByRole('option').first().waitFor()
      await look('search')
      await page.getByRole('combobox').first().fill('nobody of that name')
      await page.getByText('Nothing is called').waitFor()
      await look('found-nothing')
      await page.getByRole('combobox').first().fill('')
      await page.getByRole('button', { name: 'ask a question' }).click()
      await page.getByRole('button', { name: /^subordinate tree What/ }).click()
      await page.getByRole('combobox', { name: 'unit', exact: true }).fill('US Central Command')
      await page.getByRole('option').first().click()
      await page.getByText('Time, confidence and more').click()
      await look('form')
      await page.getByLabel(/^limit/).fill('1')
      await page.getByRole('button', { name: 'Ask', exact: true }).click()
      await page.getByText('and there are more').waitFor()
      const sees = (locator) => locator.evaluate((e) => { const r = e.getBoundingClientRect(); return r.top >= 0 && r.top + 40 <= innerHeight })
      assert(await sees(page.getByText('and there are more')), 'the answer is out of sight')
      await look('cut-off')
      await page.getByText('Ask otherwise').click()
      await page.getByLabel(/^limit/).fill('')
      await page.getByRole('button', { name: 'Ask', exact: true }).click()
      await page.getByRole('region', { name: 'Answer' }).waitFor()
      assert(await sees(page.getByText(/^2 answers/).first()), 'the answer is out of sight')
      await look('tree')
      await page.getByRole('button', { name: 'Show in the graph' }).click()
      await page.getByText(/^\d+ entities · /).first().waitFor()
      await page.waitForFunction(() => document.querySelector('main').getBoundingClientRect().top < innerHeight / 2) // it comes into sight
      await look('tree-graph')
      await page.goto('about:blank')
      await page.goto(b.at + '/' + three + '&as_of=someday')
      await page.getByRole('button', { name: 'Try again' }).waitFor()
      await look('error')
    })
  }
}

test('with fingers: a long press opens the menu, two fingers apart bring the graph closer', { hasTouch: true, viewport: { width: 800, height: 900 } }, async (b) => {
  const page = await b.open(three.replace('&sel=0', ''))
  await page.getByText(/^3 entities/).waitFor()
  const frame = page.getByRole('application', { name: /^Graph/ })
  const at = (xid) => frame.evaluate((f, xid) => f.whereIs('orbat:strike-2023/#' + xid), xid)
  const fingers = await page.context().newCDPSession(page)
  const touch = (type, ...points) =>
    fingers.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y], id) => ({ x: Math.round(x), y: Math.round(y), id })) })
  const [x, y] = await at('centcom')
  await touch('touchStart', [x, y])
  await page.getByRole('menu', { name: 'US Central Command' }).waitFor()
  await touch('touchEnd')
  await page.getByRole('menu', { name: 'US Central Command' }).waitFor()
  await b.picture('touch-menu')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Close details' }).click()
  const apart = async () => (await at('strike'))[0] - (await at('kurilla'))[0]
  const before = await apart()
  const middle = [x, y + 150]
  await touch('touchStart', [middle[0] - 40, middle[1]], [middle[0] + 40, middle[1]])
  for (let d = 50; d <= 100; d += 10) await touch('touchMove', [middle[0] - d, middle[1]], [middle[0] + d, middle[1]])
  await touch('touchEnd')
  assert.ok((await apart()) > before * 1.2, `${before} became ${await apart()}`)
})
