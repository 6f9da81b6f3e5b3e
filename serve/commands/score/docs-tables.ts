import { attributionNames, attributions } from '../../../core/attributions/index.ts';
import { metricNames, metrics } from '../../../core/metrics/index.ts';

/** The tables of docs/scores.md, written from the rows of metrics and attributions, between two lines each. */

function metricsTable(): string[] {
  const rows = metricNames.map((name) => {
    const { scope, direction, needs, sets, cannotTell } = metrics[name];
    const lists = sets.length === 0 ? '' : ` (${sets.map((set) => `\`${set}\``).join(', ')})`;
    return `| \`${name}\`${lists} | ${scope} | ${direction} | ${needs.join(', ')} | ${cannotTell} |`;
  });
  return ['| name | of | better | needs | what it cannot tell |', '| --- | --- | --- | --- | --- |', ...rows];
}

function attributionsTable(): string[] {
  const rows = attributionNames.map((name) => {
    const { needs, over, explains, cannotTell, source } = attributions[name];
    return `| \`${name}\` | ${needs} | ${over} | ${explains} | ${cannotTell} | ${source} |`;
  });
  return [
    '| name | needs | over | explains | what it cannot tell | source |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ];
}

const tables = { metrics: metricsTable, attributions: attributionsTable };

/** A text with its tables as they should be. @throws where the lines around one are missing */
export function withScoreTables(text: string): string {
  return Object.entries(tables).reduce((before, [name, table]) => {
    const [start, end] = [`<!-- ${name}: npm run docs:scores -->`, `<!-- /${name} -->`];
    const [from, to] = [before.indexOf(start), before.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`docs/scores.md: needs the lines ${start} and ${end}`);
    return `${before.slice(0, from)}${start}\n\n${table().join('\n')}\n\n${before.slice(to)}`;
  }, text);
}
