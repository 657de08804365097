// Prints every step of the organization, page after page.
// KEY is the API key; BASE is the address, http://127.0.0.1:8080 unless set.
const steps = new URL('/v1/workflows/steps?limit=100', process.env.BASE ?? 'http://127.0.0.1:8080')

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
  for (const step of page.data) console.log(step.run_id, step.step_id)
  after = page.list_metadata.after
}
