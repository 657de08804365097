// A public client that is typed by an OpenAPI document, and passes parameters through that its types don't know.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import createClient from 'openapi-fetch'

const { BASE, ACME_KEY } = process.env
const client = createClient({ baseUrl: BASE, headers: { 'Api-Key': ACME_KEY } })
const list = (query) => client.GET('/v1/workflows/steps', { params: { query } })

const byEnd = { status: ['error', 'cancelled'], sort_by: 'ended_at', from_date: '2018-01-01T00:00:00+01:00', order: 'desc', view: 'basic' }

test('lists by the end, page after page, in the basic view', async () => {
  const { data: whole } = await list({ ...byEnd, limit: 1000 })
  assert.ok(whole.data.length > 2)
  assert.equal(whole.list_metadata.after, null)
  for (const step of whole.data) {
    assert.ok(['error', 'cancelled'].includes(step.lifecycle.status))
    assert.ok(!('handle_outputs' in step))
  }
  const steps = []
  for (let after; after !== null; ) {
    const { data: page } = await list({ ...byEnd, limit: 2, after })
    steps.push(...page.data)
    after = page.list_metadata.after
  }
  assert.deepEqual(steps, whole.data)
})

test('counts what it lists', async () => {
  const { data } = await client.GET('/v1/workflows/steps:count', { params: { query: { exclude_status: ['completed', 'error'] } } })
  const { data: page } = await list({ exclude_status: ['completed', 'error'], limit: 1000 })
  assert.deepEqual(data.total, { count: page.data.length, exact: true })
  for (const { status, count } of data.data) {
    assert.equal(count, page.data.filter(({ lifecycle }) => lifecycle.status === status).length)
  }
})

test('gets one step', async () => {
  const { data: { data: [expected] } } = await list({ limit: 1 })
  const { run_id, step_id } = expected
  const { data } = await client.GET('/v1/workflows/steps/{step_id}', { params: { path: { step_id }, query: { run_id } } })
  assert.deepEqual(data, expected)
})

test('is told which parameter there is instead of one that there is not', async () => {
  const { error, response } = await list({ statuses: ['error'] })
  assert.equal(response.status, 422)
  assert.equal(error.detail.code, 'unknown_parameter')
  assert.equal(error.detail.details.violations[0].suggestion, 'status')
})
