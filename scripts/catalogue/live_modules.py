# Writes /tmp/live-a: modules 1 to 26 as mapped tables with their sample rows, and the portals of live_portals.yaml. Then:
# portalctl -C /tmp/live-a apply --yes; portalctl -C /tmp/live-a sql --as client/member --tenant north --user ann@x.example -c …
import sys, os, re, glob, uuid, subprocess, tempfile, runpy
sys.argv=["x"]
src=open("/work/wt/check_module.py").read().replace("\nmain()\n","\n")
exec(src)
mods=sorted(glob.glob("/work/wt/cat-a/portal-specs/modules/*.yaml"))
d="/tmp/live-a"; os.makedirs(d+"/modules",exist_ok=True); os.makedirs(d+"/db",exist_ok=True); os.makedirs(d+"/portals",exist_ok=True)
docs=[x for m in mods for x in load(m)]
objs={x["name"]:x for x in docs if x["kind"]=="object"}
T={"text":"text","long_text":"text","email":"text","url":"text","phone":"text","integer":"integer","decimal":"numeric","money":"numeric(14,2)","boolean":"boolean","date":"date","timestamp":"timestamptz","uuid":"uuid","file":"text","json":"jsonb","enum":"text"}
q=lambda s:'"%s"'%s
sql=["CREATE SCHEMA m;"]; fks=[]
cols={}
for n,o in objs.items():
    c={"id":"uuid PRIMARY KEY DEFAULT gen_random_uuid()"}
    for f,s in o["fields"].items():
        s=field(s); col=s.get("column",f)
        if col=="id": continue
        t=s["type"]
        if t.startswith("reference("):
            c[col]="uuid"; fks.append(f'ALTER TABLE m.{q(n)} ADD FOREIGN KEY ({q(col)}) REFERENCES m.{q(t[10:-1])};')
        else: c[col]=T[t]
        dv=s.get("default")
        if dv=="$now": c[col]+=" DEFAULT now()"
        elif dv=="$today": c[col]+=" DEFAULT current_date"
        elif dv is not None: c[col]+=" DEFAULT "+(str(dv).lower() if isinstance(dv,(bool,int,float)) else "'%s'"%dv)
        if s.get("required") : c[col]+=" NOT NULL"
    for p in [*paths_of(o,"tenant","tenants").values(),*paths_of(o,"owner","owners").values()]:
        col=p if isinstance(p,str) else p.get("column")
        if col and col not in c: c[col]="text"
    if isinstance(o.get("delete"),dict): c[o["delete"]["soft"]]="timestamptz"
    for p in paths_of(o,"tenant","tenants").values():
        if isinstance(p,str): c[p]=re.sub(" NOT NULL","",c[p])+" NOT NULL"
    cols[n]=c
    sql.append(f"CREATE TABLE m.{q(n)} ("+", ".join(f"{q(k)} {v}" for k,v in c.items())+");")
key={"ann":"ann","amir":"amir","bea":"bea","sam":"sam","mia":"mia","north":"north","south":"south","west":"west"}
U=lambda o,l:str(uuid.uuid5(uuid.NAMESPACE_URL,o+"/"+l))
rows=[]
def lit(v): return "NULL" if v is None else (str(v).lower() if isinstance(v,(bool,int,float)) else "'"+str(v).replace("'","''")+"'")
for m in docs:
    if m["kind"]!="module": continue
    for o,rs in m["rows"].items():
        ob=objs[o]
        for r in rs:
            v={"id":lit(U(o,r["id"]))}
            for k,x in r.items():
                if k=="id": continue
                if k in("tenant","owner"):
                    ways=paths_of(ob,k,k+"s"); g=x if isinstance(x,dict) else {"":x}
                    for w,y in g.items():
                        p=ways[w]; v[p if isinstance(p,str) else p["column"]]=lit(y)
                    continue
                s=field(ob["fields"][k]); col=s.get("column",k)
                v[col]=lit(U(s["type"][10:-1],x)) if s["type"].startswith("reference(") else lit(x)
            rows.append(f'INSERT INTO m.{q(o)} ({", ".join(map(q,v))}) VALUES ({", ".join(v.values())});')
open(d+"/db/1.sql","w").write("\n".join(sql+rows+fks)+"\n")
for m in mods:
    t=re.sub(r"(?m)^assignment: \{table: m\.\w+_assigned.*$","#",project(m))
    if any(l.strip() and not l.startswith("#") for l in t.split("\n")): open(f"{d}/modules/{os.path.basename(m)}","w").write(t)
open(d+"/portals/p.yaml","w").write(open("/work/wt/live_portals.yaml").read())
open(d+"/portalctl.yaml","w").write("""version: 1
kind: project
name: sample
database: {schema: m, setup: [db/*.sql]}
tiers: [basic, silver, gold]
specs: [modules, portals, tenants]
assigned_tenants: {table: m.account_team, tenant: account_id, user: staff_id}
""")
os.makedirs(d+"/tenants",exist_ok=True)
mem=lambda u,*a:"".join(f"  - {{email: {u}@x.example, audience: {x}, key: {u}}}\n" for x in a)
open(d+"/tenants/t.yaml","w").write(f"""kind: tenant
name: north
key: north
tier: basic
members:
{mem('ann','support/customer_user','client/member','channel/buyer')}{mem('amir','support/customer_admin','client/head','channel/admin')}---
kind: tenant
name: west
key: west
parent: north
tier: basic
---
kind: tenant
name: south
key: south
tier: gold
members:
{mem('bea','support/customer_user','client/member','channel/buyer')}""")
