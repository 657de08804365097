// Stands between a client and the server, and is busy now and then: `trouble(n)` says what the nth request gets instead
// of an answer, { limited, after }, or nothing. The times at which requests came are kept, and what HTTP answered.
import http from 'node:http'
import grpc from '@grpc/grpc-js'
import { types } from './transports.mjs'

const { BASE, TARGET } = process.env

export async function restFront(trouble) {
  const times = []
  const codes = []
  const server = http.createServer((request, response) => {
    const { limited, after } = trouble(times.push(performance.now())) ?? {}
    if (limited !== undefined) {
      response.writeHead(limited ? 429 : 503, { 'Content-Type': 'application/json', 'Retry-After': after })
      return response.end('{"detail":{"code":"busy","message":"busy","details":{}}}')
    }
    // What is said to the front alone: Java offers it to go on in HTTP/2.
    const { host, connection, upgrade, 'http2-settings': settings, ...headers } = request.headers
    http.get(BASE + request.url, { headers }, (answer) => {
      codes.push(answer.statusCode)
      response.writeHead(answer.statusCode, answer.rawHeaders)
      answer.pipe(response)
    })
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    times,
    codes,
    address: `127.0.0.1:${server.address().port}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

function varint(number) {
  return number < 128 ? [number] : [(number & 127) | 128, ...varint(number >> 7)]
}

/** A length-delimited field. */
const field = (number, bytes) => Buffer.from([number * 8 + 2, ...varint(bytes.length), ...bytes])

function busy(code, seconds) {
  const retryInfo = field(1, [8, seconds])
  const any = [field(1, Buffer.from('type.googleapis.com/google.rpc.RetryInfo')), field(2, retryInfo)]
  const metadata = new grpc.Metadata()
  metadata.set('grpc-status-details-bin', Buffer.concat([Buffer.from([8, code]), field(2, Buffer.from('busy')), field(3, Buffer.concat(any))]))
  return { code, details: 'busy', metadata }
}

export async function grpcFront(trouble) {
  const times = []
  const same = (bytes) => bytes
  const upstream = new grpc.Client(TARGET, grpc.credentials.createInsecure())
  const definition = types['workflows.v1.WorkflowStepsService'].ListWorkflowSteps
  const method = { ...definition, requestSerialize: same, requestDeserialize: same, responseSerialize: same, responseDeserialize: same }
  const server = new grpc.Server()
  server.addService({ ListWorkflowSteps: method }, {
    ListWorkflowSteps(call, callback) {
      const { limited, after } = trouble(times.push(performance.now())) ?? {}
      if (limited !== undefined) {
        return callback(busy(limited ? grpc.status.RESOURCE_EXHAUSTED : grpc.status.UNAVAILABLE, after))
      }
      upstream.makeUnaryRequest(method.path, same, same, call.request, call.metadata, callback)
    },
  })
  const port = await new Promise((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))),
  )
  return {
    times,
    address: `127.0.0.1:${port}`,
    close() {
      upstream.close()
      server.forceShutdown()
    },
  }
}
