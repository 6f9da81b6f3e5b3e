import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { attributionNames, attributions } from '../../../core/attributions/index.ts';
import { metricNames, metrics } from '../../../core/metrics/index.ts';

const docs = readFileSync(join(import.meta.dirname, '../../../docs/scores.md'), 'utf8');

describe('docs/scores.md', () => {
  it.each(metricNames)('tells of %s what its row says', (name) => {
    const { scope, direction, needs, sets, cannotTell } = metrics[name];
    const lists = sets.length === 0 ? '' : ` (${sets.map((set) => `\`${set}\``).join(', ')})`;
    expect(docs).toContain(`| \`${name}\`${lists} | ${scope} | ${direction} | ${needs.join(', ')} | ${cannotTell} |`);
  });

  it.each(attributionNames)('tells of %s where it comes from', (name) => {
    expect(docs).toContain(attributions[name].source);
  });
});
