# Prints how many steps are in each status, and in all; a plus after a number means "at least". The arguments are filters:
# workflow_id=wf_1 from_date=2026-11-01. KEY is the API key; BASE is the address, http://127.0.0.1:8080 unless set.
import json
import os
import sys
import time
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

COUNT = os.environ.get("BASE", "http://127.0.0.1:8080") + "/v1/workflows/steps:count?"


def get(parameters):
    request = Request(COUNT + urlencode(parameters), headers={"Api-Key": os.environ["KEY"]})
    for wait in (0.5, 1, 2, 4, None):
        try:
            with urlopen(request, timeout=30) as response:
                return json.load(response)
        except HTTPError as error:
            if error.code not in (429, 503) or wait is None:
                raise SystemExit(f"{error.code} {error.read().decode()}")
            time.sleep(max(wait, float(error.headers.get("Retry-After", 0))))


counts = get([tuple(argument.split("=", 1)) for argument in sys.argv[1:]])
for row in [*counts["data"], {"status": "all", **counts["total"]}]:
    print(f"{row['status']} {row['count']}{'' if row['exact'] else '+'}")
