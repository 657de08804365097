#!/usr/bin/env bash
# Waits until every step of run RUN has ended. Prints those that have not, each time they change.
# A run without a step gets WAIT seconds to have one, 60 unless set.
# KEY is the API key; BASE is the address, http://127.0.0.1:8080 unless set.
set -u
url=${BASE:-http://127.0.0.1:8080}/v1/workflows/steps page=$(mktemp) etag=$(mktemp)
steps() {
  curl -sS --fail-with-body --retry 4 -o "$page" -G -H "Api-Key: $KEY" -d view=basic --data-urlencode "run_id=$RUN" \
    "$@" "$url" || { cat "$page" >&2; exit 1; }
}
is_empty() { jq -e '.data == []' "$page" >/dev/null; }

# A run that is unknown, or has not begun, has no step that has not ended either.
while steps -d limit=1 && is_empty; do
  [ "$SECONDS" -lt "${WAIT:-60}" ] || { echo "run $RUN has no steps after $SECONDS s: check its id" >&2; exit 1; }
  sleep 2
done
while :; do
  # While nothing changes, the response is a 304 without a body, and curl leaves both files as they are.
  code=$(steps -w '%{http_code}' --etag-compare "$etag" --etag-save "$etag" -d limit=1000 \
    -d exclude_status=completed,error,skipped,cancelled) || exit
  [ "$code" = 304 ] || jq -r '.data[] | "\(.step_id) \(.lifecycle.status)"' "$page"
  is_empty && break
  sleep 2
done
rm "$page" "$etag"
