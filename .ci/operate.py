#!/usr/bin/env python3
"""The commands of server/Operate.md.

    .ci/operate.py --check             fails unless each is in a block that is run, or is said not to be
    .ci/operate.py TARBALL JAVA_HOME   runs the blocks, in order and in one shell, in a Debian that boots

A block is run if its language is sh, unless the paragraph before it, or the first one of its section, says "Not run by our
tests". To run them needs root, and Debian's packages systemd-container and debootstrap.
"""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
PAGE = HERE.parent / "server/Operate.md"
NOT_RUN = "Not run by our tests: "

# Languages of commands, and of what is none: files, and what is printed.
COMMANDS = {"sh", "sql"}
FILES = {"ini", "properties", "text"}

# What begins a command. A sentence has none that is in no block.
PROGRAM = re.compile(
    r"(apt-get|buildah|cat|chgrp|chmod|chown|cp|createdb|curl|docker|dropdb|install|java|jcmd|journalctl|jq|kill|kubectl|ln|mkdir"
    r"|mvn|openssl|pg_dump|pg_restore|podman|promtool|psql|sed|sha256sum|sudo|ss|systemctl|systemd-analyze|systemd-tmpfiles|tar"
    r"|timeout|workflow-steps) ")

PACKAGES = ["systemd", "systemd-sysv", "dbus", "curl", "procps", "iproute2", "sudo", "jq", "openssl", "postgresql", "prometheus"]

# A pattern for what the blocks below a heading print, beside that each command succeeds.
PRINTED = {
    "Install": r"workflow-steps \d",
    "Your own database": r"schema \d+, \d+ migrations applied(?s:.*)serve: no problem found(?s:.*)database ok(?s:.*)\"step_id\":\"parse-1\"",
    "Privileges": r"run_1 +\| parse-1 +\| queued",
    "TLS": r"\"step_id\":\"parse-1\"",
    "Keys and limits": r"write +- +valid(?s:.*) +3 +1 +0 +\d+ +acme",
    "Rate limits": r"requests-per-second +default",
    "Disk": r"\n step +\| +1 ",
    "Dashboards and alerts": r"SUCCESS: \d+ rules found",
    "Backups": r"\n +1\n\(1 row\)",
    "Access log": r"(?s)(?=.*GET /v1/workflows/steps 422 )(?=.*/ListWorkflowSteps INVALID_ARGUMENT [^\n]*organization=acme)",
    "Upgrade and downgrade": r"\"name\": ?\"workflow-steps\"",
    "When something is wrong": r"Active: active \(running\)(?s:.*)database ok",
    "Rehearse it": r"database: (?s:.*)\n503\n",
}


class Block:
    def __init__(self, line, heading, language, not_run):
        self.line, self.heading, self.language, self.not_run = line, heading, language, not_run
        self.text = ""

    def is_run(self):
        return self.language == "sh" and not self.not_run


def read(page):
    """The blocks of a page, and the lines between them with their numbers."""
    blocks, lines = [], []
    heading, first, paragraph, block, indent = "", None, "", None, 0
    blank = True
    for number, line in enumerate(page.read_text().splitlines(), 1):
        fence = re.fullmatch(r"( *)```(\w*)", line)
        if fence and block:
            blocks.append(block)
            block = None
        elif fence:
            indent = len(fence[1])
            block = Block(number, heading, fence[2], NOT_RUN in f"{paragraph} {first or ''}")
        elif block:
            block.text += line[indent:] + "\n"
        elif line.startswith("#"):
            heading, first, paragraph = line.lstrip("# "), None, ""
        else:
            lines.append((number, line))
            if line.strip():
                paragraph = line if blank else f"{paragraph} {line}"
            elif paragraph and first is None:
                first = paragraph
        blank = not line.strip()
    return blocks, lines


def check(page):
    blocks, lines = read(page)
    problems = []
    for block in blocks:
        if block.language not in COMMANDS | FILES:
            problems.append(f"{block.line}: the block has no language of {sorted(COMMANDS | FILES)}")
        elif block.language in COMMANDS and not block.is_run() and not block.not_run:
            problems.append(f"{block.line}: nothing runs this block: make it one of sh, or say \"{NOT_RUN}WHY\" before it")
        elif block.language in FILES and any(map(PROGRAM.match, block.text.splitlines())):
            problems.append(f"{block.line}: a command in a block of {block.language}: put it into one of sh")
    problems += [f"{number}: a block without a fence" for number, line in lines if line.startswith("    ")]
    known = " ".join(" ".join(block.text for block in blocks if block.language in COMMANDS).replace("\\\n", " ").split())
    # A span may go on in the next line.
    for span in re.findall(r"`([^`]+)`", "\n".join(line for _, line in lines)):
        span = " ".join(span.split())
        if PROGRAM.match(span) and span not in known:
            problems.append(f" `{span}` is in no block")
    run_below = {block.heading for block in blocks if block.is_run()}
    problems += [f" no block below \"{heading}\" is run" for heading in PRINTED if heading not in run_below]
    not_run = sum(block.language in COMMANDS and block.not_run for block in blocks)
    print("\n".join(f"{page.name}:{problem}" for problem in problems)
          or f"{page.name}: {sum(map(Block.is_run, blocks))} blocks are run, {not_run} are not and say so")
    return not problems


def trial(blocks):
    """A script of all blocks, which ends at the first command that fails."""
    yield """#!/bin/bash
# /results has a line for each block, /output what the commands print.
exec 3>/results >/output 2>&1 </dev/null
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
set -eE -o pipefail
trap 'echo done >&3' EXIT
trap 'echo "FAILED  line $at: $BASH_COMMAND" >&3; journalctl -u "workflow-steps@*" -n 40 -o cat || true' ERR
"""
    for block in blocks:
        yield f"at={block.line}\nprintf '\\n=== {block.line}\\n'\n{block.text}echo 'passed  line {block.line}: {block.heading}' >&3\n"


def bash(script, *arguments):
    """Whether a script beside this one succeeds. It ends with this program."""
    process = subprocess.Popen(["bash", HERE / script, *arguments], start_new_session=True)
    try:
        return process.wait() == 0
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def run(tarball, java_home):
    blocks = [block for block in read(PAGE)[0] if block.is_run()]
    work = pathlib.Path(tempfile.mkdtemp(prefix="operate."))
    try:
        work.chmod(0o755)
        root = work / "debian"
        if not bash("debian", root, java_home, *PACKAGES):
            return False
        for file in tarball, tarball + ".sha256":
            shutil.copy(file, root / "root")
        # Another port, if 5432 was in use on this machine.
        for conf in root.glob("etc/postgresql/*/main/postgresql.conf"):
            conf.write_text(re.sub(r"(?m)^port = \d+", "port = 5432", conf.read_text()))
        names = {"localhost", (root / "etc/hostname").read_text().strip(), *re.findall(r"[\w-]+\.internal", "".join(block.text for block in blocks))}
        (root / "etc/hosts").write_text(f"127.0.0.1 {' '.join(sorted(names))}\n")
        (root / "trial").write_text("".join(trial(blocks)))
        booted = bash("boot", root, "900")
        results, output = ((root / name).read_text() if (root / name).exists() else "" for name in ("results", "output"))
        print(results)
        passed = results.count("passed  line ")
        if not booted or "FAILED" in results or passed != len(blocks):
            print(f"{output[-10_000:]}\n{passed} of {len(blocks)} blocks passed")
            return False
        return printed(blocks, output) & documents(root)
    finally:
        subprocess.run(["rm", "-rf", "--one-file-system", work], check=False)


def printed(blocks, output):
    """Whether blocks printed what they should."""
    parts = re.split(r"\n=== (\d+)\n", output)
    by_line = dict(zip(map(int, parts[1::2]), parts[2::2]))
    good = True
    for heading, pattern in PRINTED.items():
        text = "".join(by_line[block.line] for block in blocks if block.heading == heading)
        if not re.search(pattern, text):
            print(f"FAILED  {heading}: {pattern} is not in\n{text}")
            good = False
    return good


def documents(root):
    """Whether the documents of the release link to what is in it."""
    files = sorted(root.glob("opt/workflow-steps-*/**/*.md"))
    return subprocess.run([HERE / "links.py", *files], check=False).returncode == 0


def main(arguments):
    if arguments == ["--check"]:
        return check(PAGE)
    if len(arguments) != 2:
        sys.exit(__doc__)
    return check(PAGE) and run(*arguments)


# SIGTERM ends what was begun, and removes it, as Ctrl-C does.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
sys.exit(not main(sys.argv[1:]))
