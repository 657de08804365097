// Prints two steps with payloads of 2.5 and 5 MB.
for (const [id, megabytes] of [['large', 2.5], ['larger', 5]]) {
  console.log(
    JSON.stringify({
      run_id: 'run_large', block_id: id, step_id: id, block_type: 'extract', block_label: id,
      lifecycle: { status: 'completed' }, artifact: null,
      started_at: '2026-03-12T09:00:00Z', completed_at: '2026-03-12T09:00:03Z',
      handle_outputs: { 'output-json-0': { type: 'json', data: id[0].repeat(megabytes * 1e6) } },
      handle_inputs: {}, created_at: '2026-03-12T09:00:00Z',
    }),
  )
}
