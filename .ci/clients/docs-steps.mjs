// Steps for the test of /docs: one whose payload no JSON parser of a browser gives back as it was, and a run of a thousand.
const payloads = {
  numbers: '{"id":9007199254740993,"amount":1234.50,"huge":1e400,"zero":-0.0}',
  keys: '{"same":1,"same":2}',
  text: String.raw`{"quoted":"{\"a\":[1,2]}, \\","escaped":"\u00e9\/","raw":"é <b>&amp;</b> 😀"}`,
  spaced: '{ "kept" :\t[1 ,2],\t"empty":[ ] , "none":{}}',
}
const outputs = Object.entries(payloads).map(([name, data]) => `"output-json-${name}":{"type":"json","data":${data}}`)

const time = (i) => new Date(Date.UTC(2026, 2, 12, 9, 0, i)).toISOString()
const line = (run, block, i, handles) =>
  `{"run_id":"${run}","block_id":"${block}","step_id":"${block}-${i}","block_type":"extract","block_label":"Extract",` +
  `"lifecycle":{"status":"completed"},"started_at":"${time(i)}","completed_at":"${time(i + 1)}",` +
  `"handle_outputs":{${handles}},"handle_inputs":{},"created_at":"${time(i)}"}`

console.log(line('run_bytes', 'bytes', 0, outputs.join()))
for (let i = 0; i < 1000; i++) {
  const items = Array.from({ length: 10 }, (_, n) => `{"line":${n},"description":"item ${i}.${n}","price":${n}.50}`)
  console.log(line('run_thousand', 'extract', i, `"output-json-0":{"type":"json","data":{"number":${i},"items":[${items}]}}`))
}
