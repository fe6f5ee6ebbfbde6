// What the behaviours' files share: test names a behaviour, and each gets a browser of its own that is watched.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import assert from 'node:assert/strict'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** @type {Map<string, {options: object, run: (b: Behaviour) => Promise<void>}>} */
export const behaviours = new Map()

/**
 * test says what a behaviour is and does it. Options: server (which of those that Go has started, "open" unless said),
 * light or dark (colorScheme), viewport, problems: a pattern of the failed requests that the behaviour is about, and
 * others: whom else the page may ask (of what Go has told, "tiles").
 */
export function test(name, options, run) {
  if (!run) [options, run] = [{}, options]
  assert(!behaviours.has(name), `two behaviours are called ${name}`)
  behaviours.set(name, { options, run })
}

// Behaviour is one behaviour under way: its page, and what went wrong unasked.
export class Behaviour {
  constructor(browser, told, name, options) {
    this.browser = browser
    this.told = told // by Go: servers, where pictures go, the control's address
    this.name = name
    this.options = options
    this.faults = []
    this.measured = []
    this.requests = [] // of the API, as they are sent
    this.contexts = []
  }

  get at() {
    return this.told.servers[this.options.server ?? 'open']
  }

  // open gives a fresh browser the page: nothing is stored in it.
  async open(fragment = '', options = {}) {
    const context = await this.browser.newContext({
      viewport: { width: 1440, height: 900 },
      colorScheme: 'light',
      reducedMotion: 'reduce', // what moves is waited for nowhere else
      acceptDownloads: true,
      ...this.options,
      ...options,
    })
    this.contexts.push(context)
    context.setDefaultTimeout(this.options.timeout ?? 60_000)
    const page = await context.newPage()
    await this.watch(page, this.told.servers[options.server] ?? this.at)
    const at = this.told.servers[options.server] ?? this.at
    if (at.startsWith('file:')) await context.setOffline(true)
    await page.goto((at.startsWith('file:') ? at : at + '/') + fragment)
    this.page ??= page
    return page
  }

  // watch keeps every console error, exception, request to elsewhere and breach of the policy.
  async watch(page, at) {
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (e) =>
        console.error(`policy violation: ${e.violatedDirective} by ${e.blockedURI} at ${e.sourceFile}:${e.lineNumber}`),
      )
    })
    page.on('console', (message) => {
      if (message.type() !== 'error' && message.type() !== 'warning') return
      const text = `${message.text()} (${message.location().url})`
      if (this.options.problems?.test(text)) return
      this.faults.push(`console: ${text}`)
    })
    page.on('pageerror', (error) => this.faults.push(`exception: ${error.stack ?? error}`))
    page.on('dialog', (dialog) => {
      this.faults.push(`dialog: ${dialog.message()}`)
      dialog.dismiss()
    })
    page.on('request', (request) => {
      const url = new URL(request.url())
      if (url.protocol === 'data:' || url.protocol === 'blob:') return
      const known = [at, this.told[this.options.others]]
      if (!known.includes(url.protocol === 'file:' ? url.href.split('#')[0] : url.origin)) this.faults.push(`request to elsewhere: ${request.url()}`)
      if (url.pathname.startsWith('/api/')) this.requests.push(request.url().slice(url.origin.length))
    })
  }

  // showTree asks on the start page for what is under a unit, so many rows at most, and shows it in the graph.
  async showTree(page, unit, limit) {
    await page.getByRole('button', { name: 'ask a question' }).click()
    await page.getByRole('button', { name: /^subordinate tree What/ }).click()
    await page.getByRole('combobox', { name: 'unit', exact: true }).fill(unit)
    await page.getByRole('option').filter({ hasText: unit }).first().click()
    if (limit) {
      await page.getByText('Time, confidence and more').click()
      await page.getByLabel(/^limit/).fill(String(limit))
    }
    await page.getByRole('button', { name: 'Ask', exact: true }).click()
    await page.getByRole('button', { name: 'Show in the graph' }).click()
  }

  // picture keeps how the page looks.
  async picture(name, page = this.page) {
    await page.screenshot({ path: join(this.told.pictures, `${name}.png`) })
  }

  // accessible has axe look at the page: no violation may be serious or critical.
  async accessible(page = this.page, state = '') {
    await page.evaluate(axeSource)
    const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))
    const bad = found.violations.filter((v) => v.impact === 'serious' || v.impact === 'critical')
    for (const v of bad) {
      for (const node of v.nodes.slice(0, 5)) {
        this.faults.push(`axe${state && ` (${state})`}: ${v.id}, ${v.impact}: ${node.target}: ${node.failureSummary}`)
      }
    }
  }

  // measure keeps how much something is, and how much it should be at the most.
  measure(what, value, unit, budget) {
    this.measured.push({ what, value, unit, budget })
  }

  // control asks Go for what no browser can do, such as taking the database away.
  async control(what, body) {
    const response = await fetch(`${this.told.control}/${what}`, { method: 'POST', body })
    assert.equal(response.status, 200, await response.text())
  }

  async close() {
    for (const context of this.contexts) await context.close()
  }
}

// run does a behaviour and returns what is wrong (nothing: all is well), and what was measured.
export async function run(browser, told, name) {
  const { options, run: act } = behaviours.get(name)
  const b = new Behaviour(browser, told, name, options)
  try {
    await act(b)
  } catch (error) {
    b.faults.unshift(String(error.stack ?? error))
    if (b.page) {
      await b.picture(`failed-${name.replace(/[^a-z0-9]+/gi, '-')}`).catch(() => {})
      const text = await b.page.locator('body').innerText().catch(() => '')
      b.faults.push(`the page said: ${text.slice(0, 1500)}`)
    }
  }
  await b.close()
  return { faults: b.faults, measured: b.measured }
}
