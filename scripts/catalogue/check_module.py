#!/usr/bin/env python3
"""Check module files: python3 /work/wt/check_module.py [-v] portal-specs/modules/<file>.yaml …

1. Rows: fields, references, enum values, types, cast (several owners or tenants are written
   `owner: {contact: ann, staff: sam}`, `tenant: {partner: north, customer: south}`).
2. Columns of CATALOGUE section 5 that no field or path holds (`absent`: mend, or leave out on purpose).
3. `portalctl validate` of a throw-away project of the modules and what they need (needs are looked for beside the
   file, then in the other writer's worktree). Line numbers are those of the module file. Findings at
   portal.yaml are noise; transition-unreachable and absorbing-state of states that the business's programs move may stay.
"""
import glob, os, re, subprocess, sys, tempfile
import yaml

CAST = {"ann": "north", "amir": "north", "bea": "south", "sam": None, "mia": None}
TENANTS = {"north", "south", "west"}
STAFF = ("agent", "staff", "manager", "editor", "desk", "clerk", "office", "team", "hr", "clinician", "buyer", "payables", "operator", "finance", "supervisor", "moderator", "publisher")
MODULE_KEYS = ["kind", "name", "title", "about", "needs", "rows"]


class Strict(yaml.SafeLoader):
    def construct_mapping(self, node, deep=False):
        keys = [k.value for k, _ in node.value]
        twice = {k for k in keys if keys.count(k) > 1}
        if twice:
            raise yaml.YAMLError(f"duplicate key {sorted(twice)} at line {node.start_mark.line + 1}")
        return super().construct_mapping(node, deep)


# Dates stay text; yes/no/on/off are plain words, as in the language (where they are refused).
Strict.yaml_implicit_resolvers = {
    c: [(t, r) for t, r in rs if t not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")]
    for c, rs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Strict.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|false)$"), list("tf"))


def load(path):
    try:
        return [d for d in yaml.load_all(open(path), Strict) if d]
    except yaml.YAMLError as problem:
        sys.exit(f"{path}: {problem}")


def find(module, beside):
    for folder in [beside, *sorted(glob.glob("/work/wt/cat-*/portal-specs/modules"))]:
        path = os.path.join(folder, module + ".yaml")
        if os.path.exists(path):
            return path


def closure(paths, complain):
    seen, queue = {}, [os.path.abspath(p) for p in paths]
    while queue:
        path = queue.pop(0)
        name = os.path.basename(path)[:-5]
        if name in seen:
            continue
        seen[name] = path
        for need in next((d.get("needs") or [] for d in load(path) if d.get("kind") == "module"), []):
            other = find(need, os.path.dirname(path))
            if other:
                queue.append(os.path.abspath(other))
            else:
                complain(f"{name}: needs `{need}`, which is not written yet")
    return seen


def field(spec):
    if isinstance(spec, str):
        return {"type": spec}
    if isinstance(spec, list):
        return {"type": "enum", "values": spec}
    return spec


def paths_of(obj, one, many):
    if one in obj:
        return {"": obj[one]}
    return obj.get(many, {})


def path_columns(obj):
    found = set()
    for p in [*paths_of(obj, "tenant", "tenants").values(), *paths_of(obj, "owner", "owners").values(), obj.get("parent", {})]:
        if isinstance(p, str):
            found.add(p)
        elif isinstance(p, dict):
            for key in ("column", "via"):
                v = p.get(key)
                found.update(v if isinstance(v, list) else [v] if v else [])
    return found


def value_problem(spec, value, labels):
    kind = spec["type"]
    text = str(value)
    if kind == "enum":
        return None if value in spec["values"] else f"`{value}` is none of {spec['values']}"
    if kind.startswith("reference("):
        to = kind[10:-1]
        return None if value in labels.get(to, set()) else f"there is no {to} `{value}`"
    if kind == "integer":
        return None if isinstance(value, int) and not isinstance(value, bool) else "not an integer"
    if kind in ("decimal", "money"):
        return None if isinstance(value, (int, float)) and not isinstance(value, bool) else "not a number"
    if kind == "boolean":
        return None if isinstance(value, bool) else "not true or false"
    if kind == "date":
        return None if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else "not a date"
    if kind == "timestamp":
        return None if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text) else "not a timestamp"
    if kind == "json":
        return None
    if kind in ("user", "tenant"):
        return None if value in (CAST if kind == "user" else TENANTS) else f"`{value}` is not of the cast"
    if not isinstance(value, str):
        return f"not text (quote it): {value!r}"
    if kind == "email" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.example", text):
        return "an address ends in .example"
    if len(text) > spec.get("max_length", 10**6):
        return "longer than max_length"


def check_rows(name, docs, everything, complain):
    module = docs[0]
    if module.get("kind") != "module":
        return complain(f"{name}: the first document is not the module")
    if [k for k in module] != MODULE_KEYS:
        complain(f"{name}: module keys are {list(module)}, not {MODULE_KEYS}")
    if module.get("name") != name:
        complain(f"{name}: module is called {module.get('name')}")
    objects = {d["name"]: d for d in everything if d.get("kind") == "object"}
    own = [d["name"] for d in docs if d.get("kind") == "object"]
    labels = {}
    for d in everything:
        if d.get("kind") == "module":
            for o, rows in (d.get("rows") or {}).items():
                labels.setdefault(o, set()).update(r.get("id") for r in rows)
    for o in own:
        obj = objects[o]
        if obj.get("managed") is not True:
            complain(f"{name}: {o} is not managed")
        if o not in (module.get("rows") or {}):
            complain(f"{name}: {o} has no sample rows")
        for f, spec in obj["fields"].items():
            spec = field(spec)
            if spec["type"].startswith("reference(") and spec["type"][10:-1] not in objects:
                complain(f"{name}: {o}.{f} refers to an object that is not here or in needs")
            if spec["type"] == "money" and spec.get("currency") not in obj["fields"]:
                complain(f"{name}: {o}.{f} has no currency field")
        for p in paths_of(obj, "tenant", "tenants").values():
            if isinstance(p, dict) and "via" in p and not any(field(s).get("column", f) == p["via"] for f, s in obj["fields"].items()):
                complain(f"{name}: {o}: no field shows `{p['via']}`, so a row cannot name its parent")
    for o, rows in (module.get("rows") or {}).items():
        if o not in own:
            complain(f"{name}: rows of {o}, which is not an object of the module")
            continue
        obj, tenants, ids = objects[o], set(), [r.get("id") for r in rows]
        fields = {f: field(s) for f, s in obj["fields"].items()}
        if len(set(ids)) != len(ids) or None in ids:
            complain(f"{name}: {o}: ids missing or twice")
        for r in rows:
            at = f"{name}: {o} {r.get('id')}"
            for key, value in r.items():
                if key == "id":
                    continue
                if key in ("tenant", "owner"):
                    ways = paths_of(obj, key, key + "s")
                    given = value if isinstance(value, dict) else {"": value}
                    for way, who in given.items():
                        if way not in ways:
                            complain(f"{at}: there is no {key} path `{way}`, there are {sorted(ways)}")
                        elif key == "tenant" and isinstance(ways[way], dict) and "via" in ways[way]:
                            complain(f"{at}: its tenant is its parent's, drop `tenant`")
                        elif who not in (TENANTS if key == "tenant" else CAST):
                            complain(f"{at}: {key} `{who}` is not of the cast")
                        elif key == "tenant":
                            tenants.add(who)
                    continue
                if key not in fields:
                    complain(f"{at}: `{key}` is no field")
                    continue
                problem = value_problem(fields[key], value, labels) if value is not None else None
                if problem:
                    complain(f"{at}: {key}: {problem}")
            wants = {f for f, s in fields.items() if s.get("required") and "default" not in s}
            stamped = path_columns(obj)
            missing = [f for f in wants if f not in r and not (fields[f].get("column", f) in stamped and ("tenant" in r or "owner" in r))]
            if missing:
                complain(f"{at}: required fields without a value: {sorted(missing)}")
            if any(isinstance(p, str) or "column" in p for p in paths_of(obj, "tenant", "tenants").values()) and "tenant" not in r:
                complain(f"{at}: no tenant")
            home = CAST.get(r.get("owner")) if isinstance(r.get("owner"), str) else None
            if home and isinstance(r.get("tenant"), str) and home != r["tenant"]:
                complain(f"{at}: owner {r['owner']} is of {home}, the row of {r['tenant']}")
            for f, s in fields.items():
                if s.get("unique") and [x.get(f) for x in rows].count(r.get(f)) > 1 and r.get(f) is not None:
                    complain(f"{at}: {f} `{r[f]}` is not unique")
        if len(tenants) == 1 and len(rows) > 3:
            complain(f"{name}: {o}: rows of one tenant only")
        if not 1 <= len(rows) <= 14:
            complain(f"{name}: {o}: {len(rows)} rows")


def singular(table):
    table = table.strip("* ")
    if table.endswith("ies"):
        return table[:-3] + "y"
    if re.search(r"(sses|xes|ches)$", table):
        return table[:-2]
    return table[:-1] if table.endswith("s") and not table.endswith(("ss", "us")) else table


def catalogue(name):
    found, here = {}, False
    for line in open("/work/shared/CATALOGUE.md"):
        cells = [c.strip() for c in line.strip().strip("|").split("|")]
        if len(cells) != 4 or not line.startswith("|"):
            continue
        if re.match(r"\d+ ", cells[0]):
            here = cells[0].split(" ", 1)[1].split(" (")[0] == name
        elif cells[0]:
            here = False
        if here:
            text = re.sub(r"[({\[][^)}\]]*[)}\]]", "", cells[2])
            columns = [c.strip().split(" ")[0].rstrip("?*") for c in re.split(r"[,/]", text) if c.strip()]
            for table in cells[1].split(","):
                found[singular(table.strip().split(" ")[0])] = [c for c in columns if re.fullmatch(r"[a-z_0-9]+", c)]
    return found


def check_catalogue(name, docs, say):
    objects = {d["name"]: d for d in docs if d.get("kind") == "object"}
    for table, columns in catalogue(name).items():
        if table not in objects:
            say(f"absent: {name}: object {table}")
            continue
        obj = objects[table]
        have = {field(s).get("column", f) for f, s in obj["fields"].items()} | set(obj["fields"]) | path_columns(obj)
        if "attachments" in obj:
            have |= {"storage_key", "file_key"}
        lacking = [c for c in columns if c not in have]
        if lacking:
            say(f"absent: {name}: {table}: {', '.join(lacking)}")


def words(grant, fields, sets, default):
    """The fields that a read, create or update names."""
    named = grant.get("fields", default) if isinstance(grant, dict) else grant
    if named == "all":
        return set(fields)
    found = set()
    for name in [named] if isinstance(named, str) else named or []:
        found |= set(sets.get(name, [name]))
    return found


def check_exposed(docs, everything, complain):
    """Fields of class internal or secret in a set for people from outside."""
    objects = {d["name"]: d for d in everything if d.get("kind") == "object"}
    for perms in (d for d in docs if d.get("kind") == "permission_set" and who(d["name"]) != "internal"):
        for name, actions in (perms.get("grants") or {}).items():
            fields = {f: field(s) for f, s in objects.get(name, {"fields": {}})["fields"].items()}
            for action in ("read", "create", "update"):
                given = actions.get(action, [])
                several = given if isinstance(given, list) and given and isinstance(given[0], dict) else [given] if given else []
                for grant in several:
                    for f in sorted(words(grant, fields, objects[name].get("field_sets", {}), "all" if action == "read" else [])):
                        if fields.get(f, {}).get("class") in ("internal", "secret"):
                            complain(f"exposed: {perms['name']} may {action} {name}.{f} of class {fields[f]['class']}")


def project(path):
    """The module's text with what the binary does not know yet blanked out, line for line."""
    parts = re.split(r"(?m)^---[ \t]*$", open(path).read())
    out = []
    for part in parts:
        doc = yaml.load(part, Strict) or {}
        if doc.get("kind") in ("module", "page"):
            out.append(re.sub(r"(?m)^.+$", "#", part))
            continue
        if doc.get("kind") == "object":
            part = re.sub(r"(?m)^managed: true.*$", f"table: m.{doc['name']}", part)
            part = re.sub(r"(?m)^(attachments|max_scope|retention|was|unique):.*$(\n[ \t]+.*$)*", lambda m: "#" + "\n#" * m.group(0).count("\n"), part)
            part = re.sub(r"\b(unique: true|mask: [a-z0-9]+|reads: true)(, )?", "", part)
            part = re.sub(r", (generated: \"[^\"]*\"|numbered: \{[^}]*\}|on_update: \$now)", "", part)
            part = re.sub(r"(type: |^  \w+: )(user|tenant)(?=[,}\n])", r"\1text", part, flags=re.M)
            part = re.sub(r",\s*}", "}", part)
            part = re.sub(r"(?m)^audit: \{\}$", "#", part)
            if "assignment" not in doc and "assignments" not in doc:
                given = f"assignment: {{table: m.{doc['name']}_assigned, row: row_id, user: user_id}}"
                part = re.sub(r"(?m)^label:.*$", given, part, count=1)
        if doc.get("kind") == "permission_set":
            part = re.sub(r"(?m)^    (download|attach):.*$(\n      .*$)*", lambda m: "#" + "\n#" * m.group(0).count("\n"), part)
            part = re.sub(r", (download|attach): (\w+|\{[^{}]*(\{[^{}]*(\{[^{}]*\}[^{}]*)*\}[^{}]*)*\})", "", part)
        out.append(part)
    text = "---".join(out)
    # A document of comments only is none, so its separator goes as well.
    lines = text.split("\n")
    keep = []
    for i, line in enumerate(lines):
        rest = next((l for l in lines[i + 1:] if l.strip() and not l.startswith("#")), "---")
        keep.append("#" if line.strip() == "---" and rest.strip() == "---" else line)
    first = next((i for i, l in enumerate(keep) if l.strip() and not l.startswith("#")), None)
    if first is not None and keep[first].strip() == "---":
        keep[first] = "#"
    return "\n".join(keep)


def who(name):
    if name.endswith("_guest"):
        return "guest"
    return "internal" if name.split("_")[-1] in STAFF else "external"


def validate(modules, verbose):
    folder = tempfile.mkdtemp(prefix="module-")
    os.makedirs(f"{folder}/modules")
    sets = []
    for name, path in modules.items():
        text = project(path)
        if any(l.strip() and not l.startswith("#") for l in text.split("\n")):
            open(f"{folder}/modules/{name}.yaml", "w").write(text)
        sets += [d["name"] for d in load(path) if d.get("kind") == "permission_set"]
    open(f"{folder}/portalctl.yaml", "w").write(
        "version: 1\nkind: project\nname: sample\ndatabase: {schema: m}\ntiers: [basic, silver, gold]\nspecs: [modules, portals]\n"
        "assigned_tenants: {table: m.tenant_staff, tenant: tenant_id, user: user_id}\n")
    os.makedirs(f"{folder}/portals")
    # Staff sets of one module are often held by different people, so each set is an audience of its own.
    audiences = "".join(f"  {s}: {{who: {who(s)}, permission_sets: [{s}]}}\n" for s in sets)
    open(f"{folder}/portals/portal.yaml", "w").write(f"kind: portal\nname: all\naudiences:\n{audiences}")
    run = subprocess.run(["/tmp/portalctl-bin", "-C", folder, "validate", "--color", "never"], capture_output=True, text=True)
    print(run.stdout + run.stderr)
    if verbose:
        print(folder)


def main():
    args = [a for a in sys.argv[1:] if not a.startswith("-")]
    problems = []
    modules = closure(args, problems.append)
    everything = [d for path in modules.values() for d in load(path)]
    names = [(d["kind"], d["name"]) for d in everything]
    problems += [f"twice: {n}" for n in sorted(set(names)) if names.count(n) > 1]
    for path in args:
        name = os.path.basename(path)[:-5]
        docs = load(path)
        check_rows(name, docs, everything, problems.append)
        check_exposed(docs, everything, problems.append)
        check_catalogue(name, docs, print)
        lines = open(path).read().count("\n")
        if not 60 <= lines <= 220:
            problems.append(f"{name}: {lines} lines")
    print("\n".join(problems) or "rows and names: fine")
    validate(modules, "-v" in sys.argv)
    sys.exit(bool(problems))


main()
