import { z } from 'zod';
import { fixedSize } from '../../graph/size.ts';
import { configOf } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';
import { crop } from './borders.ts';
import { resize } from './resize.ts';

const size = z.int().positive();
const cropConfig = z.object({ height: size, width: size });

/**
 * CenterCrop: the middle of an image, or the whole of one that is too small in a direction, resized. tfjs takes it by
 * cropAndResize with the nearest pixel, which gives the pixels themselves: they lie less than half a pixel away from
 * where it looks. Of one column too many it drops the left one, of one row too many the lower one.
 */
export const emitCenterCrop: Emitter = ({ layer, inputs: [x], scope }) => {
  const { height, width } = configOf(layer, cropConfig);
  const [oldHeight, oldWidth] = x.shape.map(fixedSize) as [number, number];
  const [rows, columns] = [oldHeight - height, oldWidth - width];
  if (rows < 0 || columns < 0) {
    const how = { dataFormat: 'channelsLast', interpolation: 'bilinear', alignCorners: false } as const;
    return resize(scope, x, [height, width], how);
  }
  const top = Math.floor(rows / 2);
  const left = columns === 1 ? 1 : Math.floor(columns / 2);
  return crop(
    scope,
    x,
    [1, 2],
    [
      [top, rows - top],
      [left, columns - left],
    ],
  );
};
