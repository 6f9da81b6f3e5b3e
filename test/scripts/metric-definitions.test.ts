import { expect, it } from 'vitest';
import { metricNames } from '../../core/metrics/index.ts';
import { definitionTexts } from '../../core/scoring/definitions/texts.ts';
import { metricDefinitions } from '../../scripts/metric-definitions.ts';

it('every metric has its definition for reports, which is the comment of its file (npm run docs:scores)', async () => {
  const told = (text: string): string => text.replace(/\s+/g, ' ');
  const written = told(await metricDefinitions());
  expect(Object.keys(definitionTexts).sort()).toEqual([...metricNames].sort());
  for (const text of Object.values(definitionTexts)) {
    expect(written.includes(`'${text}'`) || written.includes(JSON.stringify(text))).toBe(true);
  }
});
