# Prints the steps that failed since yesterday (UTC), the newest first, each with its error; or since the date or time
# that is the argument. KEY is the API key; BASE is the address, http://127.0.0.1:8080 unless set.
import json
import os
import sys
import time
from datetime import datetime, timedelta, timezone
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

STEPS = os.environ.get("BASE", "http://127.0.0.1:8080") + "/v1/workflows/steps?"


def get(parameters):
    request = Request(STEPS + urlencode(parameters), headers={"Api-Key": os.environ["KEY"]})
    for wait in (0.5, 1, 2, 4, None):
        try:
            with urlopen(request, timeout=30) as response:
                return json.load(response)
        except HTTPError as error:
            if error.code not in (429, 503) or wait is None:
                raise SystemExit(f"{error.code} {error.read().decode()}")
            time.sleep(max(wait, float(error.headers.get("Retry-After", 0))))


yesterday = (datetime.now(timezone.utc) - timedelta(days=1)).date().isoformat()
parameters = {
    "status": "error",
    "sort_by": "ended_at",
    "from_date": sys.argv[1] if len(sys.argv) > 1 else yesterday,
    "order": "desc",
    "view": "basic",
    "limit": 100,
}
while True:
    page = get(parameters)
    for step in page["data"]:
        print(step["run_id"], step["step_id"], step["lifecycle"]["message"])
    if page["list_metadata"]["after"] is None:
        break
    parameters["after"] = page["list_metadata"]["after"]
