// Prints the steps that failed since yesterday (UTC), the newest first, each with its error; or since the date or time
// that is the argument. KEY is the API key; BASE is the address, http://127.0.0.1:8080 unless set.
const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)
const steps = new URL('/v1/workflows/steps', process.env.BASE ?? 'http://127.0.0.1:8080')
steps.search = new URLSearchParams({
  status: 'error',
  sort_by: 'ended_at',
  from_date: process.argv[2] ?? yesterday,
  order: 'desc',
  view: 'basic',
  limit: 100,
})

async function get(url) {
  for (let wait = 0.5; ; wait *= 2) {
    const response = await fetch(url, { headers: { 'Api-Key': process.env.KEY }, signal: AbortSignal.timeout(30_000) })
    if (response.ok) return response.json()
    if (![429, 503].includes(response.status) || wait > 4) throw new Error(`${response.status} ${await response.text()}`)
    const seconds = Math.max(wait, Number(response.headers.get('Retry-After')))
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  }
}

for (let after; after !== null; ) {
  if (after) steps.searchParams.set('after', after)
  const page = await get(steps)
  for (const step of page.data) console.log(step.run_id, step.step_id, step.lifecycle.message)
  after = page.list_metadata.after
}
