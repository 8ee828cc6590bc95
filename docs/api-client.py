#!/usr/bin/env python3
"""Lists the consultations of a town that are open, and verifies their documents (docs/api.md).

    python3 api-client.py https://ACCOUNTS

Standard library alone. Exit codes: 0 all documents are those that were sealed, 1 one is another,
64 the command line is wrong, 75 the town does not answer, or not what was asked: try again later."""

import hashlib
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request


TRIES = 5  # of one address
PATIENCE = 60  # seconds that are waited at most, however long one is told to


class Refused(Exception):
    """An address that is not answered with what it has."""


def fetch(origin, address):
    """The bytes at an address of the origin; waits where it is told to, a few times."""
    for _ in range(TRIES):
        try:
            with urllib.request.urlopen(urllib.parse.urljoin(origin, address), timeout=30) as answer:
                return answer.read()
        except urllib.error.HTTPError as e:
            if e.code != 429:
                raise Refused(f"{address}: {reason(e)}") from None
            after = e.headers.get("Retry-After", "")
            time.sleep(min(int(after), PATIENCE) if after.isdecimal() else 1)
    raise Refused(f"{address}: too many requests, {TRIES} times")


def reason(e):
    """What an error says, as a problem of the API or by its number."""
    try:
        return json.load(e)["title"]
    except (ValueError, KeyError, TypeError):
        return str(e)


def consultations(origin, phase):
    """All consultations of a phase, page by page."""
    asked = {"phase": phase, "limit": 100}
    while True:
        page = json.loads(fetch(origin, "/api/v1/consultations?" + urllib.parse.urlencode(asked)))
        yield from page["consultations"]
        if "next" not in page:
            return
        asked["after"] = page["next"]


def main(origin):
    town = json.loads(fetch(origin, "/api/v1/register"))
    descriptor = fetch(origin, town["descriptor"])
    wrong = hashlib.sha256(descriptor).hexdigest() != town["digest"]
    print(town["title"])
    for short in consultations(origin, "open"):
        c = json.loads(fetch(origin, "/api/v1/consultations/" + urllib.parse.quote(short["id"])))
        print(f"{c['id']}  until {c['closes']}  {c['title']}")
        for d in c["documents"]:
            same = hashlib.sha256(fetch(origin, d["address"])).hexdigest() == d["sha256"]
            wrong = wrong or not same
            print(f"    {'verified' if same else 'ANOTHER FILE'}  {d['title']}")
    return int(wrong)


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].startswith("http"):
        print(__doc__, file=sys.stderr)
        raise SystemExit(64)
    try:
        raise SystemExit(main(sys.argv[1]))
    except (Refused, urllib.error.URLError, TimeoutError, ConnectionError) as e:
        print(f"no answer: {e}", file=sys.stderr)
        raise SystemExit(75) from None
