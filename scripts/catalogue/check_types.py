#!/usr/bin/env python3
"""Check portal-specs/types and the access tests of tests/catalogue, until the language checks itself.

python3 scripts/catalogue/check_types.py                 every type: modules, sets, navigation, cast, and that each audience sees
                                                         sample rows in every entry it is offered
python3 scripts/catalogue/check_types.py tests           every access test below tests/catalogue, by a small evaluator of reads and
                                                         writes (presets, masks and facets are not its business)
python3 scripts/catalogue/check_types.py flat TYPE DIR   the type with all it offers as a project that an older binary reads
"""
import copy, glob, os, re, sys
import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NOW = "2026-06-01T09:00:00Z"
LATER = "2027-06-01T09:00:00Z"
TIERS = ["basic", "silver", "gold"]


class Loader(yaml.SafeLoader):
    pass


Loader.yaml_implicit_resolvers = {
    c: [(t, r) for t, r in rs if t not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")]
    for c, rs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|false)$"), list("tf"))


def load(path):
    return [d for d in yaml.load_all(open(path), Loader) if d]


def as_list(value):
    return [] if value is None else value if isinstance(value, list) else [value]


def field(spec):
    if isinstance(spec, str):
        return {"type": spec}
    return {"type": "enum", "values": spec} if isinstance(spec, list) else spec


class Catalogue:
    def __init__(self, root=ROOT):
        self.modules, self.types = {}, {}
        for path in sorted(glob.glob(f"{root}/portal-specs/modules/*.yaml")):
            docs = load(path)
            self.modules[docs[0]["name"]] = docs
        for path in sorted(glob.glob(f"{root}/portal-specs/types/*.yaml")):
            (doc,) = load(path)
            self.types[doc["name"]] = doc

    def closure(self, names):
        found, queue = [], list(names)
        while queue:
            name = queue.pop(0)
            if name not in found:
                found.append(name)
                queue += self.modules[name][0].get("needs", [])
        return found

    def docs(self, names, kind):
        return {d["name"]: d for n in names for d in self.modules[n] if d["kind"] == kind}

    def rows(self, names):
        return {o: rs for n in names for o, rs in (self.modules[n][0].get("rows") or {}).items()}


def merge(base, over):
    """The merge of the language: maps by key, lists and scalars replace, `+key` appends, `-key` removes."""
    if not isinstance(base, dict) or not isinstance(over, dict):
        return copy.deepcopy(over)
    out = copy.deepcopy(base)
    for key, value in over.items():
        name = key.lstrip("+-")
        if key.startswith("+"):
            if isinstance(value, dict):
                out[name] = {**out.get(name, {}), **value}
            else:
                out[name] = out.get(name, []) + value
        elif key.startswith("-"):
            for gone in value:
                if isinstance(out[name], dict):
                    del out[name][gone]
                else:
                    out[name].remove(gone)
        else:
            out[name] = merge(out[name], value) if key in out else copy.deepcopy(value)
    return out


class Portal:
    """A portal with its type under it: who holds which permission sets."""

    def __init__(self, catalogue, doc):
        kind = catalogue.types.get(doc.get("type"), {})
        self.doc = merge({k: v for k, v in kind.items() if k not in ("kind", "name", "about")}, doc)
        self.name = doc["name"]
        self.adopted = [m if isinstance(m, str) else next(iter(m)) for m in self.doc.get("modules", [])]
        self.audiences = self.doc["audiences"]
        self.held = {a: list(spec.get("permission_sets", [])) for a, spec in self.audiences.items()}
        for module, by_audience in (self.doc.get("permission_sets") or {}).items():
            if module in self.adopted:
                for audience, sets in by_audience.items():
                    if audience in self.held:
                        self.held[audience] += sets

    def sets(self, audience):
        spec = self.audiences[audience]
        return (self.sets(spec["extends"]) if "extends" in spec else []) + self.held[audience]

    def who(self, audience):
        spec = self.audiences[audience]
        return spec.get("who") or (self.who(spec["extends"]) if "extends" in spec else "external")

    def tenants(self, audience):
        return self.audiences[audience].get("tenants", "all")


class World:
    """Objects, permission sets and the rows there are, all by label."""

    def __init__(self, objects, sets, rows, now):
        self.objects, self.sets, self.now = objects, sets, now
        self.fields = {o: {f: field(s) for f, s in d["fields"].items()} for o, d in objects.items()}
        self.rows = {o: [] for o in objects}
        for o, given in rows.items():
            for row in given:
                self.rows[o].append(self.columns(o, row))

    def columns(self, o, given):
        if o not in self.objects:
            raise SystemExit(f"rows of `{o}`, which is no object here")
        doc, cols = self.objects[o], {"id": str(given.get("id"))}
        for f, s in self.fields[o].items():
            default = s.get("default")
            if default is not None:
                cols[s.get("column", f)] = {"$now": self.now, "$today": self.now[:10]}.get(default, default)
        for key in ("tenant", "owner"):
            if key in given:
                ways = self.ways(o, key)
                for way, who in (given[key].items() if isinstance(given[key], dict) else [(None, given[key])]):
                    path = next(iter(ways.values())) if way is None else ways[way]
                    cols[path if isinstance(path, str) else path["column"]] = who
        for f, value in given.items():
            if f in ("id", "tenant", "owner"):
                continue
            if f not in self.fields[o]:
                raise SystemExit(f"{o} has no field `{f}`")
            s = self.fields[o][f]
            cols[s.get("column", f)] = str(value) if s["type"].startswith("reference") and value is not None else value
        return cols

    def looked_after(self, user):
        """The tenants that the project's assigned_tenants names for somebody, of the table account_team."""
        return [r["account_id"] for r in self.rows.get("account_team", []) if r.get("staff_id") == user]

    def ways(self, o, key):
        doc = self.objects[o]
        return {"": doc[key]} if key in doc else doc.get(key + "s", {})

    def way(self, o, key, path):
        ways = self.ways(o, key)
        return ways.get(path) if path else next(iter(ways.values()), None) if len(ways) == 1 else ways.get("")

    def find(self, o, label):
        return next((r for r in self.rows[o] if r["id"] == str(label)), None)

    def end(self, o, row, key, path=None):
        """Whose a row is on a path: labels of tenants or users."""
        way = self.way(o, key, path)
        if way is None:
            return set()
        if isinstance(way, str) or "column" in way:
            value = row.get(way if isinstance(way, str) else way["column"])
            return {value} if value is not None else set()
        if "link" in way:
            link = way["link"]
            return {r.get(link["tenant"]) for r in self.rows[link["table"]] if r.get(link["row"]) == row["id"]}
        parent = self.find(way["object"], row.get(way["via"]))
        return self.end(way["object"], parent, key, way.get("path")) if parent else set()

    def parent(self, o, row):
        doc = self.objects[o]
        way = doc.get("parent") or next((w for w in self.ways(o, "tenant").values() if isinstance(w, dict) and "via" in w), None)
        return (way["object"], self.find(way["object"], row.get(way["via"]))) if way else (None, None)

    def expand(self, o, names):
        if names in (None, "all"):
            return set(self.fields[o])
        found = set()
        for name in as_list(names):
            found |= set(self.objects[o].get("field_sets", {}).get(name, [name]))
        return found


SHORT = {"read": ("fields", "scope"), "create": ("fields",), "update": ("fields",)}


class Persona:
    def __init__(self, world, sets, user=None, tenant=None, tier=None, who="external", tree=(), reports=(), mfa=True, assigned=None, members=None):
        self.world, self.user, self.tenant, self.tier, self.who = world, user, tenant, tier, who
        self.tree, self.reports, self.mfa, self.assigned = set(tree) | {tenant}, set(reports) | {user}, mfa, assigned
        self.members = members or {}
        self.grants, self.depth = {}, 0
        done, queue = set(), list(sets)
        while queue:
            name = queue.pop()
            if name in done:
                continue
            done.add(name)
            if name not in world.sets:
                raise SystemExit(f"there is no permission set `{name}`")
            queue += world.sets[name].get("includes", [])
            for o, actions in world.sets[name].get("grants", {}).items():
                for action, given in actions.items():
                    several = given if isinstance(given, list) and given and isinstance(given[0], dict) else [given]
                    for grant in several:
                        if action in ("read", "create", "update") and not isinstance(grant, dict):
                            grant = {"fields": grant}
                        elif action in ("delete", "download", "attach") and isinstance(grant, str):
                            grant = {"scope": grant}
                        elif action == "export":
                            grant = {}
                        self.grants.setdefault(o, {}).setdefault(action, []).append(grant)

    def of(self, o, action):
        return self.grants.get(o, {}).get(action, [])

    # Conditions.
    def value(self, o, row, value):
        if not isinstance(value, str) or not value.startswith("$"):
            return value
        if value.startswith("$row."):
            return self.get(o, row, value[5:])
        return {"$user": self.user, "$tenant": self.tenant, "$tier": self.tier, "$now": self.world.now, "$today": self.world.now[:10]}[value]

    def get(self, o, row, name):
        s = self.world.fields[o].get(name, {})
        return row.get(s.get("column", name))

    def same(self, a, b):
        if a is None or b is None:
            return False
        return a == b if type(a) is type(b) else str(a) == str(b)

    def test(self, o, row, name, test):
        have = self.get(o, row, name)
        if isinstance(test, list):
            return any(self.same(have, self.value(o, row, t)) for t in test)
        if not isinstance(test, dict):
            return self.same(have, self.value(o, row, test))
        for op, bound in test.items():
            if op == "is_null":
                if (have is None) != bound:
                    return False
                continue
            if have is None:
                return False
            bound = [self.value(o, row, b) for b in bound] if isinstance(bound, list) else self.value(o, row, bound)
            if bound is None:
                return False
            ok = {
                "ne": lambda: not self.same(have, bound), "lt": lambda: have < bound, "lte": lambda: have <= bound,
                "gt": lambda: have > bound, "gte": lambda: have >= bound,
                "in": lambda: any(self.same(have, b) for b in bound), "not_in": lambda: not any(self.same(have, b) for b in bound),
            }[op]()
            if not ok:
                return False
        return True

    def where(self, o, row, where):
        for name, test in (where or {}).items():
            if name == "any_of":
                if not any(self.where(o, row, w) for w in test):
                    return False
            elif not self.test(o, row, name, test):
                return False
        return True

    def bound(self, o, row, bound):
        if bound in self.world.fields[o] or bound in row:
            return self.get(o, row, bound)
        return bound

    def besides(self, o, row, grant):
        if not self.where(o, row, grant.get("where")):
            return False
        for has in as_list(grant.get("has")):
            other = has["object"]
            if not any(
                self.sees(other, r) and all(self.same(self.get(other, r, f), self.value(o, row, v)) for f, v in has["match"].items())
                for r in self.world.rows[other]
            ):
                return False
        least = grant.get("min_tier")
        if least is not None:
            least = self.value(o, row, least)
            if least not in TIERS or self.tier not in TIERS or TIERS.index(self.tier) < TIERS.index(least):
                return False
        for key, fits in (("valid_from", lambda b: b <= self.world.now), ("valid_until", lambda b: self.world.now < b)):
            if key in grant:
                bound = self.bound(o, row, grant[key])
                if bound is None or not fits(bound):
                    return False
        return self.mfa or "needs" not in grant

    # Scopes.
    def scope(self, o, row, grant, action):
        w = self.world
        scope = grant.get("scope") or ("all" if self.who == "internal" else "tenant" if w.ways(o, "tenant") else "none")
        path = grant.get("path")
        if self.who == "internal" and self.assigned is not None and w.ways(o, "tenant"):
            if not any(w.end(o, row, "tenant", p or None) & set(self.assigned) for p in w.ways(o, "tenant")):
                return False
        if scope in ("public", "all"):
            return True
        if scope == "own":
            return self.user is not None and self.user in w.end(o, row, "owner", path)
        if scope == "reports":
            return bool(self.reports & w.end(o, row, "owner", path))
        if scope == "tenant":
            return self.tenant is not None and self.tenant in w.end(o, row, "tenant", path)
        if scope == "tenant_tree":
            return bool(self.tree & w.end(o, row, "tenant", path))
        if scope == "parent":
            po, parent = w.parent(o, row)
            if parent is None:
                return False
            if action in ("read", "create", "download", "attach") or grant.get("parent_needs") == "read":
                return self.sees(po, parent)
            return any(self.fits(po, parent, g, "update") for g in self.of(po, "update"))
        if scope == "shared":
            shares = w.objects[o].get("shares")
            if not shares:
                return False
            me = self.user if "user" in shares else self.tenant
            column = shares.get("user") or shares.get("tenant")
            return any(
                r.get(shares["row"]) == row["id"] and r.get(column) == me and me is not None and (not shares.get("until") or (r.get(shares["until"]) or "") > w.now)
                for r in w.rows[shares["table"]]
            )
        if scope == "assigned":
            for link in as_list(w.objects[o].get("assignment")) + as_list(w.objects[o].get("assignments")):
                for r in w.rows[link["table"]]:
                    if r.get(link["user"]) != self.user or self.user is None:
                        continue
                    if "row" in link and r.get(link["row"]) == row["id"]:
                        return True
                    if "parent" in link:
                        way = w.objects[o].get("parent") or next(x for x in w.ways(o, "tenant").values() if isinstance(x, dict))
                        if r.get(link["parent"]) is not None and r.get(link["parent"]) == row.get(way["via"]):
                            return True
            return False
        return False

    def fits(self, o, row, grant, action="read"):
        return self.scope(o, row, grant, action) and self.besides(o, row, grant)

    def sees(self, o, row, names=None):
        grants = [g for g in self.of(o, "read") if self.fits(o, row, g)]
        if names is None:
            return bool(grants)
        return all(any(n in self.world.expand(o, g.get("fields")) for g in grants) for n in names)

    def lists(self, o):
        return [r["id"] for r in self.world.rows[o] if self.sees(o, r)]

    # Writes.
    def may(self, act):
        action = next(k for k in act if k in ("read", "create", "update", "transition", "assign", "delete", "export", "share", "download", "attach"))
        w = self.world
        if action == "export":
            return bool(self.of(act["export"], "export"))
        if action == "create":
            return self.creates(act["create"], act.get("values", {}))
        o, label = act[action].split("/", 1)
        row = w.find(o, label)
        if row is None:
            raise SystemExit(f"there is no {o} `{label}`")
        if action == "read":
            return self.sees(o, row, act.get("fields"))
        if not self.sees(o, row):
            return False
        if action == "update":
            values = act.get("values", {})
            after = {**row, **{k: v for k, v in w.columns(o, {"id": label, **values}).items() if k in {w.fields[o][f].get("column", f) for f in values}}}
            names = set(act.get("fields", [])) | set(values)
            if not names:
                return any(self.fits(o, row, g, action) for g in self.of(o, action))
            return all(any(n in w.expand(o, g["fields"]) and self.fits(o, row, g, action) and self.fits(o, after, g, action) for g in self.of(o, action)) for n in names)
        if action == "transition":
            column = w.fields[o][w.objects[o]["states"]["field"]].get("column", w.objects[o]["states"]["field"])
            now = row.get(column)
            return any(act["to"] in as_list(g["state"].get(now)) and self.fits(o, row, g, action) for g in self.of(o, action))
        if action == "assign":
            wanted = act.get("fields")
            for g in self.of(o, action):
                if not self.fits(o, row, g, action) or wanted and not set(wanted) <= set(g["fields"]):
                    continue
                homes = self.members.get(act["to"], set())
                ends = set().union(*(w.end(o, row, "tenant", p or None) for p in w.ways(o, "tenant"))) if w.ways(o, "tenant") else set()
                if g["to"] == "staff" and None in homes or g["to"] == "tenant_member" and ends & homes:
                    return True
            return False
        return any(self.fits(o, row, g, action) for g in self.of(o, action))

    def creates(self, o, values):
        w = self.world
        given = {k: v for k, v in values.items() if k not in ("tenant", "owner")}
        for f, value in given.items():
            s = w.fields[o][f]
            if s["type"].startswith("reference") and value is not None:
                other = w.find(s["type"][10:-1], value)
                if other is None or not self.sees(s["type"][10:-1], other):
                    return False
        for g in self.of(o, "create"):
            way = w.objects[o].get("parent") or next((x for x in w.ways(o, "tenant").values() if isinstance(x, dict) and "via" in x), None)
            via = {f for f, s in w.fields[o].items() if way and s.get("column", f) == way["via"]}
            if not set(given) - via <= w.expand(o, g["fields"]):
                continue
            row = w.columns(o, {"id": "new", **values})
            for f, preset in g.get("preset", {}).items():
                row[w.fields[o][f].get("column", f)] = self.value(o, row, preset)
            stamped = g.get("path")
            for key, me in (("tenant", self.tenant), ("owner", self.user)):
                for name, path in w.ways(o, key).items():
                    if (isinstance(path, str) or "column" in path) and me is not None:
                        column = path if isinstance(path, str) else path["column"]
                        if key == "tenant" or stamped in (None, name):
                            if column in row and key in values:
                                return False
                            if self.who == "external" or key == "owner":
                                row[column] = me
            scope = g.get("scope")
            ok = self.scope(o, row, g, "create") if scope not in (None, "tenant", "all") or self.who == "internal" else True
            if ok and self.besides(o, row, g):
                return True
        return False


def persona_of(portal, audience, world, given, label, tenant):
    tenants, users = given.get("tenants", {}), given.get("users", {})
    user = users.get(label, {})

    def below(name):
        return {t for t, d in tenants.items() if d and d.get("parent") == name} | {x for t, d in tenants.items() if d and d.get("parent") == name for x in below(t)}

    def under(name):
        direct = {u for u, d in users.items() if d.get("reports_to") == name}
        return direct | {x for u in direct for x in under(u)}

    members = {u: {d.get("tenant")} | {m.get("tenant") for m in d.get("memberships", [])} for u, d in users.items()}
    return Persona(
        world, portal.sets(audience), user=label, tenant=tenant, tier=(tenants.get(tenant) or {}).get("tier"), who=portal.who(audience),
        tree=below(tenant) if tenant else (), reports=under(label) if label else (), mfa=user.get("mfa", False),
        assigned=user.get("assigned", []) + world.looked_after(label) if portal.tenants(audience) == "assigned" else None, members=members,
    )


def places(label, user):
    found = [(user.get("tenant"), user["audience"])] if "audience" in user else []
    return found + [(m.get("tenant"), m["audience"]) for m in user.get("memberships", [])]


# Types.
def matrix():
    on, offers = {}, {}
    path = "/work/shared/CATALOGUE.md"
    if not os.path.exists(path):
        return None
    names = ["customer", "client", "self-service", "partner", "member", "vendor", "reseller", "franchise", "distributor", "investor", "patient", "employee"]
    for line in open(path).read().split("## 6. Module")[1].split("## 7.")[0].splitlines():
        cells = [c.strip() for c in line.strip().strip("|").split("|")]
        if len(cells) == 13 and re.match(r"\d+ ", cells[0]):
            module = cells[0].split(" ", 1)[1]
            for name, cell in zip(names, cells[1:]):
                if cell[0] in "●○":
                    (on if cell[0] == "●" else offers).setdefault(name, set()).add(module)
    return on, offers


KEYS = ["kind", "name", "title", "about", "tenant_kind", "modules", "offers", "audiences", "permission_sets", "auth", "checks", "navigation", "sample"]


def check_type(catalogue, doc, say):
    name, known = doc["name"], matrix()
    if list(doc) != KEYS:
        say(f"{name}: keys {list(doc)}")
    both = doc["modules"] + doc["offers"]
    if known and (set(doc["modules"]) != known[0][name] or set(doc["offers"]) != known[1][name]):
        say(f"{name}: modules differ from the matrix: {set(doc['modules']) ^ known[0][name]} {set(doc['offers']) ^ known[1][name]}")
    if list(doc["permission_sets"]) != both and set(doc["permission_sets"]) != set(both):
        say(f"{name}: permission_sets of {set(doc['permission_sets']) ^ set(both)}")
    for module, by in doc["permission_sets"].items():
        own = catalogue.docs([module], "permission_set")
        for audience, sets in by.items():
            if audience not in doc["audiences"]:
                say(f"{name}: {module}: there is no audience {audience}")
            for s in sets:
                if s not in own:
                    say(f"{name}: {module} has no set {s}")
        held = {s for sets in by.values() for s in sets}
        reached, queue = set(), list(held)
        while queue:
            s = queue.pop()
            if s in own and s not in reached:
                reached.add(s)
                queue += own[s].get("includes", [])
        rest = sorted(set(own) - reached)
        if rest and "-v" in sys.argv:
            print(f"{name}: {module}: nobody holds {', '.join(rest)}")
    if len(doc["navigation"]) > 8:
        say(f"{name}: {len(doc['navigation'])} navigation entries")
    cast = doc["sample"]
    for audience, spec in doc["audiences"].items():
        if spec.get("who") != "guest" and not any(audience == a for u, d in cast["users"].items() for _, a in places(u, d)):
            say(f"{name}: nobody is {audience}")
    for wanted in ("ann", "amir", "bea", "sam", "mia"):
        if wanted not in cast["users"]:
            say(f"{name}: no {wanted}")
    for modules in (doc["modules"], both):
        portal = Portal(catalogue, {"name": name, "type": name, "modules": modules})
        names = catalogue.closure(modules)
        objects, sets, pages = (catalogue.docs(names, k) for k in ("object", "permission_set", "page"))
        for entry in doc["navigation"]:
            where = next((m for m in both if entry in catalogue.docs([m], "object") or entry in catalogue.docs([m], "page")), None)
            if entry == "home":
                continue
            if where is None:
                say(f"{name}: navigation: nothing is called {entry}")
                continue
            if where not in modules:
                continue
            o = pages[entry]["object"] if entry in pages else entry
            for now in (NOW, LATER):
                world = World(objects, sets, catalogue.rows(names), now)
                for audience in doc["audiences"]:
                    people = [(u, t) for u, d in cast["users"].items() for t, a in places(u, d) if a == audience] or [(None, None)]
                    seen = {}
                    for user, tenant in people:
                        given = copy.deepcopy(cast)
                        if user:
                            given["users"][user]["mfa"] = True
                        who = persona_of(portal, audience, world, given, user, tenant)
                        if who.of(o, "read"):
                            seen[user] = who.lists(o)
                    if seen and not any(seen.values()):
                        say(f"{name}: {audience} is offered {entry} and sees nothing ({now[:10]}, {len(modules)} modules)")
                    elif "-v" in sys.argv and now == NOW and seen:
                        for user, rows in seen.items():
                            if not rows:
                                print(f"{name}: {user} ({audience}) is offered {entry} and sees nothing")


# Tests.
def check_tests(catalogue, say):
    count = 0
    for project in sorted(glob.glob(f"{ROOT}/tests/catalogue/**/portalctl.yaml", recursive=True)):
        folder = os.path.dirname(project)
        docs = [d for f in sorted(glob.glob(f"{folder}/**/*.yaml", recursive=True)) for d in load(f)]
        portals = {d["name"]: Portal(catalogue, d) for d in docs if d["kind"] == "portal"}
        names = catalogue.closure([m for p in portals.values() for m in p.adopted])
        objects, sets = catalogue.docs(names, "object"), catalogue.docs(names, "permission_set")
        for d in docs:
            if d["kind"] in ("object", "permission_set"):
                known = objects if d["kind"] == "object" else sets
                known[d["name"]] = merge(known[d["name"]], {k: v for k, v in d.items() if k != "extends"}) if "extends" in d else d
        if not portals:
            say(f"{folder}: no portal")
        for test in (d for d in docs if d["kind"] == "access_test"):
            at = f"{os.path.relpath(folder, ROOT)}: {test['name']}"
            given = test["given"]
            world = World(objects, sets, given.get("rows", {}), test.get("now", NOW))
            for label, user in given.get("users", {}).items():
                for tenant, audience in places(label, user):
                    portal, _, a = audience.partition("/")
                    if portal not in portals or a not in portals[portal].audiences:
                        say(f"{at}: {label}: there is no audience {audience}")
                    elif (tenant is None) != (portals[portal].who(a) != "external"):
                        say(f"{at}: {label}: {audience} and tenant {tenant}")
            for expected in test["expect"]:
                label, _, wanted = expected["as"].partition("@")
                of = expected.get("of")
                if label == "guest":
                    portal = portals[of]
                    guests = [a for a in portal.audiences if portal.who(a) == "guest"]
                    who = Persona(world, portal.sets(guests[0]) if guests else [], who="guest")
                else:
                    if label not in given["users"]:
                        say(f"{at}: there is no user {label}")
                        continue
                    fit = [(t, a) for t, a in places(label, given["users"][label]) if (not wanted or t == wanted) and (not of or a == of or a.split("/")[0] == of)]
                    if len(fit) != 1:
                        say(f"{at}: as {expected['as']} of {of}: {len(fit)} places")
                        continue
                    portal, a = fit[0][1].split("/")
                    who = persona_of(portals[portal], a, world, given, label, fit[0][0])
                for o, rows in expected.get("lists", {}).items():
                    count += 1
                    if o not in objects:
                        say(f"{at}: there is no object {o}")
                    elif sorted(map(str, rows)) != sorted(who.lists(o)):
                        say(f"{at}: {expected['as']} lists {o}: {sorted(who.lists(o))}, not {rows}")
                for kind in ("can", "cannot"):
                    for act in as_list(expected.get(kind)):
                        acts = [act]
                        if kind == "cannot" and "fields" in act and "update" in act or kind == "cannot" and "fields" in act and "read" in act:
                            acts = [{**act, "fields": [f]} for f in act["fields"]]
                        for one in acts:
                            count += 1
                            if who.may(one) != (kind == "can"):
                                say(f"{at}: {expected['as']} {kind} {one}: it is the other way")
    print(f"{count} expectations")


def flat(catalogue, name, folder):
    """A type and all its offers over mapped tables, as the language of today reads it."""
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    doc = catalogue.types[name]
    modules = catalogue.closure(doc["modules"] + doc["offers"])
    os.makedirs(f"{folder}/modules", exist_ok=True)
    for module in modules:
        parts = [d for d in catalogue.modules[module] if d["kind"] in ("object", "permission_set")]
        for d in parts:
            if d["kind"] == "object":
                for key in ("managed", "unique", "retention", "attachments"):
                    d.pop(key, None)
                d["table"] = f"m.{d['name']}"
                if "audit" in d:
                    del d["audit"]
                uses = [g for m in modules for s in catalogue.modules[m] if s["kind"] == "permission_set" for g in [s.get("grants", {}).get(d["name"])] if g]
                if "assigned" in str(uses) and not ("assignment" in d or "assignments" in d):
                    d["assignment"] = {"table": f"m.{d['name']}_assigned", "row": "row_id", "user": "user_id"}
                for f, s in list(d["fields"].items()):
                    if isinstance(s, dict):
                        for key in ("unique", "generated", "numbered", "on_update", "mask"):
                            s.pop(key, None)
                        if s["type"] in ("user", "tenant"):
                            s["type"] = "text"
                    elif s in ("user", "tenant"):
                        d["fields"][f] = "text"
        for d in parts:
            if d["kind"] == "permission_set":
                for o in list(d.get("grants", {})):
                    d["grants"][o] = {k: v for k, v in d["grants"][o].items() if k not in ("download", "attach")}
                    if not d["grants"][o]:
                        del d["grants"][o]
        if parts:
            open(f"{folder}/modules/{module}.yaml", "w").write("---\n".join(yaml.safe_dump(d, sort_keys=False, allow_unicode=True, width=10000) for d in parts))
    portal = Portal(catalogue, {"name": "all", "type": name, "modules": doc["modules"] + doc["offers"]})
    audiences = {}
    for a, spec in doc["audiences"].items():
        audiences[a] = {k: v for k, v in spec.items()}
        if portal.held[a]:
            audiences[a]["permission_sets"] = portal.held[a]
    open(f"{folder}/portal.yaml", "w").write(yaml.safe_dump({"kind": "portal", "name": "all", "audiences": audiences}, sort_keys=False, width=10000))
    open(f"{folder}/portalctl.yaml", "w").write(
        "version: 1\nkind: project\nname: sample\ndatabase: {schema: m}\ntiers: [basic, silver, gold]\n"
        "assigned_tenants: {table: m.account_team, tenant: account_id, user: staff_id}\n")


def main():
    problems, catalogue = [], Catalogue()
    if sys.argv[1:2] == ["flat"]:
        return flat(catalogue, *sys.argv[2:4])
    if "tests" in sys.argv[1:]:
        check_tests(catalogue, problems.append)
    else:
        for doc in catalogue.types.values():
            check_type(catalogue, doc, problems.append)
    print("\n".join(dict.fromkeys(problems)) or "fine")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
