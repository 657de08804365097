// Prints every step of the organization, page after page.
// KEY is the API key; TARGET is the address, 127.0.0.1:50051 unless set.
import grpc from '@grpc/grpc-js'
import loader from '@grpc/proto-loader'

const types = loader.loadSync(
  ['workflows/v1/steps_service.proto', 'google/rpc/status.proto', 'google/rpc/error_details.proto'],
  { includeDirs: ['proto/src/main/proto', 'proto/target/google-protos'], keepCase: true, defaults: true },
)
const { WorkflowStepsService } = grpc.loadPackageDefinition(types).workflows.v1
const client = new WorkflowStepsService(process.env.TARGET ?? '127.0.0.1:50051', grpc.credentials.createInsecure())
const metadata = new grpc.Metadata()
metadata.set('api-key', process.env.KEY)

function retryDelay(error) {
  const [status] = error.metadata?.get('grpc-status-details-bin') ?? []
  const details = status ? types['google.rpc.Status'].deserialize(status).details : []
  const info = details.find((detail) => detail.type_url.endsWith('/google.rpc.RetryInfo'))
  if (!info) return undefined
  const { seconds, nanos } = types['google.rpc.RetryInfo'].deserialize(info.value).retry_delay
  return Number(seconds) + nanos / 1e9
}

const list = (request) =>
  new Promise((resolve, reject) =>
    client.ListWorkflowSteps(request, metadata, { deadline: Date.now() + 10_000 }, (error, page) =>
      error ? reject(error) : resolve(page)))

async function pageOf(request) {
  for (let wait = 0.5; ; wait *= 2) {
    try {
      return await list(request)
    } catch (error) {
      const delay = retryDelay(error)
      const retry = delay !== undefined || error.code === grpc.status.UNAVAILABLE
      if (!retry || wait > 4) throw error
      await new Promise((resolve) => setTimeout(resolve, Math.max(wait, delay ?? 0) * 1000))
    }
  }
}

const request = { limit: 100 }
do {
  const page = await pageOf(request)
  for (const step of page.data) console.log(step.run_id, step.step_id)
  request.after = page.list_metadata.after
} while (request.after !== undefined)
client.close()
