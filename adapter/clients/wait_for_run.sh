#!/usr/bin/env bash
# Waits until every step of run RUN has ended. Prints those that have not, each time they change.
# KEY is the API key; BASE is the address, http://127.0.0.1:8080 unless set.
set -u
url=${BASE:-http://127.0.0.1:8080}/v1/workflows/steps page=$(mktemp) etag=$(mktemp)
while :; do
  # While nothing changes, the response is a 304 without a body, and curl leaves both files as they are.
  code=$(curl -sS --fail-with-body --retry 4 -o "$page" -w '%{http_code}' --etag-compare "$etag" --etag-save "$etag" -G \
    -H "Api-Key: $KEY" -d limit=1000 -d view=basic -d exclude_status=completed,error,skipped,cancelled \
    --data-urlencode "run_id=$RUN" "$url") || { cat "$page" >&2; exit 1; }
  [ "$code" = 304 ] || jq -r '.data[] | "\(.step_id) \(.lifecycle.status)"' "$page"
  jq -e '.data == []' "$page" >/dev/null && break
  sleep 2
done
rm "$page" "$etag"
