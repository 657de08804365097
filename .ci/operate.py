#!/usr/bin/env python3
"""The commands of server/Operate.md.

    .ci/operate.py --check             fails unless each is in a block that is run, or is said not to be
    .ci/operate.py TARBALL JAVA_HOME   runs the blocks in order, in a Debian that boots

A block is run if its language is sh, unless the paragraph before it, or the first one of its section, has the sentence that
begins with "Not run by our tests". Needs root, and Debian's packages systemd-container and debootstrap.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
PAGE = HERE.parent / "server/Operate.md"
NOT_RUN = "Not run by our tests: "

# What is no command: files, and what is printed. Statements (sql) are commands.
FILES = {"ini", "properties", "text"}

# Words that begin a command, which no sentence may have that isn't in a block.
PROGRAMS = re.compile(
    r"(apt-get|buildah|chmod|chown|curl|docker|java|journalctl|kill|kubectl|mvn|openssl|podman|psql|sudo|ss|systemctl"
    r"|systemd-analyze|workflow-steps) ")

PACKAGES = ["systemd", "systemd-sysv", "dbus", "curl", "procps", "iproute2", "sudo", "jq", "openssl", "postgresql", "prometheus"]

# What blocks print, by the heading above them: a pattern each, beside that they succeed.
PRINTED = {
    "Install": r"workflow-steps \d",
    "Your own database": r"schema \d+, \d+ migrations applied[\s\S]*database ok[\s\S]*\"step_id\":\"parse-1\"",
    "Privileges": r"run_1 +\| parse-1 +\| queued",
    "TLS": r"\"step_id\":\"parse-1\"",
    "Keys and limits": r"write +- +valid",
    "Rate limits": r"requests-per-second +default",
    "Disk": r"\n step +\| +1 ",
    "Dashboards and alerts": r"SUCCESS: \d+ rules found",
    "Access log": r"(?s)(?=.*GET /v1/workflows/steps 422 )(?=.*/ListWorkflowSteps INVALID_ARGUMENT [^\n]*organization=acme)",
    "Upgrade and downgrade": r"\"name\": ?\"workflow-steps\"",
    "When something is wrong": r"Active: active \(running\)[\s\S]*database ok",
    "Rehearse it": r"database: [\s\S]*\n503\n",
}


class Block:
    def __init__(self, line, heading, language, not_run):
        self.line, self.heading, self.language, self.not_run, self.text = line, heading, language, not_run, ""

    def runs(self):
        return self.language == "sh" and not self.not_run


def read(page):
    """The blocks of a page, and the text between them: pairs of line number and line."""
    blocks, text = [], []
    heading, first, paragraph, ended, block = "", None, "", True, None
    for number, line in enumerate(page.read_text().splitlines(), 1):
        fence = re.match(r"^( *)```(\w*)$", line)
        if block and fence:
            blocks.append(block)
            block = None
        elif block:
            block.text += line[indent:] + "\n"
        elif fence:
            indent = len(fence[1])
            block = Block(number, heading, fence[2], NOT_RUN in paragraph or NOT_RUN in (first or ""))
        elif line.startswith("#"):
            heading, first, paragraph, ended = line.lstrip("# "), None, "", True
        else:
            text.append((number, line))
            if line.strip():
                paragraph = line if ended else f"{paragraph} {line}"
            elif not ended and first is None:
                first = paragraph
            ended = not line.strip()
    return blocks, text


def check(page):
    blocks, text = read(page)
    problems = []
    for block in blocks:
        if block.language not in FILES | {"sh", "sql"}:
            problems.append(f"{block.line}: the block has no language: sh for commands, or one of {', '.join(sorted(FILES))}")
        elif block.language == "sql" and not block.not_run:
            problems.append(f"{block.line}: nothing runs this block: make it one of sh, or say \"{NOT_RUN}WHY\" before it")
    known = " ".join(" ".join(block.text.split()) for block in blocks if block.language == "sh").replace("\\ ", "")
    for number, line in text:
        if line.startswith("    "):
            problems.append(f"{number}: a block without a fence")
    # A span may go on in the next line.
    for span in re.findall(r"`([^`]+)`", "\n".join(line for _, line in text)):
        span = " ".join(span.split())
        if PROGRAMS.match(span) and span not in known:
            problems.append(f"`{span}` is in no block")
    headings = {block.heading for block in blocks if block.runs()}
    problems += [f"no block below \"{heading}\" is run" for heading in PRINTED if heading not in headings]
    if not headings:
        problems.append("no block is run")
    print("\n".join(f"{page.name}:{problem}" for problem in problems) or
          f"{page.name}: {sum(block.runs() for block in blocks)} blocks are run, "
          f"{sum(block.language in ('sh', 'sql') and block.not_run for block in blocks)} are not and say so")
    return not problems


def trial(blocks):
    """A script of all blocks in one shell, which ends at the first command that fails."""
    yield """#!/bin/bash
# Each line of /results is a block, /output has what it printed.
exec 3>/results >/output 2>&1 </dev/null
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
set -eE -o pipefail
trap 'echo "FAILED  line $at of Operate.md: $BASH_COMMAND" >&3; journalctl -u "workflow-steps@*" -n 40 -o cat' ERR
trap 'echo done >&3' EXIT
"""
    for block in blocks:
        yield f'at={block.line}\necho "=== {block.line}"\n{block.text}echo "passed  line $at: {block.heading}" >&3\n'


def run(tarball, java_home):
    blocks = [block for block in read(PAGE)[0] if block.runs()]
    work = pathlib.Path(tempfile.mkdtemp(prefix="operate."))
    try:
        work.chmod(0o755)
        root = work / "debian"
        subprocess.run(["bash", HERE / "debian", root, java_home, *PACKAGES], check=True)
        for file in tarball, tarball + ".sha256":
            shutil.copy(file, root / "root")
        hosts = {"localhost", "debian"} | set(re.findall(r"[\w-]+\.internal", "".join(block.text for block in blocks)))
        (root / "etc/hosts").write_text(f"127.0.0.1 {' '.join(sorted(hosts))}\n")
        (root / "trial").write_text("".join(trial(blocks)))
        booted = subprocess.run(["bash", HERE / "boot", root, "900"], check=False).returncode == 0
        results = (root / "results").read_text() if booted else "FAILED\n"
        output = (root / "output").read_text() if booted else ""
        print(results, end="")
        if "FAILED" in results:
            print(output[-10_000:])
            return False
        return printed(blocks, output) & documents(root)
    finally:
        shutil.rmtree(work)


def printed(blocks, output):
    """Whether blocks printed what they should."""
    parts = re.split(r"(?m)^=== (\d+)\n", output)[1:]
    by_line = dict(zip(map(int, parts[::2]), parts[1::2]))
    good = True
    for heading, pattern in PRINTED.items():
        text = "".join(by_line[block.line] for block in blocks if block.heading == heading)
        if not re.search(pattern, text):
            print(f"FAILED  {heading}: expected {pattern} in\n{text}")
            good = False
    return good


def documents(root):
    """Whether the documents of the release lead to what is in it."""
    files = [file for file in sorted(root.glob("opt/*/**/*.md")) if not file.is_symlink()]
    return subprocess.run([sys.executable, HERE / "links.py", *files], check=False).returncode == 0


def main(arguments):
    if arguments == ["--check"]:
        return check(PAGE)
    if len(arguments) != 2:
        sys.exit(__doc__)
    return check(PAGE) and run(*arguments)


sys.exit(not main(sys.argv[1:]))
