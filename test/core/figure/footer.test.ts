import { describe, expect, it } from 'vitest';
import { explain } from '../../../core/artefacts/explanation.ts';
import { auditSentence } from '../../../core/audit/sentence.ts';
import { figureSvg } from '../../../core/figure/figure.ts';
import { HEADER_LINE, heightOf, MARGIN, PANEL_GAP, panelHeight, panelsThatFit } from '../../../core/figure/layout.ts';
import type { Manifest } from '../../../core/manifest.ts';
import type { Prediction } from '../../../core/predictor.ts';
import { tensor } from '../../../core/tensor.ts';
import { pngDataUri } from '../../../serve/images/png.ts';
import { fakeManifest } from '../../helpers/fake-model.ts';
import { collisions, textBoxes } from './boxes.ts';

const audit: Manifest['audit'] = {
  data: 'mnist:validation',
  count: 5000,
  figures: { accuracy: 0.99, 'leak.permuted': 0.1, 'leak.permuted.floor': 0.1 },
};
const [explanation] = explain(
  tensor(Float32Array.of(1, 1), [1, 2]),
  tensor(Float32Array.of(1, 0, 0, 0, 1, 0), [1, 2, 3]),
);
const prediction = { label: 'a', index: 0, probability: 0.9, ...explanation, traversals: [] } as unknown as Prediction;
const panel = { input: tensor(new Float32Array(4), [1, 2, 2]), prediction };
const figure = (manifest: Manifest, count = 1): string =>
  figureSvg(new Array(count).fill(panel), { manifest, statics: {} }, { steps: 3 }, pngDataUri);
const sizeOf = (svg: string) => /viewBox="0 0 (\d+) (\d+)"/.exec(svg)?.slice(1).map(Number) as [number, number];

describe('the footer of a figure', () => {
  it.each([1, 3])('says under %i panels whether the concepts carry the decision, in lines that fit', (count) => {
    const [before, after] = [figure(fakeManifest, count), figure({ ...fakeManifest, audit }, count)];
    const known = new Set(textBoxes(before).map(({ what }) => what));
    const lines = textBoxes(after).filter(({ what }) => !known.has(what));
    expect(lines.map(({ what }) => what).join(' ')).toBe(auditSentence(audit));
    const [width, height] = sizeOf(after);
    expect(height).toBe(sizeOf(before)[1] + MARGIN + lines.length * HEADER_LINE);
    for (const { left, right, bottom } of lines) {
      expect(left).toBe(MARGIN);
      expect(right).toBeLessThanOrEqual(width - MARGIN);
      expect(bottom).toBeLessThanOrEqual(height - MARGIN);
    }
    expect(collisions(after)).toEqual([]);
  });

  it('is not there where there is nothing to say', () => {
    expect(figure({ ...fakeManifest, audit: { ...audit, figures: {} } })).toBe(figure(fakeManifest));
  });

  it('counts among what has to fit in a picture', () => {
    const frame = { count: 4, height: 40, pitch: 50, headHeight: 60, sideHeight: 0, below: 0, width: 500, footer: 0 };
    const taller = { ...frame, footer: panelHeight(frame, 4) + PANEL_GAP };
    expect(heightOf(taller, [4, 4])).toBe(heightOf(frame, [4, 4, 4]));
    expect(panelsThatFit(taller)).toBe(panelsThatFit(frame) - 1);
  });
});
