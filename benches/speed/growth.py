"""How the time of `validate` grows with projects of several shapes: four times as much may take four times as long, and no more.

Each shape has much of one thing, so that what looks at all pairs of it shows."""

import os
import shutil
import sys
from pathlib import Path

from many_files import object_file, set_file
from timing import limit, milliseconds

HEAD = "version: 1\nkind: project\nname: business\nspecs: [all]\n"
USES = [
    "read: {scope: tenant, fields: sheet}",
    "create: {fields: entry, preset: {state: draft}}",
    "update: {fields: entry, where: {state: draft, author: $user}}",
    "transition: {state: {draft: [submitted]}, where: {author: $user}}",
]


def objects(count):
    return {f"o{number}": "\n".join(object_file(0, number)) for number in range(count)}


def desk(name, audiences):
    return f"kind: portal\nname: {name}\naudiences:\n" + "\n".join(f"  {audience}" for audience in audiences)


def one_set():
    return objects(10) | {"set": "\n".join(set_file(0, 0))}


def much_for_one_persona(count):
    files = objects(count)
    for start in range(0, count, 50):
        grants = [f"  record_0_{at}:\n    " + "\n    ".join(USES) for at in range(start, min(count, start + 50))]
        files[f"s{start}"] = f"kind: permission_set\nname: s{start}\ngrants:\n" + "\n".join(grants)
    sets = ", ".join(name for name in files if name.startswith("s"))
    return files | {"desk": desk("desk", [f"a: {{permission_sets: [{sets}]}}", f"b: {{permission_sets: [{sets}]}}"])}


def many_audiences_of_one_portal(count):
    return one_set() | {"desk": desk("desk", [f"a{at}: {{permission_sets: [set_0_0], label: A {at}}}" for at in range(count)])}


def many_portals_with_one_set(count):
    desks = {f"d{at}": desk(f"desk-{at}", ["a: {permission_sets: [set_0_0]}"]) for at in range(count)}
    return one_set() | desks


def many_pages(count):
    page = "\n---\nkind: page\nname: page_{0}\nportal: desk-{0}\nobject: record_0_1\nview: list\n"
    return {name: text + page.format(name[1:]) if name[0] == "d" else text for name, text in many_portals_with_one_set(count).items()}


def many_managed_objects(count):
    def one(at):
        above = at - 1 if at % 10 else 0
        text = f"kind: object\nname: thing_{at}\nmanaged: true\nwas: old_{at}\ntenant: account\nfields:\n  title: text\n"
        return text + f"  up: {{type: reference(thing_{above})}}\n" if at else text

    desks = {}
    for start in range(0, count, 10):
        grants = [f"thing_{at}: {{read: [title], create: {{fields: [title]}}}}" for at in range(start, min(count, start + 10))]
        desks[f"d{start}"] = desk(f"desk-{start}", ["a:", "  grants:", *(f"    {grant}" for grant in grants)])
    return {f"o{at}": one(at) for at in range(count)} | desks


def many_acceptances(count):
    accept = "accept:\n" + "\n".join(
        f"  - {{check: near-identical-audiences, object: desk-{at}/a, reason: so it is, until: 2027-01-01}}" for at in range(count)
    )
    return many_portals_with_one_set(count) | {"": HEAD + accept}


def many_languages(count):
    head = HEAD + "locales: [en, de]\n"
    label = "label: {one: {en: Thing}, many: {en: Things}}\n"
    files = {f"o{at}": f"kind: object\nname: thing_{at}\ntable: b.t{at}\ntenant: account\n{label}fields: {{a: text}}" for at in range(count)}
    return files | {"": head}


SHAPES = [
    (much_for_one_persona, 200),
    (many_audiences_of_one_portal, 200),
    (many_portals_with_one_set, 400),
    (many_pages, 400),
    (many_managed_objects, 500),
    (many_acceptances, 200),
    (many_languages, 1_000),
]


def written(folder, files):
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "all").mkdir(parents=True)
    (folder / "portalctl.yaml").write_text(files.pop("", HEAD), encoding="utf-8")
    for name, text in files.items():
        (folder / "all" / f"{name}.yaml").write_text(text + "\n", encoding="utf-8")


def main():
    portalctl, work = os.path.abspath(sys.argv[1]), Path(sys.argv[2])
    too_much = []
    for shape, count in SHAPES:
        taken = []
        for size in (count, 4 * count):
            folder = work / f"{shape.__name__}-{size}"
            written(folder, shape(size))
            taken.append(min(milliseconds(portalctl, "-C", str(folder), "validate", "--deny", "error", any_code=True) for _ in range(7)))
        named = shape.__name__.replace("_", " ")
        limit(f"{named}, {count} and {4 * count}", taken[1], round(6 * taken[0]))
        if taken[1] > 6 * taken[0]:
            too_much.append(named)
    if too_much:
        raise SystemExit(f"validate grows faster than its project: {', '.join(too_much)}")


if __name__ == "__main__":
    main()
