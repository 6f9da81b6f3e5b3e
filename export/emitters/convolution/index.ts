import { activated, type LayerRow } from '../layer-row.ts';
import { emitConv1D, emitConv2D, emitConv3D } from './conv.ts';
import { emitConv2DTranspose, emitConv3DTranspose } from './conv-transpose.ts';
import { emitDepthwiseConv2D } from './depthwise-conv2d.ts';
import { emitSeparableConv2D } from './separable-conv2d.ts';

/** Convolutions over sequences, images and volumes. */
export const convolutionLayers = {
  Conv1D: {
    emit: emitConv1D,
    operators: ['Conv'],
    note: `any stride and dilation${activated}; refused with channels first`,
  },
  Conv2D: { emit: emitConv2D, operators: ['Conv'], note: `any stride and dilation${activated}` },
  Conv2DTranspose: {
    emit: emitConv2DTranspose,
    operators: ['ConvTranspose'],
    note: `explicit padding and output padding${activated}`,
  },
  Conv3D: { emit: emitConv3D, operators: ['Conv'], note: `any stride and dilation${activated}` },
  Conv3DTranspose: {
    emit: emitConv3DTranspose,
    operators: ['ConvTranspose'],
    note: `explicit padding and output padding${activated}`,
  },
  DepthwiseConv2D: {
    emit: emitDepthwiseConv2D,
    operators: ['Conv'],
    note: `a group for each channel${activated}; tfjs ignores a dilation`,
  },
  SeparableConv2D: {
    emit: emitSeparableConv2D,
    operators: ['Conv'],
    note: `one channel by channel, one over channels${activated}`,
  },
} as const satisfies Record<string, LayerRow>;
