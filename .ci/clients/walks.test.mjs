import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import { close, overGrpc, overRest, rows, walk, walkBack } from './transports.mjs'

after(close)

let forwards
before(async () => {
  forwards = await walk(overRest.steps, { limit: 1000 })
})

/** deepEqual of everything at once would print everything. */
function sameRows(actual, expected) {
  assert.equal(actual.length, expected.length)
  actual.forEach((row, i) => assert.deepEqual(row, expected[i]))
}

const name = ({ run_id, step_id }) => `${run_id} ${step_id}`
const withheld = ({ handle_outputs, handle_inputs }) =>
  [...Object.values(handle_outputs), ...Object.values(handle_inputs)].some(({ unavailable }) => unavailable)

test('REST lists every step once', () => {
  const names = rows(forwards).map(name)
  assert.equal(names.length, Number(process.env.STEPS))
  assert.equal(new Set(names).size, names.length)
})

test('gRPC lists the same steps in the same order with the same payload bytes', async () => {
  sameRows(rows(await walk(overGrpc.steps, { limit: 1000 })), rows(forwards))
})

test('the payloads are such that a parser would not have kept their bytes', () => {
  const payloads = rows(forwards).flatMap((step) => Object.values(step.handle_outputs)).flatMap(({ data }) => data ?? [])
  assert.ok(payloads.some((data) => JSON.stringify(JSON.parse(data)) !== String(data)))
})

test('gRPC lists them in the same order in pages of another size', async () => {
  const pages = await walk(overGrpc.steps, { limit: 333 })
  assert.deepEqual(rows(pages).map(name), rows(forwards).map(name))
})

test('both walk back the way they came', async () => {
  for (const transport of [overRest, overGrpc]) {
    const there = await walk(transport.steps, { limit: 700 })
    const back = await walkBack(transport.steps, { limit: 700 }, there.at(-1))
    assert.deepEqual(rows(back).map(name), rows(forwards).map(name))
  }
})

test('both list the reverse', async () => {
  const names = rows(forwards).map(name).reverse()
  for (const transport of [overRest, overGrpc]) {
    assert.deepEqual(rows(await walk(transport.steps, { limit: 1000, order: 'desc' })).map(name), names)
  }
})

test('both walk one run by the step ids of its steps', async () => {
  const [{ run_id }] = rows(forwards).filter(({ started_at }) => started_at)
  const expected = rows(forwards).filter((step) => step.run_id === run_id)
  for (const transport of [overRest, overGrpc]) {
    const there = await walk(transport.steps, { run_id, limit: 2 })
    sameRows(rows(there), expected)
    sameRows(rows(await walkBack(transport.steps, { run_id, limit: 2 }, there.at(-1))), expected)
  }
})

test('a page with more bytes than a client takes by default comes in parts, and what fits no page comes by itself', async () => {
  const pages = await walk(overGrpc.steps, { run_id: 'run_large' })
  assert.deepEqual(pages.map((page) => page.rows.length), [1, 1])
  const [large, larger] = rows(pages)
  assert.equal(withheld(large), false)
  const { data, unavailable } = larger.handle_outputs['output-json-0']
  assert.equal(String(data), 'null')
  assert.equal(unavailable.reason, 'too_large')
  const whole = await overGrpc.step('run_large', 'larger')
  assert.deepEqual(whole, await overRest.step('run_large', 'larger'))
  const payload = whole.handle_outputs['output-json-0'].data
  assert.equal(payload.length, unavailable.size_bytes)
  assert.equal(createHash('sha256').update(payload).digest('hex'), unavailable.sha256)
})

test('what no page could hold comes whole by itself, over both alike', async () => {
  const steps = rows(forwards).filter(withheld)
  assert.notEqual(steps.length, 0)
  for (const { run_id, step_id } of steps) {
    const step = await overGrpc.step(run_id, step_id)
    assert.equal(withheld(step), false)
    assert.deepEqual(step, await overRest.step(run_id, step_id))
  }
})

test('both list the same artifact records, byte for byte, there and back', async () => {
  const runs = [...new Set(rows(forwards).map(({ run_id }) => run_id))]
  let records = 0
  async function compare(run_id) {
    const there = await walk(overRest.artifacts, { run_id, limit: 200 })
    const expected = rows(there)
    const other = await walk(overGrpc.artifacts, { run_id, limit: 150 })
    sameRows(rows(other), expected)
    sameRows(rows(await walkBack(overRest.artifacts, { run_id, limit: 200 }, there.at(-1))), expected)
    sameRows(rows(await walkBack(overGrpc.artifacts, { run_id, limit: 150 }, other.at(-1))), expected)
    records += expected.length
  }
  while (runs.length) await Promise.all(runs.splice(0, 8).map(compare))
  assert.equal(records, Number(process.env.ARTIFACTS))
})

test('both get the same artifact record', async () => {
  const [{ run_id, step_id, artifact }] = rows(forwards).filter((step) => step.artifact && step.run_id !== 'run_abc123xyz')
  const [record] = (await overRest.artifacts({ run_id, step_id })).rows
  assert.equal(JSON.parse(record).id, artifact.id)
  assert.deepEqual(await overRest.artifact(artifact.id), record)
  assert.deepEqual(await overGrpc.artifact(artifact.id), record)
})

test('both refuse the same for the same reason', async () => {
  const questions = [
    ['steps', { limit: 0 }, 'invalid_value'],
    ['steps', { status: 'done' }, 'invalid_value'],
    ['steps', { run_id: '' }, 'empty_value'],
    ['steps', { after: 'nowhere' }, 'cursor_not_found'],
    ['artifacts', {}, 'missing_filter'],
    ['artifact', 'nothing', 'artifact_not_found'],
  ]
  for (const [method, question, reason] of questions) {
    const restError = await overRest[method](question).catch((error) => error)
    const list = question.status ? { ...question, status: [question.status] } : question
    const grpcError = await overGrpc[method](list).catch((error) => error)
    assert.equal(restError.reason, reason)
    assert.equal(grpcError.reason, reason)
    assert.equal(grpcError.details, restError.message)
  }
})
