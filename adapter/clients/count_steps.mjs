// Prints how many steps are in each status, and in all; a plus after a number means "at least". The arguments are filters:
// workflow_id=wf_1 from_date=2026-11-01. KEY is the API key; BASE is the address, http://127.0.0.1:8080 unless set.
const url = new URL('/v1/workflows/steps:count', process.env.BASE ?? 'http://127.0.0.1:8080')
for (const argument of process.argv.slice(2)) {
  const [name, ...value] = argument.split('=')
  url.searchParams.append(name, value.join('='))
}

async function get() {
  for (let wait = 0.5; ; wait *= 2) {
    const response = await fetch(url, { headers: { 'Api-Key': process.env.KEY }, signal: AbortSignal.timeout(30_000) })
    if (response.ok) return response.json()
    if (![429, 503].includes(response.status) || wait > 4) throw new Error(`${response.status} ${await response.text()}`)
    const seconds = Math.max(wait, Number(response.headers.get('Retry-After')))
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  }
}

const { data, total } = await get()
for (const { status, count, exact } of [...data, { status: 'all', ...total }]) {
  console.log(status, `${count}${exact ? '' : '+'}`)
}
