import { expect, it } from 'vitest';
import { auditRows, besideText, figureText } from '../../../core/audit/table.ts';

it('rows of an audit hold what stands beside a figure in the same row', () => {
  const figures = {
    accuracy: 0.98765,
    'accuracy.chance': 0.1,
    'leak.mean': null,
    'leak.permuted': 0.25,
    'leak.permuted.floor': 0.1,
    faithfulness: 0.9,
    'faithfulness.decoded': 0.8,
    promise: 0.7,
    'promise.inputs': 2000,
    'promise.error': 0.3,
    'promise.error.inputs': 2000,
  };
  const rows = auditRows({ figures });
  expect(rows.map((row) => [row.name, figureText(row.value), besideText(row)])).toEqual([
    ['accuracy', '0.9877', 'chance 0.1'],
    ['leak.mean', '–', ''],
    ['leak.permuted', '0.25', 'floor 0.1'],
    ['faithfulness', '0.9', 'decoded 0.8'],
    ['promise', '0.7', 'inputs 2000, error 0.3, error.inputs 2000'],
  ]);
  expect(auditRows({ figures: {} })).toEqual([]);
});
