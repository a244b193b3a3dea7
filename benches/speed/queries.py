"""A list page, a record by id, a change and a new row, under row policies and triggers and without, sent with the same messages.

Both sides: BEGIN; set_config of role and context; the query; COMMIT, by pgbench over the socket. The plain side queries a
copy of the table without row security and names the tenant itself. The two take turns at random within one connection, so
that whatever slows the machine meets both. Its login may become the persona for as long as it measures: the gateway may
become nobody but personas, and `plan` would say so of either.
"""

import pathlib
import re
import statistics
import sys
import tempfile
import time
import urllib.parse
import urllib.request

from timing import median, output, row

portalctl, project = sys.argv[1], sys.argv[2]
ROUNDS, SECONDS = 7, 2
COLUMNS = "id, number, status, amount, created_at"

url = urllib.parse.urlsplit(output(portalctl, "-C", project, "db", "url").strip())
query = urllib.parse.parse_qs(url.query)
server = {"host": query["host"][0], "port": query.get("port", ["5432"])[0]}
bindir = output("pg_config", "--bindir").strip() if not sys.argv[3:] else sys.argv[3]


def psql(sql, user="postgres"):
    command = ["psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", server["host"], "-p", server["port"], "-U", user]
    return output(*command, "-d", "rows", "-c", sql).strip()


def token(tenant):
    return psql(
        "SELECT rows_portal.administrator_context('desk/customer', '', "
        f"'{tenant}', '{{}}', NULL, NULL, interval '1 hour')"
    ).splitlines()[0]


def script(role, statement):
    return (
        "\\set id random(0, 999)\n"
        "BEGIN;\n"
        f"SELECT set_config('role', '{role}', true), set_config('portal.context', :token, true);\n"
        f"{statement};\n"
        "COMMIT;\n"
    )


def run(texts, signed):
    """Milliseconds of every transaction of one round, for each of the scripts."""
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, text in enumerate(texts):
            file = pathlib.Path(folder) / f"{number}.sql"
            file.write_text(text)
            files += ["-f", str(file)]
        output(
            "pgbench", "-n", "-M", "extended", "-c", "1", "-T", str(SECONDS), *files, "-D", f"token={signed}",
            "-l", "--log-prefix", str(pathlib.Path(folder) / "log"), "-h", server["host"], "-p", server["port"],
            "-U", "rows_turns", "rows",
        )  # fmt: skip
        logs = [line.split() for log in pathlib.Path(folder).glob("log*") for line in log.read_text().splitlines()]
        return [[int(fields[2]) / 1000 for fields in logs if int(fields[3]) == number] for number in range(len(texts))]


def compare(what, policed, plain, signed):
    mine, beside = [], []
    for _ in range(ROUNDS):
        ours, theirs = run([script("rows__desk__customer", policed), script("rows_plain", plain)], signed)
        mine.append(median(ours))
        beside.append(median(theirs))
    row(what, median(mine), median(beside))


psql("GRANT rows__desk__customer TO rows_turns")
tenant = 42
signed = token(tenant)
page = "ORDER BY created_at DESC, id LIMIT 25"
compare(
    "list page of 25 of 1 M rows, policy : WHERE",
    f"SELECT {COLUMNS} FROM shop.orders ORDER BY created_at DESC LIMIT 25",
    f"SELECT {COLUMNS} FROM shop.plain_orders WHERE account_id = {tenant} ORDER BY created_at DESC LIMIT 25",
    signed,
)
ids = psql(f"SELECT min(id), max(id) FROM shop.orders WHERE account_id = {tenant}").split("|")
step = 1000
compare(
    "a record by id, policy : WHERE",
    f"SELECT {COLUMNS} FROM shop.orders WHERE id = {ids[0]} + :id * {step}",
    f"SELECT {COLUMNS} FROM shop.plain_orders WHERE id = {ids[0]} + :id * {step} AND account_id = {tenant}",
    signed,
)
compare(
    "a change by id, policies and triggers : none",
    f"UPDATE shop.orders SET amount = amount + 1 WHERE id = {ids[0]} + :id * {step}",
    f"UPDATE shop.plain_orders SET amount = amount + 1 WHERE id = {ids[0]} + :id * {step} AND account_id = {tenant}",
    signed,
)
values = "'SO-new', 'new', 1, timestamptz '2020-01-01'"
compare(
    "a new row, policies and triggers : none",
    f"INSERT INTO shop.orders (number, status, amount, created_at) VALUES ({values})",
    f"INSERT INTO shop.plain_orders (account_id, number, status, amount, created_at) VALUES ({tenant}, {values})",
    signed,
)
psql("REVOKE rows__desk__customer FROM rows_turns")

plan = psql(
    "BEGIN; "
    "SELECT set_config('role', 'rows__desk__customer', true), "
    f"set_config('portal.context', $token${signed}$token$, true); "
    f"EXPLAIN (COSTS OFF) SELECT {COLUMNS} FROM shop.orders ORDER BY created_at DESC LIMIT 25; COMMIT",
    user="rows__gateway",
)
ordered = "Index Scan using orders_by_account" in plan and "Sort" not in plan
print(f"{'the policy uses the index, in its order':<44} {'yes' if ordered else 'NO':>12}")
if not ordered:
    sys.exit(plan)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def whole_request():
    """Milliseconds of list pages over HTTP, signed in, on one connection each, as a browser's first byte to last."""
    import subprocess

    site = subprocess.Popen([portalctl, "-C", project, "serve", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, text=True)  # fmt: skip
    try:
        base = re.search(r"http://\S+", site.stdout.readline()).group()
        link = output(portalctl, "-C", project, "user", "link", f"contact{tenant}@shop.example").strip()
        opener = urllib.request.build_opener(NoRedirect)
        secret = link.rpartition("=")[2]
        request = urllib.request.Request(f"{base}/desk/sign-in", f"link={secret}".encode(), {"Origin": base})
        try:
            answer = opener.open(request)
        except urllib.error.HTTPError as redirect:
            answer = redirect
        cookie = answer.headers["set-cookie"].partition(";")[0]
        times = []
        for _ in range(300):
            begun = time.perf_counter()
            with opener.open(urllib.request.Request(f"{base}/desk/order", headers={"Cookie": cookie})) as page:
                page.read()
            times.append((time.perf_counter() - begun) * 1000)
        return statistics.median(times)
    finally:
        site.terminate()
        site.wait()


row("the whole request: a list page over HTTP", whole_request(), None)
