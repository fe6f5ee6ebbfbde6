import assert from 'node:assert/strict'
import { test } from '../harness.mjs'

const place = (xid, name, lon, lat, more = '') => `- {xid: "${xid}", type: Location, name: "${name}", geo: {type: Point, coordinates: [${lon}, ${lat}]}${more}}`
const mapped = `
${place('t:mp1', 'North Camp', 10, 50)}
${place('t:mp2', 'South Camp', 10.02, 49.98)}
${place('t:mp3', 'Far Port', 20, 45, ', precision_m: 50000')}
- {xid: "t:mp4", type: Unit, name: "Port Guard"}
- {xid: "t:mp5", type: Person, name: "Nowhere Man"}
- {relation: based_at, from: "t:mp4", to: "t:mp3"}
`
const xids = ['t:mp1', 't:mp2', 't:mp3', 't:mp4', 't:mp5']

test('what lies close is one mark with a count that comes apart from near, what is not known exactly has its circle, and who is nowhere is counted', async (b) => {
  await b.control('load/mapped', mapped)
  const page = await b.open('#view=map&' + xids.map((xid, i) => 'n=' + encodeURIComponent(`${i * 200},0,,,${xid}`)).join('&'))
  const map = page.getByRole('application', { name: 'Map: 4 positions. Arrows move it, plus and minus zoom.' })
  await map.waitFor()
  const marks = map.getByRole('button').and(page.locator('.mark'))
  const camps = map.getByRole('button', { name: /^2 .*North Camp.*South Camp/ })
  await camps.waitFor()
  assert.equal(await camps.locator('.count').innerText(), '2')
  await map.getByRole('button', { name: /^2 Far Port: / }).waitFor() // the port, and who is based at it
  assert.equal(await marks.count(), 2)
  const circle = page.locator('circle.unsure')
  assert.equal(await circle.count(), 1) // the camps are known exactly
  const radius = async () => Number(await circle.getAttribute('r'))
  const before = await radius()
  assert.ok(before > 2, `${before}`)
  await page.locator('.without summary').getByText('1 entity without location').click()
  await page.locator('.without').getByRole('button', { name: 'Nowhere Man' }).waitFor()
  await b.picture('map-clusters')
  await b.accessible(page, 'clusters')
  await camps.click() // what is in it is listed
  await page.getByRole('heading', { name: '2 here' }).waitFor()
  await page.getByRole('button', { name: 'South Camp', exact: true }).click()
  await page.getByRole('heading', { name: 'South Camp', level: 2 }).waitFor()
  await page.locator('.here').getByRole('button', { name: 'Close' }).click()
  const box = await camps.boundingBox()
  for (let i = 0; i < 12 && (await camps.count()) > 0; i++) {
    await page.mouse.move(box.x + box.width / 2, box.y + 11)
    await page.mouse.wheel(0, -100)
    await page.waitForFunction((before) => !document.querySelector('circle.unsure') || Number(document.querySelector('circle.unsure').getAttribute('r')) > before, before)
  }
  await map.getByRole('button', { name: 'North Camp', exact: true }).waitFor()
  await map.getByRole('button', { name: 'South Camp', exact: true }).waitFor()
  await b.picture('map-near')
  await map.getByRole('button', { name: 'Fit' }).click()
  await camps.waitFor()
  assert.equal(await radius(), before)
  assert.ok(b.requests.every((r) => r.startsWith('/api/')), b.requests.join(' ')) // and the harness counts all others as faults
})

test('no coast runs across the map', async (b) => {
  await b.control('load/mapped', mapped)
  const page = await b.open('#view=map&' + xids.map((xid, i) => 'n=' + encodeURIComponent(`${i * 200},0,,,${xid}`)).join('&'))
  const land = page.locator('path.land')
  await land.waitFor()
  const longest = await land.evaluate((path) => {
    let longest = 0
    for (const ring of path.getAttribute('d').split('M').filter(Boolean)) {
      const points = ring.replace('Z', '').split('L').map((p) => p.split(' ').map(Number))
      points.forEach(([x, y], i) => {
        const [u, v] = points[(i + 1) % points.length]
        if (y < 9000 && v < 9000) longest = Math.max(longest, Math.abs(x - u)) // but beyond the south pole
      })
    }
    return longest
  })
  assert.ok(longest < 1000, `a coast of ${longest / 100} % of the world`)
})

test('two places of one name are told apart, on the map, in its lists, in the graph, in the table and where they are searched for', async (b) => {
  await b.control('load/namesakes', `
${place('t:ns1', 'Double Ford', 10, 50)}
${place('t:ns2', 'Double Ford', 12, 48)}
${place('t:ns3', 'Upper Shire', 10.5, 51)}
- {xid: "t:ns4", type: Location, name: "Double Ford"}
- {relation: within, from: "t:ns1", to: "t:ns3"}
`)
  const page = await b.open('#view=map&' + ['t:ns1', 't:ns2', 't:ns3', 't:ns4'].map((xid, i) => 'n=' + encodeURIComponent(`${i * 200},0,,,${xid}`)).join('&'))
  await page.locator('.mark').filter({ hasText: 'within Upper Shire' }).waitFor()
  await page.getByRole('button', { name: 'Double Ford, within Upper Shire', exact: true }).waitFor()
  await page.getByRole('button', { name: 'Double Ford, t:ns2', exact: true }).waitFor()
  await page.locator('.without summary').click()
  await page.locator('.without').getByRole('button', { name: 'Double Ford t:ns4', exact: true }).waitFor()
  await b.picture('map-namesakes')
  await b.accessible(page, 'namesakes')
  await page.getByRole('button', { name: 'Graph', exact: true }).click()
  await page.waitForFunction(() => {
    const names = document.querySelector('[role=application]')?.names?.().map((n) => n.name) ?? []
    return ['t:ns2', 't:ns4', 'within Upper Shire'].every((told) => names.includes(`Double Ford, ${told}`))
  })
  await b.picture('graph-namesakes')
  await page.getByRole('button', { name: 'Table', exact: true }).click()
  await page.getByRole('button', { name: /^Entities/ }).click()
  assert.deepEqual((await page.getByRole('cell', { name: /^Double Ford/ }).allInnerTexts()).sort(), ['Double Ford t:ns2', 'Double Ford t:ns4', 'Double Ford within Upper Shire'])
  await page.getByRole('combobox').first().fill('Double Ford')
  await page.getByRole('option', { name: /t:ns2/ }).waitFor()
})
