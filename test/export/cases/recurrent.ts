import * as tfl from '@tensorflow/tfjs-layers';
import { type ActivationName, activations } from '../../../export/emitters/activation/activate.ts';
import { type Case, casesOf, chain, type Layer, pairs, type Symbolic } from './case.ts';

/** Cases of recurrent layers: each kind, its directions, what it returns, and wrappers around it. */

const { layers } = tfl;

/** The activations that ONNX's recurrent operators have. */
const OWN: readonly ActivationName[] = [
  'linear',
  'relu',
  'elu',
  'sigmoid',
  'hardSigmoid',
  'tanh',
  'softplus',
  'softsign',
];

type Args = { readonly units: number; readonly returnSequences?: boolean; readonly goBackwards?: boolean };
const makers = {
  SimpleRNN: (args: Args) => layers.simpleRNN(args as Parameters<typeof layers.simpleRNN>[0]),
  GRU: (args: Args) => layers.gru(args as Parameters<typeof layers.gru>[0]),
  LSTM: (args: Args) => layers.lstm(args as Parameters<typeof layers.lstm>[0]),
};
type Kind = keyof typeof makers;
const kinds = Object.keys(makers) as Kind[];
const stateCounts = { SimpleRNN: 1, GRU: 1, LSTM: 2 };

const flags = pairs(
  [{ returnSequences: true }, { returnSequences: false }],
  [{ goBackwards: true }, { goBackwards: false }],
);

/** The activations that ONNX's recurrent operators lack. */
const lacking = (Object.keys(activations) as ActivationName[]).filter((name) => !OWN.includes(name));

/** A recurrent layer that starts from states which are inputs of the model, and gives its states. */
function stateful(layer: Layer, count: number, units: number): tfl.LayersModel {
  const x = tfl.input({ shape: [4, 3] });
  const states = Array.from({ length: count }, () => tfl.input({ shape: [units] }));
  const outputs = layer.apply(x, { initialState: states as never }) as Symbolic[];
  return tfl.model({ inputs: [x, ...states], outputs });
}

const stack = () => [layers.lstmCell({ units: 4 }), layers.gruCell({ units: 2 }), layers.simpleRNNCell({ units: 3 })];

export const recurrent: Case[] = [
  ...kinds.flatMap((kind) => [
    ...casesOf(kind, flags, (args) => chain([4, 3], makers[kind]({ units: 5, ...args }))),
    ...casesOf(`${kind} without bias and with`, [{ units: 1, useBias: false }], (args) =>
      chain([4, 3], makers[kind](args)),
    ),
    ...OWN.map((activation) => ({
      name: `${kind} with activation ${activation}`,
      model: () => {
        const args = { units: 2, activation, recurrentActivation: activation, returnSequences: true };
        return chain([3, 2], makers[kind](args as never));
      },
      operators: ['Transpose', { SimpleRNN: 'RNN', GRU: 'GRU', LSTM: 'LSTM' }[kind], 'Squeeze', 'Transpose'],
    })),
    ...casesOf(
      `${kind} written out`,
      pairs(
        lacking.map((activation) => ({ activation })),
        flags,
      ),
      ({ activation, ...args }) =>
        chain([3, 2], makers[kind]({ units: 3, activation, recurrentActivation: activation, ...args } as Args)),
    ),
    ...casesOf(`${kind} written out, of one step`, flags, (args) =>
      chain([1, 2], makers[kind]({ units: 3, activation: 'gelu', useBias: false, ...args } as Args)),
    ),
    ...casesOf(`${kind} written out, from states to states`, flags, (args) =>
      stateful(
        makers[kind]({ units: 5, returnState: true, activation: 'swish', ...args } as Args),
        stateCounts[kind],
        5,
      ),
    ),
    ...casesOf(`${kind} written out, of every row`, flags, (args) =>
      chain(
        [2, 3, 4],
        layers.timeDistributed({ layer: makers[kind]({ units: 2, activation: 'selu', ...args } as Args) }),
      ),
    ),
    ...casesOf(`${kind} from states to states`, flags, (args) =>
      stateful(makers[kind]({ units: 5, returnState: true, ...args } as Args), stateCounts[kind], 5),
    ),
    ...casesOf(
      `Bidirectional ${kind}`,
      pairs(
        (['concat', 'sum', 'ave', 'mul', null] as const).map((mergeMode) => ({ mergeMode })),
        [{ returnSequences: true }, { returnSequences: false }],
      ),
      ({ mergeMode, returnSequences }) => {
        const x = tfl.input({ shape: [4, 3] });
        const layer = makers[kind]({ units: 5, returnSequences }) as Parameters<
          typeof layers.bidirectional
        >[0]['layer'];
        const outputs = layers.bidirectional({ layer, mergeMode: mergeMode as 'sum' }).apply(x) as Symbolic[];
        return tfl.model({ inputs: x, outputs });
      },
    ),
    ...casesOf(
      `Bidirectional ${kind} written out`,
      pairs(
        lacking.map((activation) => ({ activation })),
        [{ returnSequences: true }, { returnSequences: false }],
      ),
      ({ activation, ...args }) => {
        const layer = makers[kind]({ units: 5, activation, recurrentActivation: activation, ...args } as Args) as never;
        return chain([4, 3], layers.bidirectional({ layer, mergeMode: 'concat' }));
      },
    ),
    ...casesOf(
      `Bidirectional ${kind} written out, from states to states`,
      [{ returnSequences: true }, { returnSequences: false }],
      (args) => {
        const layer = makers[kind]({ units: 5, returnState: true, activation: 'mish', ...args } as Args) as never;
        return stateful(layers.bidirectional({ layer, mergeMode: 'concat' }), 2 * stateCounts[kind], 5);
      },
    ),
    ...casesOf(
      `Bidirectional ${kind} from states to states`,
      [{ returnSequences: true }, { returnSequences: false }],
      (args) => {
        const layer = makers[kind]({ units: 5, returnState: true, ...args } as Args) as Parameters<
          typeof layers.bidirectional
        >[0]['layer'];
        return stateful(layers.bidirectional({ layer, mergeMode: 'concat' }), 2 * stateCounts[kind], 5);
      },
    ),
  ]),
  ...casesOf('RNN of one cell', flags, (args) =>
    chain([4, 3], layers.rnn({ cell: layers.gruCell({ units: 5 }), ...args })),
  ),
  {
    name: 'RNN of a stack of cells, one of them written out',
    model: () => {
      const cell = [layers.lstmCell({ units: 4 }), layers.gruCell({ units: 2, activation: 'gelu' })];
      return chain([4, 3], layers.rnn({ cell, returnSequences: true }));
    },
  },
  ...casesOf('RNN of a stack of cells', flags, (args) => chain([4, 3], layers.rnn({ cell: stack(), ...args }))),
  {
    name: 'RNN of a stack of cells from states to states',
    model: () => {
      const x = tfl.input({ shape: [4, 3] });
      const states = [3, 2, 4, 4].map((units) => tfl.input({ shape: [units] }));
      const layer = layers.rnn({ cell: stack(), returnState: true, returnSequences: true });
      return tfl.model({
        inputs: [x, ...states],
        outputs: layer.apply(x, { initialState: states as never }) as Symbolic[],
      });
    },
  },
  {
    name: 'two LSTMs and a head',
    model: () =>
      chain(
        [5, 3],
        layers.lstm({ units: 4, returnSequences: true, dropout: 0.5, recurrentDropout: 0.5 }),
        layers.lstm({ units: 4 }),
        layers.dense({ units: 2 }),
      ),
  },
  {
    name: 'LSTM of a convolution',
    model: () => chain([9, 3], layers.conv1d({ filters: 4, kernelSize: 2 }), layers.lstm({ units: 2 })),
    operators: ['Transpose', 'Conv', 'Transpose', 'LSTM', 'Squeeze'],
  },
];

const inner = (): tfl.LayersModel =>
  chain([4, 4, 2], layers.conv2d({ filters: 3, kernelSize: 2 }), layers.flatten(), layers.dense({ units: 2 }));

export const wrapped: Case[] = [
  {
    name: 'TimeDistributed Dense',
    model: () => chain([4, 3], layers.timeDistributed({ layer: layers.dense({ units: 2 }) })),
  },
  {
    name: 'TimeDistributed Conv2D',
    model: () => chain([3, 5, 5, 2], layers.timeDistributed({ layer: layers.conv2d({ filters: 3, kernelSize: 2 }) })),
  },
  {
    name: 'TimeDistributed model, then an LSTM',
    model: () =>
      chain([3, 4, 4, 2], layers.timeDistributed({ layer: inner() as unknown as Layer }), layers.lstm({ units: 2 })),
  },
  {
    name: 'TimeDistributed layers in a row fold the time into the batch once',
    model: () =>
      chain(
        [3, 5, 5, 2],
        layers.timeDistributed({ layer: layers.conv2d({ filters: 3, kernelSize: 2, activation: 'relu' }) }),
        layers.timeDistributed({ layer: layers.maxPooling2d({ poolSize: 2 }) }),
        layers.timeDistributed({ layer: layers.flatten() }),
        layers.timeDistributed({ layer: layers.dense({ units: 2 }) }),
      ),
    operators: ['Reshape', 'Transpose', 'Conv', 'Relu', 'MaxPool', 'Transpose', 'Reshape', 'Gemm', 'Reshape'],
  },
  {
    name: 'states from one LSTM to the next',
    model: () => {
      const x = tfl.input({ shape: [4, 3] });
      const first = layers.lstm({ units: 2, returnState: true }).apply(x) as Symbolic[];
      const second = layers.lstm({ units: 2 });
      return tfl.model({ inputs: x, outputs: second.apply(x, { initialState: first.slice(1) as never }) as Symbolic });
    },
    operators: ['Transpose', 'LSTM', 'LSTM', 'Squeeze'],
  },
  {
    name: 'TimeDistributed LSTM',
    model: () => chain([3, 4, 2], layers.timeDistributed({ layer: layers.lstm({ units: 2 }) })),
  },
  {
    name: 'TimeDistributed in TimeDistributed',
    model: () => {
      const middle = layers.timeDistributed({ layer: layers.globalMaxPooling1d() });
      return chain([2, 3, 4, 5], layers.timeDistributed({ layer: middle }));
    },
  },
];

type ConvArgs = Parameters<typeof layers.convLstm2d>[0];
const convolutional = (args: Omit<ConvArgs, 'filters' | 'kernelSize'>) =>
  layers.convLstm2d({ filters: 3, kernelSize: [2, 3], ...args } as ConvArgs) as Layer;

export const convolutionalRecurrent: Case[] = [
  ...casesOf('ConvLSTM2D', flags, (args) => chain([3, 5, 4, 2], convolutional(args))),
  ...casesOf(
    'ConvLSTM2D',
    [
      { padding: 'same', useBias: false },
      { padding: 'same', strides: 2 },
      { dilationRate: [2, 1] as [number, number] },
      { activation: 'relu', recurrentActivation: 'sigmoid' },
    ] as const,
    (args) => chain([3, 5, 4, 2], convolutional({ ...args, returnSequences: true } as never)),
  ),
  ...casesOf('ConvLSTM2D, channels first', flags, (args) =>
    chain([3, 2, 5, 4], convolutional({ ...args, dataFormat: 'channelsFirst' } as never)),
  ),
  {
    name: 'ConvLSTM2D of one step',
    model: () => chain([1, 5, 4, 2], convolutional({})),
  },
  {
    name: 'ConvLSTM2D from states to states',
    model: () => {
      const x = tfl.input({ shape: [3, 5, 4, 2] });
      const states = [0, 1].map(() => tfl.input({ shape: [4, 2, 3] }));
      const layer = convolutional({ returnState: true, returnSequences: true } as never);
      const outputs = layer.apply(x, { initialState: states as never }) as Symbolic[];
      return tfl.model({ inputs: [x, ...states], outputs });
    },
  },
];
