import { describe, expect, it } from 'vitest';
import { type OpenApiDocument, openApiDocument } from '../../../../serve/http/openapi/document.ts';
import { documentPage } from '../../../../serve/http/openapi/page.ts';

const document = openApiDocument({ version: '1.2.3', admin: true });
const served = { url: 'http://localhost:8080', model: undefined };
const page = documentPage(document, served);

describe('the document as a page', () => {
  it('shows every route, every parameter and every schema', () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const method of Object.keys(methods)) {
        expect(page).toContain(`<span class="method">${method.toUpperCase()}</span> <code>${path}</code>`);
      }
    }
    expect(page).toContain('<td><code>contrast</code></td><td>query</td>');
    expect(page).toContain('<td><code>name</code></td><td>path, required</td>');
    for (const name of Object.keys(document.components.schemas)) expect(page).toContain(`id="schema-${name}"`);
  });

  it('has no script, loads nothing, and its links lead somewhere', () => {
    expect(page).not.toMatch(/<script|<img|\ssrc=|url\(|@import/);
    expect([...page.matchAll(/<link [^>]*>/g)].map(([link]) => link)).toEqual(['<link rel="icon" href="data:,">']);
    const links = [...page.matchAll(/<a href="([^"]*)"/g)].map(([, href]) => href as string);
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => `#${id}`);
    expect(new Set(ids).size).toBe(ids.length);
    expect(links.length).toBeGreaterThan(20);
    for (const href of links) expect(['openapi.json', ...ids]).toContain(href);
  });

  it('shows as text what the document says', () => {
    const info = { title: '<b>', version: '"', description: '<script>alert(1)</script>' };
    const hostile = documentPage({ ...document, info } as OpenApiDocument, served);
    expect(hostile).not.toMatch(/<script|<b>/);
    expect(hostile).toContain('&#60;script&#62;');
  });
});
