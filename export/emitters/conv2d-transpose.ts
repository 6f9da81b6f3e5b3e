import { activate } from '../activations.ts';
import { ints } from '../graph.ts';
import { configOf } from '../layer.ts';
import { transposedWindow } from '../padding.ts';
import { convConfig, convOperands } from './conv2d.ts';
import type { Emitter } from './emitter.ts';
import { imageOf, imageOutput, pads } from './image.ts';

/** tfjs ignores a dilation here, and leaves it out of the configuration. */
const transposeConfig = convConfig.omit({ dilationRate: true });

/** Conv2DTranspose: kernel `[kh, kw, out, in]` → `[in, out, kh, kw]`. */
export const emitConv2DTranspose: Emitter = ({ layer, inputs: [x], scope }) => {
  const config = configOf(layer, transposeConfig);
  const image = imageOf(scope, x, config.dataFormat);
  const [kh, kw] = config.kernelSize;
  const [sh, sw] = config.strides;
  const vertical = transposedWindow(image.height, kh, sh, config.padding);
  const horizontal = transposedWindow(image.width, kw, sw, config.padding);
  const y = scope.node(
    'ConvTranspose',
    convOperands(layer, scope, image.value, config),
    imageOutput(config.dataFormat, { channels: config.filters, height: vertical.output, width: horizontal.output }),
    {
      kernel_shape: ints([kh, kw]),
      output_padding: ints([vertical.extra, horizontal.extra]),
      pads: pads(vertical, horizontal),
      strides: ints([sh, sw]),
    },
  );
  return activate(scope, config.activation, y);
};
