import { beforeAll, describe, expect, it } from 'vitest';
import { groups } from './cases/index.ts';
import { expectParity, operators, startBackend } from './parity.ts';

beforeAll(() => startBackend('cpu'));

describe.each(Object.entries(groups))('%s', (_, cases) => {
  it.each(cases)('$name', async ({ model, ...expected }) => {
    const exported = await expectParity(model(), {}, expected);
    if (expected.operators !== undefined) expect(operators(exported)).toEqual(expected.operators);
    await expectParity(model(), { imageLayout: 'NHWC', opset: 17 }, expected);
  });
});
