import { escaped } from '../../../core/text/format.ts';
import { type CurlModel, curlLine } from './curl.ts';
import type { OpenApiDocument } from './document.ts';
import type { JsonSchema } from './schemas.ts';

/**
 * `GET /docs`: the OpenAPI document for people, as one page without a script. It loads nothing, so it reads as well without
 * a network and under the strictest security policy.
 */

/** What the lines to copy are written for. */
interface Served {
  /** Where the server is reached, without a path. */
  readonly url: string;
  /** One that is served; without it there are no lines. */
  readonly model: CurlModel | undefined;
}

/** What the page reads of an Operation Object; `operation.ts` writes it. */
interface Shown {
  readonly operationId: string;
  readonly tags: readonly [string];
  readonly summary: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly description?: string;
    readonly schema: JsonSchema;
  }[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}

type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>;

interface Row {
  readonly method: string;
  readonly path: string;
  readonly operation: Shown;
}

const STYLE = `
:root { color-scheme: light dark; background: Canvas; --line: #8886; --quiet: color-mix(in srgb, currentColor 70%, transparent) }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin: 2.5rem 0 .5rem } h3 { margin: 1rem 0 .25rem; font-size: 1rem }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .4rem 0; padding: .5rem .8rem }
summary { cursor: pointer; overflow-wrap: anywhere }
code, pre { font: .875rem/1.45 ui-monospace, monospace }
pre { overflow: auto; max-height: 30rem; border: 1px solid var(--line); border-radius: .4rem; padding: .6rem .8rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-top: 1px solid var(--line) }
.line { white-space: pre-wrap; overflow-wrap: anywhere }
.method { display: inline-block; min-width: 3.2rem; font-weight: 700 } .quiet { color: var(--quiet) }
`;

const REFERENCE = '#/components/schemas/';

/** What a schema is, in a few words; one of the components is a link to it. */
function typeOf(schema: JsonSchema): string {
  const { $ref: ref, enum: values, items, type } = schema as Record<string, unknown>;
  if (typeof ref === 'string') {
    const name = escaped(ref.slice(REFERENCE.length));
    return `<a href="#schema-${name}">${name}</a>`;
  }
  if (Array.isArray(values)) return values.map((value) => `<code>${escaped(JSON.stringify(value))}</code>`).join(' | ');
  if (type === 'array' && items !== undefined) return `array of ${typeOf(items as JsonSchema)}`;
  return 'contentMediaType' in schema ? 'bytes' : escaped(String(type ?? 'any'));
}

/** Attributes of what may be wider than the page: it can be reached by keyboard, and says what it is. */
const scrolls = (label: string): string => `tabindex="0" role="group" aria-label="${escaped(label)}"`;

const asJson = (schema: JsonSchema, label: string, attributes = ''): string =>
  `<pre${attributes} ${scrolls(label)}>${escaped(JSON.stringify(schema, null, 2))}</pre>`;

/** A schema that is no component as JSON, where its type alone would not say what is in it. */
function schemaText(schema: JsonSchema): string {
  return 'properties' in schema ? asJson(schema, 'Schema') : typeOf(schema);
}

const contentList = (content: Content = {}): string =>
  Object.entries(content)
    .map(([type, { schema }]) => `<div><code>${escaped(type)}</code> ${schemaText(schema)}</div>`)
    .join('');

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  `<table><thead><tr>${head.map((cell) => `<th scope="col">${cell}</th>`).join('')}</tr></thead>
<tbody>${rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('\n')}</tbody></table>`;

/** The name of the schema of the body in JSON. */
function jsonBody({ requestBody }: Shown): string | undefined {
  const { $ref: ref } = (requestBody?.content['application/json']?.schema ?? {}) as { readonly $ref?: string };
  return ref?.slice(REFERENCE.length);
}

function operationSection({ method, path, operation }: Row, { url, model }: Served): string {
  const { operationId, summary, parameters = [], requestBody, responses } = operation;
  const told = parameters.map(({ name, in: place, required, description = '', schema }) => [
    `<code>${escaped(name)}</code>`,
    `${place}${required ? ', required' : ''}`,
    typeOf(schema),
    escaped(description),
  ]);
  const answers = Object.entries(responses).map(([status, { description, content }]) => [
    status,
    escaped(description),
    contentList(content),
  ]);
  const line = model && curlLine({ method, path, body: jsonBody(operation) }, url, model);
  return `<details id="${escaped(operationId)}">
<summary><span class="method">${escaped(method.toUpperCase())}</span> <code>${escaped(path)}</code>
<span class="quiet">${escaped(summary)}</span></summary>
${line === undefined ? '' : `<pre class="line" ${scrolls('Command line')}>${escaped(line)}</pre>`}
${told.length > 0 ? `<h3>Parameters</h3>${table(['name', 'in', 'type', 'meaning'], told)}` : ''}
${requestBody ? `<h3>Body${requestBody.required ? '' : ', optional'}</h3>${contentList(requestBody.content)}` : ''}
<h3>Answers</h3>${table(['status', 'meaning', 'content'], answers)}
</details>`;
}

/** The page, as HTML. */
export function documentPage({ info, paths, components }: OpenApiDocument, served: Served): string {
  const rows = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, operation]): Row => ({ method, path, operation: operation as unknown as Shown }),
    ),
  );
  const tags = [...new Set(rows.map(({ operation }) => operation.tags[0]))];
  const groups = tags.map((tag) => {
    const own = rows.filter(({ operation }) => operation.tags[0] === tag);
    return `<h2>${escaped(tag)}</h2>\n${own.map((row) => operationSection(row, served)).join('\n')}`;
  });
  // a link to what is inside of a closed part opens it
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) => `<details><summary><code>${escaped(name)}</code></summary>
${asJson(schema, `Schema ${name}`, ` id="schema-${escaped(name)}"`)}</details>`,
  );
  const { title, version, description } = info as Record<string, string>;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(`${title}: HTTP interface`)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(`${title} ${version}`)}</h1>
<p>${escaped(`${description}`)} The same as OpenAPI 3.1, for programs: <a href="openapi.json">openapi.json</a>.
The lines are for a shell, as they are.
Where the server has keys, they are sent as <code>Authorization: Bearer KEY</code> or <code>X-API-Key: KEY</code>.</p>
${groups.join('\n')}
<h2>Schemas</h2>
${schemas.join('\n')}
</main>
</body>
</html>
`;
}
