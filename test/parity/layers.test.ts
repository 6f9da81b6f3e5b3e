import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SennError } from '../../core/errors.ts';
import { layersModelToOnnx, opsets } from '../../export/index.ts';
import { groups } from '../export/cases/index.ts';
import { randomizeWeights, startBackend } from '../export/parity.ts';
import { pythonWith } from './python.ts';

const execute = promisify(execFile);

const { python, hasPackages: hasOnnx } = await pythonWith('SENN_PYTHON', 'onnx');

beforeAll(() => startBackend('cpu'));

/** The gradient of a model, where it has one and every operator on the way has a rule. */
function gradientOf(model: tfl.LayersModel, opset: number): Uint8Array | undefined {
  try {
    return layersModelToOnnx(model, { opset, gradients: true });
  } catch (error) {
    expect(['unsupported_layer', 'invalid_config']).toContain((error as SennError).code);
    return undefined;
  }
}

describe.skipIf(!hasOnnx)("Python's onnx", () => {
  it.each([opsets.min, opsets.default, opsets.max])(
    'accepts every layer and its gradient at opset %i',
    async (opset) => {
      const folder = await mkdtemp(join(tmpdir(), 'senn-layers-'));
      try {
        const cases = Object.entries(groups).flatMap(([group, list]) =>
          list.map((one, i) => ({ ...one, file: `${group}-${i}` })),
        );
        let gradients = 0;
        for (const { file, model: create } of cases) {
          const model = create();
          randomizeWeights(model, 1);
          await writeFile(join(folder, `${file}.onnx`), layersModelToOnnx(model, { opset, imageLayout: 'NCHW' }));
          const gradient = gradientOf(model, opset);
          if (gradient !== undefined) await writeFile(join(folder, `${file}-gradient.onnx`), gradient);
          gradients += gradient === undefined ? 0 : 1;
        }
        expect(gradients).toBeGreaterThan(cases.length / 2);
        const result = await execute(python, [join(import.meta.dirname, 'check_layers.py'), folder]).catch(
          (error) => error,
        );
        if (result.code) expect.fail(result.stdout.replace(/^ok.*\n/gm, '') + result.stderr);
        expect(result.stdout.match(/^ok /gm)).toHaveLength(cases.length + gradients);
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  );
});
