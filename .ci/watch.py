#!/usr/bin/env python3
"""What is in server/src/main/monitoring, beside the real program and a real Prometheus: the rules' tests, the names of
the metrics, and that each query of each panel and rule finds data. Needs a built adapter/target, Debian's package
prometheus, openssl, and a curl with HTTP/2.
"""
import json
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
MONITORING = ROOT / "server/src/main/monitoring"
TESTS = ROOT / "server/src/test/monitoring/alerts.test.yaml"
PROGRAM = ["java", "-Xmx160m", "-jar", str(ROOT / "adapter/target/workflow-steps.jar")]
PORTS = ["--rest-port=0", "--admin-port=0", "--drain-delay=0s"]
LIST = "/v1/workflows/steps"
# Of Grafana's, those in use.
UNITS = {"short", "percentunit", "bytes", "binBps", "s", "cps", "reqps", "rowsps", "bool_yes_no"}
SELECTOR = re.compile(r"\b((?:job|instance):[a-z0-9_:]+|(?:workflow_steps|hikaricp|jvm|process|system)_[a-z0-9_]+|up)\b(\{[^}]*\})?")

problems = []
processes = []


def check(what, passed, detail=""):
    if not passed:
        problems.append(what)
    print(("passed  " if passed else "FAILED  ") + what + (f": {detail}" if detail else ""), flush=True)


def run(what, *command, silent=False, **options):
    ran = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    passed = ran.returncode == 0 and not (silent and ran.stdout)
    check(what, passed, "" if passed else ran.stdout.strip())


def wait(what, condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"waited in vain: {what}")
        time.sleep(0.2)


def start(words, *command):
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=words.open("w"))
    processes.append(process)
    return process


def serve(words, *arguments):
    """Starts the program; returns where REST, gRPC and the admin port are."""
    process = start(words, *PROGRAM, *arguments, *PORTS)
    ready = re.compile(r"^ready +(.*)", re.M)
    wait(f"{arguments[0]}: {words}", lambda: ready.search(words.read_text()) or process.poll() is not None)
    if process.poll() is not None:
        sys.exit(words.read_text())
    return dict(re.findall(r"(REST|gRPC|admin) (\S+)", ready.search(words.read_text()).group(1)))


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def documents(label):
    """With another label they replace those of the first, so that a vacuum has something to do."""
    return "\n".join(document(number, label) for number in range(6_000))


def document(number, label):
    """Some have a payload that is stored apart."""
    payload = "x" * (100_000 if number % 100 == 0 else 10)
    return json.dumps({
        "run_id": f"run_{number % 7}", "block_id": "block", "step_id": f"step_{number}", "block_type": "extract",
        "block_label": label, "lifecycle": {"status": "completed"}, "artifact": None,
        "started_at": "2026-01-01T00:00:00Z", "completed_at": "2026-01-01T00:00:01Z",
        "handle_outputs": {"out": {"type": "json", "data": payload}}, "handle_inputs": {},
        "created_at": "2026-01-01T00:00:00Z"})


def load(done, key, rest, grpc, certificate):
    """Lists with cursors, single steps, mistakes and wrong keys over REST, and records over gRPC."""
    def get(path, with_key=key):
        request = urllib.request.Request(rest + path, headers={"api-key": with_key})
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return json.load(response)
        except urllib.error.HTTPError:
            return {}

    while not done.is_set():
        page = get(LIST + "?limit=20")
        after = (page.get("list_metadata") or {}).get("after")
        if after:
            get(LIST + "?limit=20&after=" + urllib.parse.quote(after))
        get(LIST + "?run_id=run_1&after=step_1&limit=5")
        get(LIST + "?run_id=run_0&limit=1000")
        get(LIST + "?limit=0")
        get(LIST, "wfs_wrong")
        for method in ("WorkflowStepsService/RecordWorkflowSteps", "WorkflowArtifactsService/RecordWorkflowArtifacts",
                       "WorkflowArtifactsService/ListWorkflowArtifacts"):
            # A message without fields.
            subprocess.run(
                ["curl", "--silent", "--cacert", certificate, "--http2", "--header", "content-type: application/grpc",
                 "--header", "te: trailers", "--header", f"api-key: {key}", "--data-binary", "@-", "--output", "/dev/null",
                 f"https://{grpc}/workflows.v1.{method}"], input=bytes(5), check=True)


def ask(prometheus, path, **parameters):
    query = "?" + urllib.parse.urlencode(parameters) if parameters else ""
    with urllib.request.urlopen(f"http://{prometheus}/api/v1/{path}{query}", timeout=10) as response:
        return json.load(response)["data"]


def finds(prometheus, query):
    """Whether a query has a result that is a number."""
    try:
        return any(sample["value"][1] != "NaN" for sample in ask(prometheus, "query", query=query)["result"])
    except urllib.error.HTTPError as error:
        print(error.read().decode())
        return False


def look(board):
    """What is wrong with panels: Grafana itself shows the worst of it only to who looks."""
    wrong, places, titles = [], set(), set()
    for panel in board["panels"]:
        title, grid, defaults = panel["title"], panel["gridPos"], panel["fieldConfig"]["defaults"]
        cells = {(x, y) for x in range(grid["x"], grid["x"] + grid["w"]) for y in range(grid["y"], grid["y"] + grid["h"])}
        if cells & places or title in titles or max(x for x, _ in cells) > 23:
            wrong.append(f"{title}: its place or title is another's")
        places |= cells
        titles.add(title)
        unit = defaults.get("unit")
        if unit not in UNITS:
            wrong.append(f"{title}: the unit {unit}")
        for target in panel["targets"]:
            rates = "rate(" in target["expr"] and " / " not in target["expr"] and "histogram_quantile" not in target["expr"]
            if rates and not unit.endswith("ps") and not re.search(r"_seconds_(sum|total)", target["expr"]):
                wrong.append(f"{title}: a rate in {unit}")
            if not target.get("legendFormat"):
                wrong.append(f"{title}: no legend")
    return wrong


def panels(prometheus):
    for file in sorted((MONITORING / "dashboards").glob("*.json")):
        board = json.loads(file.read_text())
        empty, queries = [], 0
        wrong = look(board)
        check(f"{file.name}: {len(board['panels'])} panels have units, legends and places", not wrong, "; ".join(wrong))
        for panel in board["panels"]:
            for target in panel["targets"]:
                query = target["expr"].replace("$__rate_interval", "30s").replace("$job", "workflow-steps").replace(
                    "$instance", ".*")
                queries += 1
                if not finds(prometheus, query):
                    empty.append(f"{panel['title']}: {query}")
        check(f"{file.name}: {queries} queries find data", queries > 0 and not empty, "\n        ".join(empty))


def rules(prometheus):
    for group in ask(prometheus, "rules")["groups"]:
        for rule in group["rules"]:
            queries = {name + labels for name, labels in SELECTOR.findall(rule["query"])}
            if rule["type"] == "recording":
                queries.add(rule["name"])
            empty = [query for query in sorted(queries) if not finds(prometheus, f"count({query})")]
            check(f"{rule['name']}: {len(queries)} series found", rule["health"] == "ok" and queries and not empty,
                  ", ".join(empty))
    firing = {alert["labels"]["alertname"] for alert in ask(prometheus, "alerts")["alerts"] if alert["state"] == "firing"}
    # How fast answers are depends on who else uses the machine.
    firing -= {"WorkflowStepsLatencyFast", "WorkflowStepsLatencySlow"}
    check("no alert fires", not firing, ", ".join(sorted(firing)))


def published(directory):
    """What alerts.yaml says to do for links that lead somewhere."""
    shutil.copytree(MONITORING, directory)
    alerts = directory / "alerts.yaml"
    command = re.search(r"^# +(sed .*)$", alerts.read_text(), re.M).group(1)
    subprocess.run(command, shell=True, check=True, cwd=directory)
    run("promtool check rules, with addresses of runbooks", "promtool", "check", "rules", alerts)
    links = re.findall(r"^ +runbook_url: (.*)", alerts.read_text(), re.M)
    check(f"{len(links)} addresses of runbooks", links and all(re.match(r"https://\S+/runbooks\.md#\w+$", link) for link in links))


def main(work):
    run("promtool check rules", "promtool", "check", "rules", MONITORING / "recording.yaml", MONITORING / "alerts.yaml")
    run("promtool test rules", "promtool", "test", "rules", TESTS)
    published(work / "published")

    certificate, key_file, data = work / "tls.crt", work / "tls.key", work / "data"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "90",
         "-keyout", key_file, "-out", certificate, "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True, stderr=subprocess.DEVNULL)
    server = serve(work / "serve", "serve", "--demo", f"--data-dir={data}", "--grpc-port=0",
                   f"--tls-certificate={certificate}", f"--tls-key={key_file}")
    adapter = serve(work / "serve-rest", "serve-rest", f"--upstream={server['gRPC']}", "--upstream-tls=true",
                    f"--upstream-ca={certificate}")

    importing = [*PROGRAM, "import", "--demo", f"--data-dir={data}", "--organization=demo", "-"]
    keys = [*PROGRAM, "keys", "create", "--demo", f"--data-dir={data}", "--organization=demo", "--scope=read,write"]
    key = subprocess.run(keys, check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.strip()

    prometheus = f"127.0.0.1:{free_port()}"
    targets = [server["admin"], adapter["admin"]]
    (work / "prometheus.yaml").write_text(json.dumps({
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(MONITORING / "*.yaml")],
        "scrape_configs": [{"job_name": "workflow-steps", "static_configs": [{"targets": targets}]}]}))
    start(work / "prometheus", "prometheus", f"--config.file={work / 'prometheus.yaml'}",
          f"--storage.tsdb.path={work / 'tsdb'}", f"--web.listen-address={prometheus}")

    done = threading.Event()
    caller = threading.Thread(daemon=True, target=load, args=(done, key, "http://" + adapter["REST"], server["gRPC"], certificate))
    caller.start()
    for label in "before", "after":
        subprocess.run(importing, check=True, input=documents(label), text=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
    # The statistics of the database are read again after half a minute.
    wait("a vacuum", lambda: finds(prometheus, "workflow_steps_table_vacuum_age_seconds"), 180)
    time.sleep(10)
    for name, address in (("serve", server["admin"]), ("serve-rest", adapter["admin"])):
        with urllib.request.urlopen(f"http://{address}/metrics", timeout=10) as response:
            run(f"promtool check metrics of {name}", "promtool", "check", "metrics", input=response.read().decode(), silent=True)
    panels(prometheus)
    rules(prometheus)
    done.set()
    caller.join()


with tempfile.TemporaryDirectory(prefix="watch.") as directory:
    work = pathlib.Path(directory)
    work.chmod(0o755)
    try:
        main(work)
    finally:
        for process in reversed(processes):
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                check(f"{process.args[0]} stops", False, "it had to be killed")
sys.exit(f"{len(problems)} failed" if problems else 0)
