// What an editor says of the documents: of every key of the language, at every place where it may stand.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { documentAt, placesOf, valueOf } from './schema.mjs';
import { startServer } from './server.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const portalctl = process.env.PORTALCTL ?? join(root, 'target/debug/portalctl');
const folder = mkdtempSync(join(tmpdir(), 'portalctl-editors-'));
const install = (project) => execFileSync(portalctl, ['-C', project, '--quiet', 'schema', '--install'], { encoding: 'utf8' });
let server;
let schema;
let modeline;

/** All documents of the repository, each project with the schema installed: those of the catalogue are made one. */
function installEverything() {
  const made = (path) => !/\/(\.portalctl|site)(\/|$)/.test(path.slice(root.length));
  for (const { name } of readdirSync(join(root, 'examples'), { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    if (name !== 'ci') cpSync(join(root, 'examples', name), join(folder, name), { recursive: true, filter: made });
  }
  const catalogue = join(folder, 'catalogue');
  mkdirSync(catalogue);
  writeFileSync(join(catalogue, 'portalctl.yaml'), 'version: 1\nkind: project\nname: catalogue\n');
  for (const part of ['modules', 'types']) cpSync(join(root, 'portal-specs', part), join(catalogue, part), { recursive: true });
  return readdirSync(folder).flatMap((project) => {
    const said = install(join(folder, project)).trim().split('\n');
    return said.filter((path) => /\.ya?ml$/.test(path)).map((path) => join(folder, project, path));
  });
}

/** A document of which `|` says where the cursor is, as a file of its own: an editor knows files by their names. */
let files = 0;
function probe(text) {
  const whole = `${modeline}\n${text}`;
  const at = whole.indexOf('|');
  const before = at < 0 ? whole : whole.slice(0, at);
  const lines = before.split('\n');
  files += 1;
  return {
    file: join(folder, 'acme', `probe-${files}.yaml`),
    text: before + (at < 0 ? '' : whole.slice(at + 1)),
    position: { line: lines.length - 1, character: lines.at(-1).length },
  };
}

async function completed(text) {
  const { file, text: written, position } = probe(text);
  await server.open(file, written);
  const found = await server.completions(file, position);
  server.close(file);
  return new Map(found.map(({ label, documentation }) => [label, documentation?.value ?? documentation ?? '']));
}

const problems = (text) => {
  const { file, text: written } = probe(text);
  return server.problems(file, written);
};

/** Markdown and plain text look alike without the marks of the first. */
const plain = (text) => text.replace(/[\\`*]|&nbsp;/g, '').replace(/\s+/g, ' ');

let documents;

before(async () => {
  documents = installEverything();
  schema = JSON.parse(readFileSync(join(folder, 'acme/.schema/portalctl.json'), 'utf8'));
  modeline = readFileSync(join(folder, 'acme/portalctl.yaml'), 'utf8').split('\n')[0];
  server = await startServer(folder);
});

after(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('nothing is wrong with the documents of the examples and of the catalogue', async () => {
  assert.ok(documents.length > 150, `${documents.length}`);
  const found = await Promise.all(
    documents.map(async (file) => (await server.problems(file, readFileSync(file, 'utf8'))).map((problem) => `${file}:${problem}`)),
  );
  assert.deepEqual(found.flat(), []);
});

test('at every place every key of the language is offered, and each is explained', async () => {
  const places = placesOf(schema);
  assert.ok(places.length > 100, `${places.length}`);
  const faults = await Promise.all(
    places.map(async (place) => {
      const offered = await completed(`${documentAt(place, ['|']).join('\n')}\n`);
      const keys = [...new Set(place.records.flatMap((record) => Object.keys(record.properties)))];
      const missing = keys.filter((key) => !(key in place.begins && !place.path.length) && !offered.get(key)?.length);
      return missing.length ? [`${place.name} lacks ${missing.join(', ')}`] : [];
    }),
  );
  assert.deepEqual(faults.flat(), []);
});

test('at every place hovering over a key says what it is for', async () => {
  const faults = await Promise.all(
    placesOf(schema).flatMap((place) =>
      place.records.map(async (record) => {
        const keys = Object.keys(record.properties).filter((key) => !(key in place.begins && !place.path.length));
        const lines = keys.map((key) => `${key}: ${JSON.stringify(valueOf(record.properties[key], schema))}`);
        const text = documentAt(place, lines);
        const { file, text: written } = probe(text.join('\n'));
        await server.open(file, written);
        const wrong = [];
        for (const [number, key] of keys.entries()) {
          const line = 1 + text.length - keys.length + number;
          const character = written.split('\n')[line].indexOf(key) + 1;
          const said = (await server.hover(file, { line, character }))?.contents.value ?? '';
          if (!plain(said).includes(plain(record.properties[key].description))) wrong.push(`${key} (${said})`);
        }
        server.close(file);
        return wrong.length ? [`${place.name} (${record.title}): ${wrong.join(', ')}`] : [];
      }),
    ),
  );
  assert.deepEqual(faults.flat(), []);
});

test('at every place a key that is none is underlined', async () => {
  const faults = await Promise.all(
    placesOf(schema)
      .filter((place) => place.closed)
      .map(async (place) => {
        const text = documentAt(place, ['zzz_misspelt: sample']);
        const found = await problems(text.join('\n'));
        const told = found.some((problem) => problem.startsWith(`${text.length + 1}:`));
        return told ? [] : [`${place.name}: ${found.join(' | ')}`];
      }),
  );
  assert.deepEqual(faults.flat(), []);
});

test('the kinds of documents are offered, and each with what it is', async () => {
  const offered = await completed('kind: |');
  const kinds = ['project', 'object', 'permission_set', 'portal', 'page', 'tenant', 'access_test', 'module', 'type'];
  assert.deepEqual([...offered.keys()].sort(), kinds.sort());
  assert.match(offered.get('portal'), /^A portal/);
});

test('of documents that share a file each has its own keys', async () => {
  const several = documents.filter((file) => readFileSync(file, 'utf8').includes('\n---\n'));
  assert.ok(several.length > 10, `${several.length}`);
  for (const file of several) {
    const text = `${readFileSync(file, 'utf8')}zzz_misspelt: sample\n`;
    const found = await server.problems(`${file}.probe.yaml`, text);
    assert.ok(found.some((problem) => problem.includes('zzz_misspelt')), `${file}: ${found.join(' | ')}`);
  }
  const head = 'version: 1\nkind: project\nname: acme\n---\n';
  const offered = await completed(`${head}${modeline}\nkind: page\nname: sample\n|`);
  assert.ok(offered.has('view') && !offered.has('timezone'), [...offered.keys()].join(' '));
});

test('the settings of a generated site are completed and explained', async () => {
  execFileSync(portalctl, ['-C', join(folder, 'acme'), 'scaffold', '--quiet'], { encoding: 'utf8' });
  const file = join(folder, 'acme/site/support/site.yaml');
  const text = readFileSync(file, 'utf8');
  assert.deepEqual(await server.problems(file, text), []);
  const probed = `${text.trimEnd()}\ntitel: Acme\n`;
  await server.open(`${file}.probe.yaml`, probed);
  const found = await server.completions(`${file}.probe.yaml`, { line: probed.split('\n').length - 1, character: 0 });
  const offered = new Map(found.map(({ label, documentation }) => [label, documentation]));
  assert.ok(offered.get('footer') ?? offered.get('language'), [...offered.keys()].join(' '));
  assert.ok((await server.problems(`${file}.again.yaml`, probed)).some((problem) => problem.includes('titel')));
});

test('words are offered with what they mean, inside braces too', async () => {
  const grant = 'kind: permission_set\nname: sample\ngrants:\n  case: {read: ';
  const scopes = await completed(`${grant}{scope: |}}`);
  assert.equal(scopes.get('own'), 'The owner column is me.');
  assert.ok((await completed(`${grant}{scope: own, w|}}`)).has('where'));
  assert.ok((await completed(`${grant}{where: {status: {n|}}}}`)).has('not_in'));
  const object = 'kind: object\nname: sample\ntable: crm.samples\nfields:\n  number: ';
  assert.ok((await completed(`${object}|`)).has('long_text'));
  assert.ok((await completed(`${object}{t|}`)).has('type'));
  assert.equal((await completed(`${object}{type: text, class: |}`)).get('personal'), 'About a person.');
  const portal = 'kind: portal\nname: sample\naudiences: {}\nnavigation:\n  - ';
  assert.ok((await completed(`${portal}|`)).has('page'));
  assert.ok((await completed(`${portal}page: about\n    |`)).has('title'));
});

test('what does not go together is said in words', async () => {
  const object = 'kind: object\nname: sample\nfields: {number: text}\n';
  assert.deepEqual(await problems(object), ['2:1 one of `table`, `managed` is missing']);
  assert.deepEqual(await problems(`${object}table: crm.samples\nmanaged: true\n`), ['6:1 `managed` is too much beside `table`']);
  assert.deepEqual(await problems(`${object}table: crm.samples\nlabl: {one: A, many: B}\n`), ['6:1 Property labl is not allowed.']);
});
