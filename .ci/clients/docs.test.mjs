// The page /docs in Chromium: it shows answers as they came, stays fast, fits a phone and asks nobody else.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { chromium } from 'playwright-core'

const { BASE, KEY, DOCS_KEY } = process.env
const STEPS = '/v1/workflows/steps'
const DEFAULTS = 'limit=20&order=asc&sort_by=started_at&view=full'
const profile = mkdtempSync(path.join(tmpdir(), 'chromium.'))
const [first, second] = readFileSync('server/src/main/resources/dev/workflowsteps/server/demo/demo.ndjson', 'utf8')
  .split('\n', 2)
  .map((line) => JSON.parse(line))

let browser
let page
const elsewhere = []
const complaints = []

before(async () => {
  const flags = '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'
  browser = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    headless: true,
    args: flags.split(' '),
    acceptDownloads: true,
  })
  await browser.grantPermissions(['clipboard-read', 'clipboard-write'])
  browser.setDefaultTimeout(60_000)
  browser.on('request', (request) => {
    const url = new URL(request.url())
    if (url.origin !== BASE && !['data:', 'blob:'].includes(url.protocol)) elsewhere.push(request.url())
  })
  browser.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  browser.on('weberror', (error) => complaints.push(String(error.error())))
})

after(async () => {
  await browser?.close()
  rmSync(profile, { recursive: true })
})

/** Opens the page anew. */
async function open({ width = 1280, colorScheme = 'light' } = {}) {
  await page?.close()
  page = await browser.newPage()
  await page.emulateMedia({ colorScheme })
  await page.setViewportSize({ width, height: 900 })
  await page.goto(`${BASE}/docs`)
  await page.waitForSelector('.opblock')
}

async function authorize(scheme, key) {
  await page.locator('.scheme-container .authorize').click()
  const form = page.locator('.auth-container', { hasText: scheme })
  await form.locator('input').fill(key)
  await form.locator('button.authorize').click()
  await form.getByRole('button', { name: 'Close' }).click()
}

/** Opens an operation, to be tried. */
async function trying(operation) {
  const block = page.locator(`.opblock[id$=-${operation}]`)
  await block.locator('.opblock-summary-control').click()
  await block.locator('.try-out__btn').click()
  return block
}

const input = (block, name) => block.locator(`tr[data-param-name=${name}] :is(input, select)`)

/** The target that was asked for, and the bytes of its answer. */
async function execute(block) {
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.url().startsWith(BASE + STEPS)),
    block.locator('.execute').click(),
  ])
  await block.locator('.live-responses-table').waitFor()
  return { status: answer.status(), target: answer.url().slice(BASE.length), body: await answer.text() }
}

const bodyOf = (block) => block.locator('.live-responses-table .response-col_description pre').first()

/** Without the white space between tokens. */
const tokens = (json) => json.match(/"(?:[^"\\]|\\.)*"|[^\s"]+/g).join('')

async function executed(run_id, key = DOCS_KEY) {
  await open()
  await authorize('Api-Key', key)
  const block = await trying('ListWorkflowSteps')
  await input(block, 'run_id').fill(run_id)
  await input(block, 'limit').fill('1000')
  return { block, ...(await execute(block)) }
}

describe('an answer', () => {
  let block, body, shown
  before(async () => {
    ;({ block, body } = await executed('run_bytes'))
    shown = await bodyOf(block).textContent()
  })

  for (const text of ['9007199254740993', '1234.50', '1e400', '-0.0', '"same": 1,', '"same": 2', '\\u00e9\\/']) {
    test(`has ${text}`, () => assert.ok(shown.includes(text), shown))
  }

  test('gets white space between its tokens and nothing else', () => {
    assert.notEqual(shown, body)
    assert.equal(tokens(shown), tokens(body))
  })

  test('is downloaded as it came', async () => {
    const [download] = await Promise.all([page.waitForEvent('download'), block.getByRole('button', { name: 'Download' }).click()])
    assert.equal(readFileSync(await download.path(), 'utf8'), body)
  })

  test('is copied as it came', async () => {
    await block.locator('.live-responses-table').getByRole('button', { name: 'Copy' }).click()
    await block.getByRole('button', { name: 'Copied' }).waitFor()
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), body)
  })

  test('has its headers as they came', async () => {
    const headers = await block.locator('.live-responses-table').textContent()
    assert.match(headers, /cache-control: private, no-store/)
    assert.match(headers, /date: \w{3}, \d\d /)
  })

  test('comes again from the curl line, which has no key', async () => {
    const command = await block.locator('pre', { hasText: /^curl / }).textContent()
    assert.ok(!command.includes(DOCS_KEY), command)
    assert.ok(!(await page.textContent('body')).includes(DOCS_KEY))
    const env = { ...process.env, KEY: DOCS_KEY, no_proxy: '127.0.0.1' }
    assert.equal(execFileSync('bash', ['-c', command], { env, encoding: 'utf8', stdio: 'pipe' }), body)
  })
})

describe('a page of 1,000 steps', () => {
  let block, body
  const nodes = () => page.evaluate(() => document.querySelectorAll('*').length)
  /** The longest time in which the page did nothing else, in milliseconds. */
  const busiest = async (action) => {
    await page.evaluate(() => {
      let last = performance.now()
      window.busiest = 0
      window.watch = setInterval(() => {
        window.busiest = Math.max(window.busiest, performance.now() - last)
        last = performance.now()
      }, 20)
    })
    await action()
    return page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(window.busiest), 100))))
  }

  before(async () => {
    await open()
    await authorize('Api-Key', DOCS_KEY)
    block = await trying('ListWorkflowSteps')
    await input(block, 'run_id').fill('run_thousand')
    await input(block, 'limit').fill('1000')
  })

  test('is there soon, cut', async () => {
    const time = await busiest(async () => ({ body } = await execute(block)))
    assert.equal(JSON.parse(body).data.length, 1000)
    assert.ok((await nodes()) < 10_000, `${await nodes()} nodes`)
    assert.ok(time < 2_000, `${time} ms`)
    const shown = tokens(await bodyOf(block).textContent())
    assert.ok(shown.length < body.length && body.startsWith(shown.slice(0, 10_000)))
  })

  test('is there whole if asked', async () => {
    const time = await busiest(() => block.getByRole('button', { name: 'Show all' }).click())
    assert.equal(tokens(await bodyOf(block).textContent()), tokens(body))
    assert.ok((await nodes()) < 10_000, `${await nodes()} nodes`)
    assert.ok(time < 5_000, `${time} ms`)
  })
})

describe('the form', () => {
  before(async () => {
    await open()
    await authorize('Authorization: Bearer', KEY)
  })

  test('sends words, and nothing of what is empty', async () => {
    const block = await trying('ListWorkflowSteps')
    await input(block, 'status').selectOption(['completed', 'error'])
    await input(block, 'run_id').fill('run')
    await input(block, 'run_id').fill('')
    const both = await execute(block)
    assert.equal(both.target, `${STEPS}?status=completed&status=error&${DEFAULTS}`)
    assert.equal(both.status, 200)
    await input(block, 'status').selectOption([])
    assert.equal((await execute(block)).target, `${STEPS}?${DEFAULTS}`)
    await input(block, 'status').selectOption([''])
    assert.equal((await execute(block)).target, `${STEPS}?${DEFAULTS}`)
  })

  test('shows what an error says', async () => {
    const block = page.locator('.opblock[id$=-ListWorkflowSteps]')
    await input(block, 'run_id').fill(`it's "$x`)
    await input(block, 'after').fill('nothing')
    const { status, body } = await execute(block)
    assert.equal(status, 422)
    assert.equal(tokens(await bodyOf(block).textContent()), body)
    const command = await block.locator('pre', { hasText: /^curl / }).textContent()
    const env = { ...process.env, KEY, no_proxy: '127.0.0.1' }
    const again = execFileSync('bash', ['-c', command], { env, encoding: 'utf8', stdio: 'pipe' })
    assert.equal(JSON.parse(again).detail.message, JSON.parse(body).detail.message)
    complaints.splice(0, complaints.length, ...complaints.filter((text) => !/status of 422/.test(text)))
  })

  test('asks for the step of the example', async () => {
    const block = await trying('GetWorkflowStep')
    const { status, body } = await execute(block)
    assert.equal(status, 200, body)
    assert.equal(JSON.parse(body).step_id, first.step_id)
  })

  test('can be used with keys alone', async () => {
    await open()
    const press = async (name, selector) => {
      await page.locator(selector, { hasText: name }).first().waitFor()
      const seen = []
      while (seen.length < 100) {
        await page.keyboard.press('Tab')
        seen.push(await page.evaluate(() => document.activeElement.textContent + document.activeElement.ariaLabel))
        if (seen.at(-1).includes(name)) return page.keyboard.press('Enter')
      }
      assert.fail(`no way to ${name}, only to ${JSON.stringify(seen.map((text) => text.slice(0, 40)))}`)
    }
    await press('/v1/workflows/steps', '.opblock-summary-control')
    await press('Try it out', '.try-out__btn')
    await press('Execute', '.execute')
    await page.locator('.live-responses-table').waitFor()
    complaints.splice(0, complaints.length, ...complaints.filter((text) => !/status of 401/.test(text)))
  })
})

describe('the examples', () => {
  before(() => open())

  const example = async (operation, status) => {
    const block = page.locator(`.opblock[id$=-${operation}]`)
    if (!(await block.locator('.opblock-body').count())) await block.locator('.opblock-summary-control').click()
    return JSON.parse(await block.locator(`tr.response[data-code="${status}"] .model-example pre`).first().textContent())
  }

  test('are the two steps', async () => {
    const { data } = await example('ListWorkflowSteps', 200)
    assert.deepEqual(data.map(({ step_id }) => step_id), [first.step_id, second.step_id])
    assert.deepEqual(data.map(({ handle_outputs }) => handle_outputs), [first.handle_outputs, second.handle_outputs])
    assert.equal((await example('GetWorkflowStep', 200)).step_id, first.step_id)
  })

  test('are answers of this service', async () => {
    const ask = async (target) => (await fetch(BASE + target, { headers: { 'Api-Key': KEY } })).json()
    assert.deepEqual(await example('ListWorkflowSteps', 200), await ask(`${STEPS}?run_id=${first.run_id}`))
    assert.deepEqual(await example('GetWorkflowStep', 200), await ask(`${STEPS}/${first.step_id}?run_id=${first.run_id}`))
    assert.deepEqual(await example('ListWorkflowArtifacts', 200), await ask(`/v1/workflows/artifacts?run_id=${first.run_id}`))
    assert.deepEqual(await example('GetWorkflowArtifact', 200), await ask(`/v1/workflows/artifacts/${first.artifact.id}`))
  })
})

describe('at 390 pixels', () => {
  before(() => open({ width: 390 }))

  test('nothing is beside the screen, and descriptions have room', async () => {
    const fits = async () => assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390)
    const wide = async (selector) => {
      const widths = await page.locator(selector).evaluateAll((found) => found.map((it) => it.getBoundingClientRect().width))
      assert.ok(widths.length > 0 && widths.every((width) => width > 200), `${selector}: ${widths}`)
    }
    await fits()
    await wide('.opblock-tag small')
    await authorize('Api-Key', DOCS_KEY)
    const block = await trying('ListWorkflowSteps')
    await input(block, 'run_id').fill('run_bytes')
    await execute(block)
    await fits()
    await wide('td.parameters-col_description')
    await wide('tr.response td.response-col_description')
    await wide('.opblock-summary-description')
  })
})

test('in the dark the page is dark', async () => {
  const lightness = (selector, property) =>
    page.locator(selector).first().evaluate((it, property) => {
      const [r, g, b] = getComputedStyle(it)[property].match(/\d+/g)
      return (Number(r) + Number(g) + Number(b)) / 3
    }, property)
  await open({ colorScheme: 'dark' })
  assert.ok((await lightness('html', 'backgroundColor')) < 60)
  assert.ok((await lightness('.opblock-tag small p', 'color')) > 180)
  await page.emulateMedia({ colorScheme: 'light' })
  await page.waitForFunction(() => !document.documentElement.classList.contains('dark-mode'))
  assert.ok((await lightness('.opblock-tag small p', 'color')) < 100)
})

test('nobody else was asked, and the browser had no complaint', () => {
  assert.deepEqual(elsewhere, [])
  assert.deepEqual(complaints, [])
})
