"""`validate` of large projects: a thousand files of sixty lines as a whole process, its memory, and how both grow.

Beside it a bare typed parse of the same files, and the programs that others check YAML with: yamllint on the same files, and check-jsonschema and ajv on the objects
among them, with the schema that `portalctl schema` writes. They know no names, no paths and no grants. One that is not there
ends the run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from timing import limit, median, milliseconds, output, row

STATES = ["draft", "submitted", "approved", "rejected"]


def object_file(group, number):
    """An object of a business, as somebody writes it who says everything."""
    name = f"record_{group}_{number}"
    lines = [
        f"# What a customer of group {group} has of kind {number}.",
        "kind: object",
        f"name: {name}",
        "label:",
        f"  one: Record {group}.{number}",
        f"  many: Records {group}.{number}",
        f"table: business.records_{group}_{number}",
        "key: id",
        "tenant: account_id",
        "owner: created_by",
        "max_scope:",
        "  external: tenant_tree",
        "fields:",
        "  number:",
        "    type: text",
        "    search: true",
        "    max_length: 20",
        "  company:",
        "    type: tenant",
        "    column: account_id",
        "  author:",
        "    type: user",
        "    column: created_by",
        "  state:",
        "    type: enum",
        f"    values: [{', '.join(STATES)}]",
        "    default: draft",
        "  contact_email:",
        "    type: email",
        "    class: personal",
        "    mask: email",
        "  margin:",
        "    type: decimal",
        "    class: internal",
    ]
    lines += [f"  detail_{at}: {{type: text, max_length: {100 + at}}}" for at in range(10)]
    if number:
        lines += [f"  above: {{type: reference(record_{group}_0), column: above_id}}"]
    lines += [
        "states:",
        "  field: state",
        "  transitions:",
        "    draft: [submitted]",
        "    submitted: [approved, rejected]",
        "field_sets:",
        "  sheet: [number, company, author, state, contact_email, detail_0, detail_1, detail_2]",
        "  entry: [detail_0, detail_1, detail_2]",
        "delete:",
        "  soft: deleted_at",
        "audit:",
        "  writes: true",
    ]
    return lines


def set_file(group, number):
    lines = [f"# Who works on records of group {group}.", "kind: permission_set", f"name: set_{group}_{number}", "grants:"]
    for at in range(7):
        lines += [
            f"  record_{group}_{at}:",
            "    read:",
            "      scope: tenant",
            "      fields: sheet",
            "    create:",
            "      fields: entry",
            "      preset: {state: draft}",
            "    update: {fields: entry, where: {state: draft, author: $user}}",
            "    transition: {state: {draft: [submitted]}, where: {author: $user}}",
        ]
    return lines


def portal_file(group):
    lines = ["kind: portal", f"name: portal-{group}", f"title: Portal {group}", "audiences:"]
    for number in range(2):
        lines += [f"  member_{number}:", f"    permission_sets: [set_{group}_{number}]", f"    label: Member {number}"]
    lines += ["  office:", "    who: internal", "    grants:"]
    for at in range(7):
        lines += [
            f"      record_{group}_{at}:",
            "        read: [number, company, author, state, margin]",
            "        transition:",
            "          state: {submitted: [approved, rejected]}",
            "          where: {author: {ne: $user}}",
            "        export: 500",
        ]
    return lines


def project(folder, files):
    """So many files: of ten, seven objects, two permission sets and a portal."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    head = "version: 1\nkind: project\nname: business\nspecs: [objects, sets, portals]\n"
    (folder / "portalctl.yaml").write_text(head, encoding="utf-8")
    for kind in ("objects", "sets", "portals"):
        (folder / kind).mkdir()
    for group in range(files // 10):
        parts = [(f"objects/{group}-{at}.yaml", object_file(group, at)) for at in range(7)]
        parts += [(f"sets/{group}-{at}.yaml", set_file(group, at)) for at in range(2)]
        parts += [(f"portals/{group}.yaml", portal_file(group))]
        for path, lines in parts:
            (folder / path).write_text("\n".join(lines) + "\n", encoding="utf-8")


def memory(*command):
    """The most that the process held, in MiB."""
    before = os.fork()
    if before == 0:
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, 1)
        os.dup2(devnull, 2)
        os.execvp(command[0], command)
    _, status, usage = os.wait4(before, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"{' '.join(command)} failed")
    return usage.ru_maxrss / 1024


def peers(folder, work, portalctl):
    """Each with how many files it looks at, and its command."""
    schema = work / "object.schema.json"
    schema.write_text(output(portalctl, "schema", "object"), encoding="utf-8")
    objects = sorted(str(path) for path in (folder / "objects").iterdir())
    everything = sum(1 for _ in folder.rglob("*.yaml"))
    known = {
        "yamllint": (everything, ["yamllint", "-d", "relaxed", "-f", "parsable", str(folder)]),
        "check-jsonschema": (len(objects), ["check-jsonschema", "--schemafile", str(schema), *objects]),
        "ajv": (len(objects), ["ajv", "validate", "--spec=draft2020", "--strict=false", "-s", str(schema), "-d", str(folder / "objects" / "*.yaml")]),
    }
    for name, (files, command) in known.items():
        if not shutil.which(name):
            raise SystemExit(f"{name} is not on the path: `need_peers` of scripts/lib.sh fetches it")
        yield name, files, command


def bare_parse(folder):
    """Milliseconds of a typed parse of the same files on one core, with nothing checked."""
    command = ("cargo", "bench", "--quiet", "--locked", "--bench", "bare_parse")
    return float(output(*command, env={**os.environ, "FOLDER": str(folder)}))


def main():
    portalctl, work = os.path.abspath(sys.argv[1]), Path(sys.argv[2])
    taken = {}
    for files in (100, 1_000, 10_000):
        folder = work / str(files)
        project(folder, files)
        lines = sum(path.read_text(encoding="utf-8").count("\n") for path in folder.rglob("*.yaml")) / files
        command = (portalctl, "-C", str(folder), "validate", "--deny", "warn")
        taken[files] = median(milliseconds(*command) for _ in range(21 if files < 10_000 else 7))
        held = memory(*command)
        print(f"validate of {files:,} files of {lines:.0f} lines: {taken[files]:.1f} ms, {held:.0f} MiB")
        if files == 1_000:
            limit("validate 1,000 files of 60 lines", taken[files], 100)
            limit("its memory, MiB", held, 100)
    limit("10,000 files beside ten times 1,000", taken[10_000], 10 * taken[1_000])
    limit("1,000 files beside ten times 100", taken[1_000], 10 * taken[100])
    command = (portalctl, "-C", str(work / "1000"), "validate", "--deny", "warn")
    # In pairs, so that whatever else the machine does meets both alike.
    pairs = [(milliseconds(*command), bare_parse(work / "1000")) for _ in range(25)]
    ours, parsed = ([pair[at] for pair in pairs] for at in (0, 1))
    row("validate of 1,001 files, beside a bare parse", median(ours), median(parsed))
    print(f"the least of each: {min(ours):.1f} and {min(parsed):.1f} ms")
    beside = list(peers(work / "1000", work, portalctl))
    # In turn, so that whatever else the machine does meets all of them alike.
    measured = {name: [] for name, *_ in beside}
    ours = []
    for _ in range(3):
        for name, _, other in beside:
            measured[name].append(milliseconds(*other))
            ours.append(milliseconds(*command))
    for name, files, _ in beside:
        row(f"validate of 1,001 files, beside {name} of {files:,}", median(ours), median(measured[name]))


if __name__ == "__main__":
    main()
