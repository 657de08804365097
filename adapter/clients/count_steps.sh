#!/usr/bin/env bash
# Prints how many steps are in each status, and in all; a plus after a number means "at least". The arguments are filters:
# workflow_id=wf_1 from_date=2026-11-01. KEY is the API key; BASE is the address, http://127.0.0.1:8080 unless set.
set -u
url=${BASE:-http://127.0.0.1:8080}/v1/workflows/steps:count counts=$(mktemp)
for filter; do
  set -- "$@" --data-urlencode "$filter"
  shift
done
curl -sS --fail-with-body --retry 4 -o "$counts" -G -H "Api-Key: $KEY" "$@" "$url" || { cat "$counts" >&2; exit 1; }
jq -r '.data[], .total + {status: "all"} | "\(.status) \(.count)\(if .exact then "" else "+" end)"' "$counts"
rm "$counts"
