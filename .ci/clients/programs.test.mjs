// The client programs beside the READMEs that list everything, each through a front that is busy now and then.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { grpcFront, restFront } from './fronts.mjs'

const { BASE, TARGET, KEY, ACME_KEY, DATA, GENERATED } = process.env
const folder = mkdtempSync(path.join(tmpdir(), 'programs.'))
symlinkSync(path.resolve('.ci/node_modules'), path.join(folder, 'node_modules'))
after(() => rmSync(folder, { recursive: true }))

// Node looks for packages beside the link, not beside the program.
const linked = (file) => {
  const link = path.join(folder, file.replaceAll('/', '-'))
  symlinkSync(path.resolve(file), link)
  return link
}
const built = (file) => path.join(folder, file.replaceAll('/', '-').replace(/\.go$/, ''))
const classes = 'adapter/target/lib/*'
const runners = {
  '.sh': (file) => ['bash', file],
  // Debian's, which has Debian's gRPC.
  '.py': (file) => ['/usr/bin/python3', file],
  '.mjs': (file) => ['node', '--preserve-symlinks', '--preserve-symlinks-main', linked(file)],
  '.java': (file) => ['java', '-cp', classes, file],
  '.go': (file) => [built(file)],
}
const environment = {
  no_proxy: '127.0.0.1',
  PYTHONPATH: `${GENERATED}/python`,
  GOPATH: `/usr/share/gocode:${GENERATED}/go`,
  GO111MODULE: 'off',
  GOCACHE: path.join(folder, 'go-cache'),
}

function run([program, ...words], env = {}) {
  const options = { env: { ...process.env, ...environment, ...env }, timeout: 300_000 }
  return new Promise((resolve) =>
    execFile(program, words, options, (error, stdout, stderr) => resolve({ code: error ? error.code : 0, stdout, stderr })),
  )
}

const gaps = (times) => times.slice(1).map((time, i) => (time - times[i]) / 1000)

let all
let expected
before(async () => {
  const answer = await fetch(`${BASE}/v1/workflows/steps?limit=1000`, { headers: { 'Api-Key': ACME_KEY } })
  const { data, list_metadata } = await answer.json()
  assert.equal(list_metadata.after, null)
  all = data
  expected = data.map(({ run_id, step_id }) => `${run_id} ${step_id}\n`).join('')
})

// Of another kind, with tests of their own.
const special = ['wait_for_run.sh']
const inThreeLanguages = (name) => ['.sh', '.py', '.mjs'].map((extension) => name + extension)
const listFailed = inThreeLanguages('list_failed')
const countSteps = inThreeLanguages('count_steps')
const transports = [
  {
    module: 'adapter', shown: 'list_steps.sh', others: ['ListSteps.java', 'list_steps.go', 'list_steps.mjs', 'list_steps.py'],
    more: [...listFailed, ...countSteps], front: restFront,
  },
  { module: 'proto', shown: 'list_steps.py', others: ['ListSteps.java', 'list_steps.go', 'list_steps.mjs'], more: [], front: grpcFront },
]
for (const { module, shown, others, more, front } of transports) {
  describe(`${module}/clients`, { concurrency: 2 }, () => {
    const programs = [shown, ...others]
    const readme = readFileSync(`${module}/README.md`, 'utf8')

    test('are these programs', () => {
      const files = readdirSync(`${module}/clients`).filter((name) => path.extname(name) in runners && !special.includes(name))
      assert.deepEqual(files.toSorted(), [...programs, ...more].toSorted())
    })
    test(`the README shows ${shown} whole and links the others`, () => {
      const [, block] = readme.match(/^```(?:sh|python)\n(.*?)^```$/ms)
      assert.equal(block, readFileSync(`${module}/clients/${shown}`, 'utf8'))
      programs.concat(more).forEach((name) => assert.ok(readme.includes(`](clients/${name})`), name))
    })

    for (const name of programs) describe(name, () => {
      const file = `${module}/clients/${name}`
      const command = runners[path.extname(name)](file)
      const ask = (address) => run(command, { KEY: ACME_KEY, BASE: `http://${address}`, TARGET: address })

      before(async () => {
        if (!name.endsWith('.go')) return
        const { code, stderr } = await run(['go', 'build', '-o', command[0], file])
        assert.equal(code, 0, stderr)
      })

      test('lists everything', async () => {
        const { code, stdout, stderr } = await run(command, { KEY: ACME_KEY })
        assert.equal(code, 0, stderr)
        assert.equal(stdout, expected)
      })

      test('waits as long as it is told', async () => {
        const busy = { 2: { limited: false, after: 2 }, 4: { limited: true, after: 2 } }
        const between = await front((n) => busy[n])
        const { code, stdout, stderr } = await ask(between.address)
        between.close()
        assert.equal(code, 0, stderr)
        assert.equal(stdout, expected)
        const waits = gaps(between.times)
        assert.ok(waits[1] >= 2 && waits[3] >= 2, String(waits))
      })

      test('gives up after five tries, each later than the one before', async () => {
        const between = await front(() => ({ limited: false, after: 0 }))
        const { code, stdout, stderr } = await ask(between.address)
        between.close()
        assert.notEqual(code, 0)
        assert.equal(stdout, '')
        assert.match(stderr, /busy/)
        assert.equal(between.times.length, 5)
        const waits = gaps(between.times)
        waits.forEach((wait, i) => assert.ok(wait >= 0.49 * 2 ** i, String(waits)))
      })
    })
  })
}

// Written anew, from the rows of the plain list.
function failedSince(time) {
  const compared = (a, b) => Buffer.from(a).compare(Buffer.from(b))
  const sixDecimals = (end) => end.slice(0, -1).padEnd(20, '.').padEnd(26, '0')
  return all
    .filter(({ lifecycle }) => lifecycle.status === 'error')
    .map((step) => ({ ...step, end: step.completed_at ?? step.started_at ?? step.created_at }))
    .filter(({ end }) => end !== null && Date.parse(end) >= Date.parse(time))
    .toSorted((a, b) => compared(sixDecimals(b.end), sixDecimals(a.end)) || compared(b.step_id, a.step_id) || compared(b.run_id, a.run_id))
    .map(({ run_id, step_id, lifecycle }) => `${run_id} ${step_id} ${lifecycle.message}\n`)
    .join('')
}

const day = (milliseconds) => new Date(milliseconds).toISOString().slice(0, 10)

for (const name of listFailed) describe(`adapter/clients/${name}`, () => {
  const command = runners[path.extname(name)](`adapter/clients/${name}`)

  test('prints what failed since a date or a time, the newest first', async () => {
    for (const since of ['2018-01-01', '2024-01-19', '2024-01-19T21:26:51+01:00']) {
      const { code, stdout, stderr } = await run([...command, since], { KEY: ACME_KEY })
      assert.equal(code, 0, stderr)
      assert.notEqual(stdout, '')
      assert.equal(stdout, failedSince(since))
    }
  })

  test('asks since yesterday unless told otherwise, and follows the cursors', async () => {
    const asked = []
    const server = http.createServer((request, response) => {
      asked.push(new URL(request.url, 'http://front').searchParams)
      const step = { run_id: 'run', step_id: `step-${asked.length}`, lifecycle: { status: 'error', message: 'no disk' } }
      const list_metadata = { before: null, after: asked.length < 3 ? `c+${asked.length}` : null }
      response.writeHead(200, { 'Content-Type': 'application/json' })
      response.end(JSON.stringify({ data: [step], list_metadata }))
    })
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    const before = day(Date.now() - 86_400_000)
    const { code, stdout, stderr } = await run(command, { KEY: 'key', BASE: `http://127.0.0.1:${server.address().port}` })
    const after = day(Date.now() - 86_400_000)
    server.close()
    server.closeAllConnections()
    assert.equal(code, 0, stderr)
    assert.equal(stdout, 'run step-1 no disk\nrun step-2 no disk\nrun step-3 no disk\n')
    asked.forEach((parameters, i) => {
      const { from_date, after: cursor, ...others } = Object.fromEntries(parameters)
      assert.ok([before, after].includes(from_date), from_date)
      assert.equal(cursor, i > 0 ? `c+${i}` : undefined)
      assert.deepEqual(others, { status: 'error', sort_by: 'ended_at', order: 'desc', view: 'basic', limit: '100' })
    })
  })

  test('waits when the server is busy', async () => {
    const between = await restFront((n) => (n === 1 ? { limited: true, after: 1 } : undefined))
    const { code, stdout, stderr } = await run([...command, '2018-01-01'], { KEY: ACME_KEY, BASE: `http://${between.address}` })
    between.close()
    assert.equal(code, 0, stderr)
    assert.equal(stdout, failedSince('2018-01-01'))
    assert.ok(gaps(between.times)[0] >= 1, String(between.times))
  })
})

// The order in which counts come.
const states = ['pending', 'queued', 'running', 'completed', 'awaiting_review', 'error', 'skipped', 'cancelled', 'waiting_for_human']

function counted(kept) {
  const steps = all.filter(kept)
  const numbers = states.map((state) => [state, steps.filter(({ lifecycle }) => lifecycle.status === state).length])
  return [...numbers.filter(([, number]) => number > 0), ['all', steps.length]].map((line) => `${line.join(' ')}\n`).join('')
}

for (const name of countSteps) describe(`adapter/clients/${name}`, () => {
  const command = runners[path.extname(name)](`adapter/clients/${name}`)

  test('counts everything, and what filters keep', async () => {
    const { run_id } = all.at(-1)
    const filters = [
      [[], () => true],
      [['exclude_status=completed,error'], ({ lifecycle }) => !['completed', 'error'].includes(lifecycle.status)],
      [['block_type=extract', 'block_type=parse'], ({ block_type }) => ['extract', 'parse'].includes(block_type)],
      [[`run_id=${run_id}`, 'from_date=2018-01-01T00:00:00+01:00'], (step) => step.run_id === run_id && step.started_at !== null],
      [['block_id=a=b c'], () => false],
    ]
    for (const [words, kept] of filters) {
      const { code, stdout, stderr } = await run([...command, ...words], { KEY: ACME_KEY })
      assert.equal(code, 0, stderr)
      assert.equal(stdout, counted(kept))
    }
  })

  test('says where a number is only a lower bound, and waits when the server is busy', async () => {
    let asked = 0
    const server = http.createServer((request, response) => {
      if (asked++ === 0) {
        response.writeHead(503, { 'Content-Type': 'application/json', 'Retry-After': 0 })
        return response.end('{"detail":{"code":"busy","message":"busy","details":{}}}')
      }
      const data = [{ status: 'running', count: 3, exact: true }, { status: 'completed', count: 10_000, exact: false }]
      response.writeHead(200, { 'Content-Type': 'application/json' })
      response.end(JSON.stringify({ data, total: { count: 10_003, exact: false } }))
    })
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { code, stdout, stderr } = await run(command, { KEY: 'key', BASE: `http://127.0.0.1:${server.address().port}` })
    server.close()
    server.closeAllConnections()
    assert.equal(code, 0, stderr)
    assert.equal(stdout, 'running 3\ncompleted 10000+\nall 10003+\n')
    assert.equal(asked, 2)
  })

  test('gives the error of a filter that is wrong', async () => {
    const { code, stdout, stderr } = await run([...command, 'statuses=error'], { KEY: ACME_KEY })
    assert.notEqual(code, 0)
    assert.equal(stdout, '')
    assert.match(stderr, /unknown_parameter/)
  })
})

test("README.md's buf curl finds the method by reflection", async () => {
  const [printed] = readFileSync('README.md', 'utf8').match(/^ {4}npx -y @bufbuild\/buf curl .*\n.*$/m)
  const command = printed
    .replace('npx -y @bufbuild/buf', '.ci/node_modules/.bin/buf')
    .replace('DATA/demo/key', `${DATA}/demo/key`)
    .replace('127.0.0.1:50051', TARGET)
  const { code, stdout, stderr } = await run(['bash', '-c', command])
  assert.equal(code, 0, stderr)
  const answer = await fetch(`${BASE}/v1/workflows/steps?run_id=run_abc123xyz`, { headers: { 'Api-Key': KEY } })
  const [bufSteps, restSteps] = [JSON.parse(stdout).data, (await answer.json()).data]
  assert.equal(bufSteps.length, 2)
  assert.deepEqual(bufSteps.map(({ stepId }) => stepId), restSteps.map(({ step_id }) => step_id))
  const { data } = bufSteps[0].handleOutputs['output-json-0']
  assert.deepEqual(JSON.parse(Buffer.from(data, 'base64')), restSteps[0].handle_outputs['output-json-0'].data)
})
