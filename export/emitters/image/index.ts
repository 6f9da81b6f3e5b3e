import { anyType, type LayerRow, numbers } from '../layer-row.ts';
import { emitCenterCrop } from './center-crop.ts';
import { emitCropping2D } from './cropping2d.ts';
import { emitResizing } from './resizing.ts';
import { emitUpSampling2D } from './up-sampling2d.ts';
import { emitZeroPadding2D } from './zero-padding2d.ts';

/** Layers that change the size of images: borders and resizing. */
export const imageLayers = {
  CenterCrop: {
    emit: emitCenterCrop,
    operators: ['Slice', 'Resize', 'Shape', 'Concat'],
    note: 'Resize where the image is too small, as for Resizing; refused right behind the input, whose shape tfjs 4.22 overwrites',
  },
  Cropping2D: { emit: emitCropping2D, takes: anyType, operators: ['Slice'] },
  Resizing: {
    emit: emitResizing,
    operators: ['Resize', 'Gather', 'Shape', 'Concat'],
    note: 'Gather for the nearest pixels; Shape and Concat below opset 18',
  },
  UpSampling2D: { emit: emitUpSampling2D, takes: numbers, operators: ['Resize'] },
  ZeroPadding2D: { emit: emitZeroPadding2D, takes: anyType, operators: ['Pad'] },
} as const satisfies Record<string, LayerRow>;
