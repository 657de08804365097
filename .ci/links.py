#!/usr/bin/env python3
"""The links of Markdown files: .ci/links.py FILE...

Fails unless each relative one leads to a file, and to a heading if it names one.
"""

import pathlib
import re
import sys

LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^ *```")


def headings(file):
    """As in a link: lower case, spaces as dashes, without other punctuation."""
    names, fenced = set(), False
    for line in file.read_text().splitlines():
        fenced ^= bool(FENCE.match(line))
        if not fenced and line.startswith("#"):
            names.add(re.sub(r"[^\w -]", "", line.lstrip("#").strip().lower()).replace(" ", "-"))
    return names


def dead(file):
    for link in LINK.findall(file.read_text()):
        path, _, heading = link.partition("#")
        target = file.parent / path if path else file
        if "://" not in link and (not target.exists() or heading and heading not in headings(target)):
            yield f"{file}: {link}"


def main():
    files = [pathlib.Path(name) for name in sys.argv[1:]]
    if not files:
        sys.exit(__doc__)
    problems = [problem for file in files for problem in dead(file)]
    print("\n".join(problems or [f"{len(files)} files: every link leads somewhere"]))
    return bool(problems)


sys.exit(main())
