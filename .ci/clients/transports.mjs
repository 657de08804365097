// The same lists over REST and over gRPC. Both give pages of rows in one form, in which payloads and artifact records
// are the bytes that came, and everything else is as REST spells it.
import grpc from '@grpc/grpc-js'
import loader from '@grpc/proto-loader'
import { elements, members } from './json.mjs'

const { BASE, TARGET, KEY } = process.env
export const types = loader.loadSync(
  ['workflows/v1/steps_service.proto', 'workflows/v1/artifacts_service.proto', 'workflows/v1/errors.proto',
    'google/rpc/status.proto', 'google/rpc/error_details.proto'],
  { includeDirs: ['proto/src/main/proto', 'proto/target/google-protos'], keepCase: true, defaults: true, enums: String },
)
const services = grpc.loadPackageDefinition(types).workflows.v1

// REST

async function rest(path, query = {}) {
  const url = new URL(path, BASE)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  const answer = await fetch(url, { headers: { 'Api-Key': KEY } })
  const text = Buffer.from(await answer.arrayBuffer())
  const parsed = JSON.parse(text)
  if (!answer.ok) throw Object.assign(new Error(parsed.detail.message), { reason: parsed.detail.code, detail: parsed.detail })
  return { text, parsed }
}

async function restPage(path, query, row) {
  const { text, parsed } = await rest(path, query)
  return { rows: elements(members(text).get('data')).map(row), metadata: parsed.list_metadata }
}

/** The parsed step with the payloads' own text in it. */
function restStep(text) {
  const step = JSON.parse(text)
  const raw = members(text)
  for (const side of ['handle_outputs', 'handle_inputs']) {
    for (const [name, handle] of members(raw.get(side))) {
      const data = members(handle).get('data')
      if (data) step[side][name].data = data
    }
  }
  const details = members(raw.get('lifecycle')).get('details')
  const context = details && members(details).get('context')
  if (context) step.lifecycle.details.context = context
  return step
}

export const overRest = {
  steps: (query) => restPage('/v1/workflows/steps', query, restStep),
  step: async (run_id, step_id) =>
    restStep((await rest(`/v1/workflows/steps/${encodeURIComponent(step_id)}`, { run_id })).text),
  artifacts: (query) => restPage('/v1/workflows/artifacts', query, (text) => text),
  artifact: async (id) => (await rest(`/v1/workflows/artifacts/${encodeURIComponent(id)}`)).text,
}

// gRPC, with the limits that clients have by default

const metadata = new grpc.Metadata()
metadata.set('api-key', KEY)

function stubs(options) {
  const credentials = grpc.credentials.createInsecure()
  return [services.WorkflowStepsService, services.WorkflowArtifactsService].map((Stub) => new Stub(TARGET, credentials, options))
}

const [stepsStub, artifactsStub] = stubs({})
const [roomyStub] = stubs({ 'grpc.max_receive_message_length': 64 << 20 })

export function close() {
  for (const stub of [stepsStub, artifactsStub, roomyStub]) stub.close()
}

/** An error has the reason as REST spells it. */
function call(stub, method, request) {
  return new Promise((resolve, reject) => {
    stub[method](request, metadata, { deadline: Date.now() + 30_000 }, (error, answer) => {
      if (!error) return resolve(answer)
      const [status] = error.metadata?.get('grpc-status-details-bin') ?? []
      const info = status && types['google.rpc.Status'].deserialize(status).details
        .find(({ type_url }) => type_url.endsWith('/google.rpc.ErrorInfo'))
      error.reason = info && types['google.rpc.ErrorInfo'].deserialize(info.value).reason.toLowerCase()
      reject(error)
    })
  })
}

async function grpcPage(stub, method, query, row) {
  const { data, list_metadata } = await call(stub, method, query)
  const { before = null, after = null } = list_metadata
  return { rows: data.map(row), metadata: { before, after } }
}

function time(timestamp) {
  if (!timestamp) return null
  const seconds = new Date(Number(timestamp.seconds) * 1000).toISOString().slice(0, 19)
  const micros = String(timestamp.nanos / 1000).padStart(6, '0')
  return seconds + (timestamp.nanos === 0 ? '' : '.' + micros.replace(/000$/, '')) + 'Z'
}

/** Without the names whose value says nothing. */
function without(message, ...names) {
  const says = (value) => value !== null && value !== 0 && value?.length !== 0
  return Object.fromEntries(Object.entries(message).filter(([name, value]) => !names.includes(name) || says(value)))
}

function handle({ unavailable, ...message }) {
  if (unavailable) message.unavailable = { size_bytes: null, sha256: null, ...unavailable }
  return without(message, 'document')
}

const handles = (map) => Object.fromEntries(Object.entries(map).map(([name, message]) => [name, handle(message)]))

function grpcStep(message) {
  const step = {
    ...message,
    lifecycle: without(message.lifecycle, 'details'),
    started_at: time(message.started_at),
    completed_at: time(message.completed_at),
    created_at: time(message.created_at),
    handle_outputs: handles(message.handle_outputs),
    handle_inputs: handles(message.handle_inputs),
    loop_containers: message.loop_containers.map((loop) => ({ parallel_item_index: null, ...loop })),
  }
  return without(step, 'loop_containers', 'retry_count')
}

export const overGrpc = {
  steps: (query) => grpcPage(stepsStub, 'ListWorkflowSteps', query, grpcStep),
  step: async (run_id, step_id) => grpcStep((await call(roomyStub, 'GetWorkflowStep', { run_id, step_id })).step),
  artifacts: (query) => grpcPage(artifactsStub, 'ListWorkflowArtifacts', query, ({ record }) => record),
  artifact: async (artifact_id) => (await call(artifactsStub, 'GetWorkflowArtifact', { artifact_id })).artifact.record,
}

/** Page after page, and back again from the last one. */
export async function walk(list, query) {
  const pages = []
  for (let cursor = {}; cursor; ) {
    const page = await list({ ...query, ...cursor })
    pages.push(page)
    cursor = page.metadata.after !== null && { after: page.metadata.after }
  }
  return pages
}

export async function walkBack(list, query, last) {
  const pages = [last]
  while (pages[0].metadata.before !== null) pages.unshift(await list({ ...query, before: pages[0].metadata.before }))
  return pages
}

export const rows = (pages) => pages.flatMap((page) => page.rows)
