// Every place of the documents at which the schema knows keys, and documents that stand at such a place.

const followed = (schema, root) => (schema.$ref ? root.$defs[schema.$ref.replace('#/$defs/', '')] : schema);

const forms = (schema, root) => {
  const it = followed(schema, root);
  return it.anyOf ? it.anyOf.flatMap((form) => forms(form, root)) : [it];
};

/** The documents: how each begins, and the record that it is. */
function documents(root) {
  return root.allOf.flatMap(({ if: { properties }, then }) => {
    const kind = properties.kind.const;
    if (!then.if) return [{ begins: { kind }, record: then }];
    const key = then.if.required.find((required) => required !== 'kind');
    const over = key === 'type' ? 'customer' : 'sample/sample';
    return [
      { begins: { kind }, record: then.else },
      { begins: { kind, [key]: over }, record: then.then },
    ];
  });
}

/**
 * Each place once for each sort of document: what leads to it (keys, and `-` for an entry of a list), the keys that are
 * known there with what they are, and whether any other is wrong.
 */
export function placesOf(root) {
  const places = [];
  for (const { begins, record } of documents(root)) {
    const seen = new Set();
    const visit = (schema, path) => {
      const records = forms(schema, root).filter((form) => form.type === 'object');
      if (records.some((form) => form.properties)) {
        const known = records.map((form) => form.title).join(' or ');
        if (seen.has(known)) return;
        seen.add(known);
        places.push({
          name: `${Object.values(begins).join(' over ')}: ${path.join('.') || 'top'}`,
          begins,
          path,
          records: records.filter((form) => form.properties),
          closed: records.every((form) => form.additionalProperties === false),
        });
      }
      for (const form of forms(schema, root)) {
        for (const [key, of] of Object.entries(form.properties ?? {})) visit(of, [...path, key]);
        if (typeof form.additionalProperties === 'object') visit(form.additionalProperties, [...path, 'sample']);
        if (form.type === 'array') visit(form.items, [...path, '-']);
      }
    };
    visit(record, []);
  }
  return places;
}

/** A document with lines at a place, and where the last of these lines ends. */
export function documentAt({ begins, path }, lines) {
  const text = Object.entries(begins).map(([key, value]) => `${key}: ${value}`);
  let before = '';
  let depth = 0;
  for (const step of path) {
    if (step === '-') {
      before = `${before || '  '.repeat(depth)}- `;
    } else {
      text.push(`${before || '  '.repeat(depth)}${step}:`);
      before = '';
    }
    depth += 1;
  }
  lines.forEach((line, number) => text.push(`${number === 0 && before ? before : '  '.repeat(depth)}${line}`));
  return text;
}

const TEXTS = ['sample', 'crm.sample', 'sample/sample', '2027-01-01', '7y', '2MiB', 'a.example', '/a', 'de', 'SAMPLE', '5/h'];

/** Some value that a schema allows. */
export function valueOf(schema, root, depth = 0) {
  const it = followed(schema, root);
  if (it.anyOf) return valueOf(it.anyOf[0], root, depth);
  if (it.enum) return it.enum[0];
  if (it.examples) return it.examples[0];
  const type = Array.isArray(it.type) ? it.type[0] : it.type;
  if (type === 'boolean') return true;
  if (type === 'null') return null;
  if (type === 'integer') return it.minimum ?? 1;
  if (type === 'array') return it.minItems ? [valueOf(it.items, root, depth + 1)] : [];
  if (type === 'string') return TEXTS.find((text) => new RegExp(it.pattern ?? '').test(text));
  const value = {};
  for (const key of it.required ?? []) value[key] = valueOf(it.properties[key], root, depth + 1);
  const needed = (it.allOf ?? []).some((rule) => rule.minProperties) || it.minProperties;
  if (needed && !Object.keys(value).length) {
    const [key, of] = Object.entries(it.properties ?? { sample: it.additionalProperties })[0];
    value[key] = depth > 6 ? null : valueOf(of, root, depth + 1);
  }
  return value;
}
