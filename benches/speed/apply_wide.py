"""`apply` of 20 personas on 50 tables of 10 fields, beside `psql -1 -f` of the same statements.

Each side has a cluster of its own, made alike, and every round begins with the project not applied.
"""

import pathlib
import shutil
import subprocess
import sys
import urllib.parse

from timing import median, milliseconds, output, row

portalctl, folder = sys.argv[1], pathlib.Path(sys.argv[2])
TABLES, PERSONAS, FIELDS, ROUNDS = 50, 20, 10, 5


def project(at):
    (at / "db").mkdir(parents=True)
    columns = ", ".join(f"f{n} text" for n in range(FIELDS))
    sql = ["CREATE SCHEMA wide;", "CREATE TABLE wide.accounts (id integer PRIMARY KEY, name text);"]
    documents = [
        "version: 1\nkind: project\nname: wide\ndatabase: {schema: wide, setup: [db/*.sql]}\n"
        "tenants: [{from_table: wide.accounts, key: id, title: name}]\n"
    ]
    for table in range(TABLES):
        sql.append(f"CREATE TABLE wide.t{table} (id integer PRIMARY KEY, account_id integer NOT NULL, {columns});")
        fields = ", ".join(f"f{n}: text" for n in range(FIELDS))
        documents.append(f"kind: object\nname: t{table}\ntable: wide.t{table}\ntenant: account_id\nfields: {{{fields}}}\n")
    grants = "\n".join(f"      t{table}: {{read: [{', '.join(f'f{n}' for n in range(FIELDS))}]}}" for table in range(TABLES))
    audiences = "\n".join(f"  a{n}:\n    grants:\n{grants}" for n in range(PERSONAS))
    documents.append(f"kind: portal\nname: desk\naudiences:\n{audiences}\n")
    (at / "portalctl.yaml").write_text("---\n".join(documents))
    (at / "db" / "wide.sql").write_text("\n".join(sql))


def fresh(at):
    shutil.rmtree(at, ignore_errors=True)
    project(at)
    output(portalctl, "-C", str(at), "--quiet", "db", "start")


def stop(at):
    subprocess.run([portalctl, "-C", str(at), "--quiet", "db", "stop"], check=False)


mine, beside = [], []
for round_number in range(ROUNDS):
    ours, theirs = folder / f"ours{round_number}", folder / f"psql{round_number}"
    fresh(ours)
    fresh(theirs)
    try:
        script = theirs / "plan.sql"
        script.write_text(output(portalctl, "-C", str(theirs), "plan", "--format", "sql"))
        url = output(portalctl, "-C", str(theirs), "db", "url").strip()
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)
        psql = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", query["host"][0], "-U", "postgres", "-d", "wide"]
        beside.append(milliseconds(*psql, "-1", "-f", str(script)))
        mine.append(milliseconds(portalctl, "-C", str(ours), "apply", "--yes"))
    finally:
        stop(ours)
        stop(theirs)
row(f"apply of {PERSONAS} x {TABLES} x {FIELDS}, beside psql -1 -f", median(mine), median(beside))
