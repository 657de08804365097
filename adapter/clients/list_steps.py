# Prints every step of the organization, page after page.
# KEY is the API key; BASE is the address, http://127.0.0.1:8080 unless set.
import json
import os
import time
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


parameters = {"limit": 100}
while True:
    page = get(parameters)
    for step in page["data"]:
        print(step["run_id"], step["step_id"])
    parameters["after"] = page["list_metadata"]["after"]
    if parameters["after"] is None:
        break
