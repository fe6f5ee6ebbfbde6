import assert from 'node:assert/strict'
import { test } from '../harness.mjs'

const xid = (id) => encodeURIComponent(`orbat:strike-2023/#${id}`)
const hash = '#' + ['kurilla', 'centcom', 'strike', 'al-muhajir', 'afcent', 'cjtf-oir', 'isis', 'mq-9'].map((id) => `n=,,,,${xid(id)}`).join('&')

// drawn waits until all stand on the canvas, and returns when, in milliseconds since the page was asked for.
const drawn = async (page, many) =>
  (
    await page.waitForFunction(
      (many) => {
        const frame = document.querySelector('[role=application]')
        return frame?.places && Object.keys(frame.places()).length >= many && frame.names().length > 0 && performance.now()
      },
      many,
      { polling: 'raf' },
    )
  ).jsonValue()

test('the case is painted', async (b) => {
  const page = await b.open(hash)
  const at = await drawn(page, 8)
  const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime)
  b.measure('first paint of the page', paint, 'ms', 1000)
  b.measure('the case drawn, layout included', at, 'ms', 1000)
})

test('three hundred are drawn, and a time is asked for', async (b) => {
  const xids = Array.from({ length: 300 }, (_, i) => `t:n${i}`)
  const kept = await fetch(`${b.at}/api/v1/views`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ title: 'three hundred', xids, positions: {}, filters: {}, notes: [] }),
  })
  assert.equal(kept.status, 201, await kept.clone().text())
  const page = await b.open('#v=' + (await kept.json()).id)
  b.measure('300 entities drawn, layout included', await drawn(page, 300), 'ms', 2000)
  await page.getByText('300 entities · 299 links').waitFor()
  await page.evaluate(() => new Promise((rest) => requestIdleCallback(() => requestIdleCallback(rest)))) // it has come to rest
  for (const year of ['2005', '2010']) {
    const took = await page.evaluate(async (year) => {
      const text = () => document.querySelector('p.said').textContent
      const input = document.querySelector('input.date')
      const before = text()
      const began = performance.now()
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(input, year)
      input.dispatchEvent(new Event('input', { bubbles: true }))
      input.dispatchEvent(new Event('change', { bubbles: true }))
      const frame = () => new Promise((next) => requestAnimationFrame(next))
      while (text() === before) await frame()
      const said = performance.now() - began
      await frame() // drawn
      await frame() // and named
      return [said, performance.now() - began]
    }, year)
    const answered = () => performance.getEntriesByType('resource').findLast((r) => r.name.includes('/among')).duration
    b.measure(`as of ${year}, over 300 entities`, took[0], 'ms', 200)
    b.measure('until it is drawn and named', took[1], 'ms', null)
    b.measure('the server\'s part of it', await page.evaluate(answered), 'ms', null)
  }
})

test('a hub of 1,204 is expanded', async (b) => {
  const page = await b.open('#n=0,0,,,t%3Ahub&sel=0')
  await page.getByRole('button', { name: /^Expand: .*1204/ }).waitFor()
  const before = b.requests.length
  const began = Date.now()
  await page.getByRole('button', { name: /^Expand: .*1204/ }).click()
  await page.getByText('50 of 1,204').waitFor()
  b.measure('50 of 1,204 neighbours expanded', Date.now() - began, 'ms', null)
  b.measure('requests for it', b.requests.length - before, '', 2)
})
