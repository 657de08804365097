// wait_for_run.sh while the steps of a run go on: it is sent a body only when something changed.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, test } from 'node:test'
import grpc from '@grpc/grpc-js'
import { restFront } from './fronts.mjs'
import { types } from './transports.mjs'

const { TARGET, ACME_KEY } = process.env
const run_id = 'run_waited_for'
const program = 'adapter/clients/wait_for_run.sh'

const { WorkflowStepsService } = grpc.loadPackageDefinition(types).workflows.v1
const stub = new WorkflowStepsService(TARGET, grpc.credentials.createInsecure())
const metadata = new grpc.Metadata()
metadata.set('api-key', ACME_KEY)
after(() => stub.close())

function record(step_id, status, reason, run = run_id) {
  const step = { run_id: run, step_id, block_id: step_id, block_type: 'extract', lifecycle: { status, reason } }
  return new Promise((resolve, reject) =>
    stub.RecordWorkflowSteps({ steps: [step] }, metadata, (error, answer) => (error ? reject(error) : resolve(answer.results[0].outcome))),
  )
}

async function until(condition) {
  for (let i = 0; i < 600; i++) {
    if (condition()) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  assert.fail(`waited in vain for ${condition}`)
}

function run(KEY, front, more) {
  const env = { ...process.env, KEY, RUN: run_id, ...more, BASE: `http://${front.address}`, no_proxy: '127.0.0.1' }
  return new Promise((resolve) =>
    execFile('bash', [program], { env, timeout: 120_000 }, (error, stdout, stderr) => resolve({ code: error ? error.code : 0, stdout, stderr })),
  )
}

test(`${program} is sent a page only when it changed`, async () => {
  assert.equal(await record('a', 'running'), 'new')
  assert.equal(await record('b', 'pending'), 'new')
  const front = await restFront(() => undefined)
  const ended = run(ACME_KEY, front)
  const sent = (code) => front.codes.filter((each) => each === code).length

  await until(() => sent(304) > 1)
  assert.equal(await record('a', 'completed'), 'changed')
  // The first was of the look whether the run has steps at all.
  await until(() => sent(200) === 3)
  assert.equal(await record('b', 'cancelled', 'enough'), 'changed')
  const { code, stdout, stderr } = await ended
  front.close()

  assert.equal(code, 0, stderr)
  assert.equal(stdout, 'a running\nb pending\nb pending\n')
  assert.equal(sent(200), 4)
  assert.equal(sent(200) + sent(304), front.codes.length)
})

test(`${program} waits for the first step of a run`, async () => {
  const front = await restFront(() => undefined)
  const ended = run(ACME_KEY, front, { RUN: 'run_that_begins_later' })

  await until(() => front.codes.length > 1)
  assert.equal(await record('a', 'completed', undefined, 'run_that_begins_later'), 'new')
  const { code, stdout, stderr } = await ended
  front.close()

  assert.equal(code, 0, stderr)
  assert.equal(stdout, '')
})

test(`${program} reports a run that has no steps`, async () => {
  const front = await restFront(() => undefined)
  const { code, stdout, stderr } = await run(ACME_KEY, front, { RUN: 'run_unknown', WAIT: '1' })
  front.close()
  assert.equal(code, 1)
  assert.equal(stdout, '')
  assert.match(stderr, /^run run_unknown has no steps after \d+ s/)
})

test(`${program} says what is wrong`, async () => {
  const front = await restFront(() => undefined)
  const { code, stdout, stderr } = await run('wfs_wrong', front)
  front.close()
  assert.equal(code, 1)
  assert.equal(stdout, '')
  assert.match(stderr, /unauthenticated/)
})
