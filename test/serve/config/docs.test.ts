import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { options } from '../../../serve/config/options.ts';
import { withOptionsTable } from '../../../serve/config/table.ts';
import { PROCESSES_METRIC } from '../../../serve/inference/processes/primary.ts';
import { createMetrics } from '../../../serve/observe/metrics.ts';

const docs = await readFile(new URL('../../../docs/server.md', import.meta.url), 'utf8');

describe('docs/server.md', () => {
  it('has the table of options as it is (npm run docs:server)', () => {
    expect(docs).toBe(withOptionsTable(docs));
    for (const { variable } of options) expect(docs).toContain(`| \`${variable}\` |`);
  });

  it('says every metric of ours, and no other', async () => {
    const served = [...(await createMetrics().text()).matchAll(/^# TYPE (senn_\w+)/gm)].map(([, name]) => name);
    const told = [...docs.matchAll(/^\| `(senn_\w+)` \|/gm)].map(([, name]) => name);
    expect(told.toSorted()).toEqual([...served, PROCESSES_METRIC].toSorted());
  });
});
