// Runs behaviours one by one, as browser_test.go asks for them: a line with a name comes in, a line of JSON goes out.
//
//	node tests/run.mjs FOLDER      (of this one; the environment variable ORBAT_EXPLORER says the rest)
import { readdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'
import { behaviours, run } from './harness.mjs'

const told = JSON.parse(process.env.ORBAT_EXPLORER)
const folder = new URL(`./${process.argv[2]}/`, import.meta.url)
for (const file of readdirSync(folder).sort()) await import(new URL(file, folder))

const browser = await chromium.launch({
  executablePath: told.chromium,
  args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
})
console.log(JSON.stringify([...behaviours.keys()]))
for await (const name of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify({ name, ...(await run(browser, told, name)) }))
}
await browser.close()
