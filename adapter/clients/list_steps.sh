#!/usr/bin/env bash
# Prints every step of the organization, page after page.
# KEY is the API key; BASE is the address, http://127.0.0.1:8080 unless set.
set -u
url=${BASE:-http://127.0.0.1:8080}/v1/workflows/steps page=$(mktemp) after=
while :; do
  # curl waits 1, 2, 4 and 8 seconds before its retries, or as long as Retry-After says.
  curl -sS --fail-with-body --retry 4 -o "$page" -G -H "Api-Key: $KEY" -d limit=100 \
    ${after:+--data-urlencode "after=$after"} "$url" || { cat "$page" >&2; exit 1; }
  jq -r '.data[] | "\(.run_id) \(.step_id)"' "$page"
  after=$(jq -r '.list_metadata.after // empty' "$page")
  [ -n "$after" ] || break
done
rm "$page"
