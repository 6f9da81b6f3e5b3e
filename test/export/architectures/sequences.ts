import * as tfl from '@tensorflow/tfjs-layers';
import { chain, type Symbolic } from '../cases/case.ts';

/** Published networks over tokens and patches, in small. */

const { layers } = tfl;
export const VOCABULARY = 20;
const LENGTH = 12;

const embedding = () => layers.embedding({ inputDim: VOCABULARY, outputDim: 6 });

/** A text classifier: words, a GRU in both directions, a class (Cho et al. 2014, arXiv 1406.1078). */
export const gruClassifier = () =>
  chain(
    [LENGTH],
    embedding(),
    layers.bidirectional({ layer: layers.gru({ units: 5 }) as never, mergeMode: 'concat' }),
    layers.dense({ units: 3, activation: 'softmax' }),
  );

/** The same with two LSTM layers, one on the other (Hochreiter & Schmidhuber 1997). */
export const lstmClassifier = () =>
  chain(
    [LENGTH],
    embedding(),
    layers.lstm({ units: 5, returnSequences: true }),
    layers.dropout({ rate: 0.5 }),
    layers.lstm({ units: 4 }),
    layers.dense({ units: 3, activation: 'softmax' }),
  );

/** One block of an MLP-Mixer (Tolstikhin et al. 2021, arXiv 2105.01601): over patches, then over channels. */
export const mixer = () => {
  const [patches, channels] = [9, 6];
  const mlp = (x: Symbolic, hidden: number, width: number) => {
    const wide = layers.dense({ units: hidden, activation: 'gelu' as never }).apply(x);
    return layers.dense({ units: width }).apply(wide) as Symbolic;
  };
  const add = (a: Symbolic, b: Symbolic) => layers.add().apply([a, b]) as Symbolic;
  const normalized = (x: Symbolic) => layers.layerNormalization({}).apply(x) as Symbolic;
  const turned = (x: Symbolic) => layers.permute({ dims: [2, 1] }).apply(x) as Symbolic;
  const image = tfl.input({ shape: [12, 12, 3] });
  const stem = layers.conv2d({ filters: channels, kernelSize: 4, strides: 4 }).apply(image);
  const x = layers.reshape({ targetShape: [patches, channels] }).apply(stem) as Symbolic;
  const y = add(x, turned(mlp(turned(normalized(x)), 8, patches)));
  const z = add(y, mlp(normalized(y), 10, channels));
  const pooled = layers.globalAveragePooling1d({}).apply(normalized(z));
  return tfl.model({ inputs: image, outputs: layers.dense({ units: 4 }).apply(pooled) as Symbolic });
};
