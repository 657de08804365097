#!/usr/bin/env bash
# Prints the steps that failed since yesterday (UTC), the newest first, each with its error; or since the date or time
# that is the argument. KEY is the API key; BASE is the address, http://127.0.0.1:8080 unless set.
set -u
url=${BASE:-http://127.0.0.1:8080}/v1/workflows/steps page=$(mktemp) after=
since=${1:-$(date -u -d yesterday +%F)} # GNU date; on macOS: date -u -v-1d +%F
while :; do
  # --data-urlencode writes the plus of an offset as %2B.
  curl -sS --fail-with-body --retry 4 -o "$page" -G -H "Api-Key: $KEY" -d status=error -d sort_by=ended_at \
    --data-urlencode "from_date=$since" -d order=desc -d view=basic -d limit=100 \
    ${after:+--data-urlencode "after=$after"} "$url" || { cat "$page" >&2; exit 1; }
  jq -r '.data[] | "\(.run_id) \(.step_id) \(.lifecycle.message)"' "$page"
  after=$(jq -r '.list_metadata.after // empty' "$page")
  [ -n "$after" ] || break
done
rm "$page"
