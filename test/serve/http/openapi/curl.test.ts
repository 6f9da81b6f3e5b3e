import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { curlLine } from '../../../../serve/http/openapi/curl.ts';
import { writeTableModel } from '../../../helpers/table-model.ts';
import { unescaped } from '../../../helpers/unescaped.ts';
import { listening, modelPath, openModels, type TestModels, type TestServer } from '../../fixtures.ts';

/** The lines of the API page, in a shell, against the server that shows it. */

const run = promisify(execFile);
const hasCurl = await run('curl', ['--version']).then(
  () => true,
  () => false,
);

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'senn-curl-'));
  await writeTableModel(directory);
});
afterAll(() => rm(directory, { recursive: true }));

/** The lines that `/docs` shows. */
async function linesOf(url: string): Promise<string[]> {
  const page = await (await fetch(`${url}/docs`)).text();
  return [...page.matchAll(/<pre class="line"[^>]*>([^<]*)<\/pre>/g)].map(([, line]) => unescaped(line as string));
}

/** What the line is answered with. */
async function statusOf(line: string): Promise<string> {
  const { stdout } = await run('bash', ['-c', `${line} -s -o /dev/null -w '%{http_code}'`]);
  return stdout;
}

describe.skipIf(!hasCurl).each(['image', 'table'] as const)('the lines for a model of kind %s', (kind) => {
  let models: TestModels;
  let server: TestServer;
  beforeAll(async () => {
    models = await openModels([kind === 'image' ? modelPath : join(directory, 'table')]);
    server = await listening({ models });
  });
  afterAll(async () => {
    await server.close();
    await models.close();
  });

  it('are one for each route, and each of them is answered', async () => {
    const lines = await linesOf(server.url);
    const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as { paths: Record<string, object> };
    expect(lines).toHaveLength(Object.values(paths).flatMap((methods) => Object.keys(methods)).length);
    const answers: Record<string, string> = {};
    for (const line of lines) if (!line.endsWith(`${server.url}/'`)) answers[line] = await statusOf(line);
    expect(Object.entries(answers).filter(([, status]) => status !== '200')).toEqual([]);
    expect(Object.keys(answers).length).toBe(lines.length - 1); // that of the page, which is not built here
  });

  it('name the server as the client does, if that is a name', async () => {
    const { port } = new URL(server.url);
    const shown = async (host: string): Promise<string> => {
      const { stdout } = await run('curl', ['-s', '-H', `Host: ${host}`, `${server.url}/docs`]);
      return unescaped(stdout);
    };
    expect(await shown(`localhost:${port}`)).toContain(`curl 'http://localhost:${port}/predict'`);
    expect(await shown("x';rm -r y;'")).toContain("curl 'http://localhost/predict'");
  });
});

it('a line is one command, whatever the names are', async () => {
  const model = { manifest: { name: "it's; $(x) `y`", version: '1' }, files: new Map() };
  const line = curlLine({ method: 'post', path: '/m/{name}/{version}' }, 'http://h', model as never);
  const { stdout } = await run('bash', ['-c', `curl() { printf '%s|' "$@"; }; ${line}`]);
  expect(stdout).toBe("http://h/m/it's%3B%20%24(x)%20%60y%60/1|-X|POST|");
});
