import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { layersModelToOnnx } from '../../export/index.ts';
import { FeatureScaling } from '../../training/networks/feature-scaling.ts';
import { chain, type Layer, merge, type Symbolic, same } from './cases/case.ts';
import { startBackend } from './parity.ts';

beforeAll(() => startBackend('cpu'));

const { layers } = tf;
const name = 'odd';

/** What cannot be exported, and what the message says. */
const refused: Record<string, [() => tf.LayersModel, RegExp]> = {
  'a random size': [
    () => chain([4, 4, 1], layers.randomWidth({ factor: 0.5, name } as never) as Layer),
    /RandomWidth.*at random/,
  ],
  'a mask that a layer would read': [
    () => chain([4, 3], layers.masking({ name: 'blank' }), layers.dense({ units: 2 }), layers.lstm({ units: 2, name })),
    /^layer "odd" \(LSTM\): reads the mask that layer "blank" \(Masking\) makes/,
  ],
  'the mask of an embedding, read inside a wrapper': [
    () =>
      chain(
        [4],
        layers.embedding({ inputDim: 5, outputDim: 3, maskZero: true, name: 'words' }),
        layers.timeDistributed({ layer: layers.softmax({ axis: -1, name }) }),
      ),
    /"odd" \(Softmax\): reads the mask that layer "words" \(Embedding\)/,
  ],
  'a stateful layer': [
    () => {
      const input = tf.input({ batchShape: [2, 4, 3] });
      return tf.model({
        inputs: input,
        outputs: layers.gru({ units: 2, stateful: true, name }).apply(input) as Symbolic,
      });
    },
    /"odd" \(GRU\): stateful: must be false/,
  ],
  'an activation that recurrent operators lack, over any number of steps': [
    () => chain([null as never, 3], layers.simpleRNN({ units: 2, activation: 'selu', name })),
    /^layer "odd" \(SimpleRNN\): must know the size "time" as a number \(to write out the steps of activation "selu", .* they have linear, relu, elu, sigmoid, hardSigmoid, tanh, softplus, softsign\); give .*--input-shape/,
  ],
  'a bidirectional layer that goes backwards': [
    () =>
      chain(
        [4, 3],
        layers.bidirectional({ layer: layers.gru({ units: 2, goBackwards: true }) as never, name } as never),
      ),
    /"odd" \(Bidirectional\): .* goes backwards itself/,
  ],
  'a sequence with channels first': [
    () => chain([3, 9], layers.conv1d({ filters: 2, kernelSize: 2, dataFormat: 'channelsFirst', name })),
    /"odd" \(Conv1D\): dataFormat must be "channelsLast"/,
  ],
  'causal padding': [
    () => chain([9, 3], layers.conv1d({ filters: 2, kernelSize: 2, padding: 'causal', name })),
    /"odd" \(Conv1D\): padding: /,
  ],
  'an axis that is the batch': [
    () => chain([4], layers.softmax({ axis: 0, name })),
    /"odd" \(Softmax\): axis 0 must not be/,
  ],
  'concatenation along the batch': [() => merge(layers.concatenate({ axis: 0, name }), [2], [2]), /"odd".*axis 0/],
  'tokens as they are': [
    () => chain([4], same([4]), layers.categoryEncoding({ numTokens: 5, outputMode: 'int', name }) as Layer),
    /"odd" \(CategoryEncoding\): outputMode: must be one of multiHot, count, oneHot/,
  ],
  'several tokens as one': [
    () => chain([4], same([4]), layers.categoryEncoding({ numTokens: 5, outputMode: 'oneHot', name }) as Layer),
    /"odd" \(CategoryEncoding\): input \[4\] must be \[1\]/,
  ],
  'an input whose shape tfjs has overwritten': [
    () =>
      chain(
        [6, 6, 3],
        layers.activation({ activation: 'relu' }),
        layers.centerCrop({ height: 2, width: 2, name } as never) as Layer,
      ),
    /"odd" \(CenterCrop\): tfjs has written its output shape over that of the model's input/,
  ],
  'text as it is': [
    () => {
      const input = tf.input({ shape: [3], dtype: 'string', name });
      return tf.model({ inputs: input, outputs: layers.reshape({ targetShape: [1, 3] }).apply(input) as Symbolic });
    },
    /^input "odd": element type "string" must be one that layers calculate with: float32, int32, bool$/,
  ],
  'complex numbers': [
    () => {
      const input = tf.input({ shape: [3], dtype: 'complex64', name });
      return tf.model({ inputs: input, outputs: layers.reLU().apply(input) as Symbolic });
    },
    /^input "odd": element type "complex64" must be/,
  ],
  'steps that are written out, in any number': [
    () => chain([null as never, 5, 5, 2], layers.convLstm2d({ filters: 2, kernelSize: 2, name } as never) as Layer),
    /^layer "odd" \(ConvLSTM2D\): must know the size "depth" as a number; give the model's inputs theirs: inputShapes, or --input-shape/,
  ],
  'padding that depends on an open size': [
    () =>
      chain(
        [null as never, null as never, 3],
        layers.conv2d({ filters: 2, kernelSize: 3, strides: 2, padding: 'same', name }),
      ),
    /"odd" \(Conv2D\): must know the size "height" as a number/,
  ],
  'the nearest pixels of an image of any size': [
    () =>
      chain(
        [null as never, null as never, 3],
        layers.resizing({ height: 2, width: 2, interpolation: 'nearest', name } as never) as Layer,
      ),
    /"odd" \(Resizing\): must know the size "height"/,
  ],
  'an inner layer with two outputs': [
    () => {
      const x = tf.input({ shape: [3] });
      const heads = [0, 1].map(() => layers.dense({ units: 2 }).apply(x) as Symbolic);
      const inner = tf.model({ inputs: x, outputs: heads, name: 'heads' });
      const wrapper = layers.timeDistributed({ layer: layers.dense({ units: 2 }), name });
      const model = chain([4, 3], wrapper);
      (wrapper as unknown as { layer: tf.LayersModel }).layer = inner;
      return model;
    },
    /"odd" \(TimeDistributed\): layer "heads" \(Model\) must have one output, not 2/,
  ],
};

describe('refusals', () => {
  it.each(Object.entries(refused))('%s', (_, [model, message]) => {
    expect(() => layersModelToOnnx(model())).toThrow(
      expect.objectContaining({ code: 'unsupported_layer', message: expect.stringMatching(message) }),
    );
  });

  it('features that do not match the width', () => {
    const feature = { transform: 'linear', shift: 0, scale: 1 } as const;
    const layer = new FeatureScaling({ direction: 'scale', features: [feature], name });
    const model = chain([3], layer);
    Object.assign(layer, { features: [feature, feature] });
    expect(() => layersModelToOnnx(model)).toThrow(
      /"odd" \(FeatureScaling\): 2 features must be 1 or the 3 of the last axis of \[3\]/,
    );
  });

  it('a layer that makes a mask beside layers that read none is no trouble', () => {
    expect(layersModelToOnnx(chain([4, 3], layers.masking(), layers.dense({ units: 2 }))).length).toBeGreaterThan(0);
  });
});
