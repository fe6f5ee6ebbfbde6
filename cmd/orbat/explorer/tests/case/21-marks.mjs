import assert from 'node:assert/strict'
import { test } from '../harness.mjs'

// Each type has a form and a colour of its own, so that it is told apart without colour too.
const types = [
  ['Person', '#0072B2'],
  ['Unit', '#D55E00'],
  ['Organisation', '#CC79A7'],
  ['Equipment', '#009E73'],
  ['Location', '#56B4E9'],
  ['Event', '#E69F00'],
  ['Source', '#6B7280'],
]
const marks = (p) => types.map(([type], i) => `- {xid: "t:${p}${i}", type: ${type}, ${type === 'Source' ? 'title' : 'name'}: "A ${type}"${type === 'Event' ? ', date: 2020-01-01' : ''}}`).join('\n') +
  `\n- {relation: associate_of, from: "t:${p}0", to: "t:${p}nobody"}\n`

// painted returns the pixels of a square of the screen around a point: rows of [red, green, blue].
async function painted(page, [x, y], half) {
  const picture = await page.screenshot({ clip: { x: Math.round(x) - half, y: Math.round(y) - half, width: 2 * half, height: 2 * half } })
  return page.evaluate(async (base64) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], { type: 'image/png' }))
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
    const context = canvas.getContext('2d')
    context.drawImage(bitmap, 0, 0)
    const { data, width, height } = context.getImageData(0, 0, bitmap.width, bitmap.height)
    return Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => [...data.slice((y * width + x) * 4, (y * width + x) * 4 + 3)]))
  }, picture.toString('base64'))
}

const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16))
const near = (a, b) => a.every((n, i) => Math.abs(n - b[i]) <= 6)
const grey = (c) => 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]

for (const colorScheme of ['light', 'dark']) {
  test(`every type is told apart by form as by colour, and what nobody describes is drawn as unknown, ${colorScheme}`, { colorScheme }, async (b) => {
    const p = `mk${colorScheme[0]}`
    await b.control(`load/${p}`, marks(p))
    const xids = [...types.map((_, i) => `t:${p}${i}`), `t:${p}nobody`]
    const page = await b.open('#' + xids.map((xid, i) => 'n=' + encodeURIComponent(`${(i % 4) * 220},${Math.floor(i / 4) * 200},,,${xid}`)).join('&'))
    await page.getByText('8 entities · 1 link').waitFor()
    const frame = page.getByRole('application', { name: /^Graph/ })
    await page.waitForFunction(() => document.querySelector('[role=application]').names().length === 8)
    const ground = (await painted(page, [700, 60], 1))[0][0]
    const forms = new Map()
    for (const [i, xid] of xids.entries()) {
      const half = 40
      const pixels = await painted(page, await frame.evaluate((f, xid) => f.whereIs(xid), xid), half)
      const color = rgb(types[i]?.[1] ?? '#F0E442')
      assert.ok(near(pixels[half + 2][half], color), `${xid} is ${pixels[half + 2][half]} in its middle, not ${color}`)
      const filled = pixels.map((row) => row.map((c) => near(c, color)))
      // Out of the middle to the left: after its own colour its outline, which stands out of both.
      const left = pixels[half].slice(0, half).reverse()
      const edge = left.findIndex((c) => !near(c, color))
      const outline = left.slice(edge, edge + 5).reduce((a, c) => (Math.abs(grey(c) - grey(color)) > Math.abs(grey(a) - grey(color)) ? c : a), left[edge])
      assert.ok(Math.abs(grey(outline) - grey(color)) > 25 || Math.abs(grey(ground) - grey(color)) > 60, `${xid} has no outline: ${left.slice(0, edge + 6).join(' ')}`)
      // Its form: how much of each of nine parts of what encloses it is filled, and how high and wide it is near its sides.
      const rows = filled.flatMap((row, y) => (row.some(Boolean) ? [y] : []))
      const columns = filled[0].flatMap((_, x) => (filled.some((row) => row[x]) ? [x] : []))
      const [top, high, start, wide] = [rows[0], rows.length, columns[0], columns.length]
      const form = []
      for (let j = 0; j < 9; j++) {
        const [y0, x0] = [top + (Math.floor(j / 3) * high) / 3, start + ((j % 3) * wide) / 3]
        let [all, full] = [0, 0]
        for (let y = Math.round(y0); y < y0 + high / 3; y++) for (let x = Math.round(x0); x < x0 + wide / 3; x++) (all++, (full += filled[y]?.[x] ? 1 : 0))
        form.push(full / all)
      }
      for (const share of [0.1, 0.9]) {
        form.push(rows.filter((y) => filled[y][start + Math.floor(share * wide)]).length / high)
        form.push(columns.filter((x) => filled[top + Math.floor(share * high)][x]).length / wide)
      }
      forms.set(xid, [...form, wide / high])
    }
    const known = [...forms].slice(0, 7)
    for (const [i, [a, form]] of known.entries()) {
      for (const [other, its] of known.slice(i + 1)) {
        const differs = Math.max(...form.map((n, j) => Math.abs(n - its[j])))
        assert.ok(differs > 0.1, `${a} and ${other} differ by colour alone: ${form.map((n) => n.toFixed(2))} and ${its.map((n) => n.toFixed(2))}`)
      }
    }
    const legend = page.locator('.legend')
    for (const word of ['person', 'unit', 'organisation', 'equipment', 'location', 'event', 'source', 'not described']) await legend.getByText(word, { exact: true }).waitFor()
    await b.picture(`marks-${colorScheme}`)
    await b.accessible()
  })
}
