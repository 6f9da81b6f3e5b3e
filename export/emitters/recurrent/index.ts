import { anyType, type LayerRow } from '../layer-row.ts';
import { emitBidirectional } from './bidirectional.ts';
import { emitConvLSTM2D } from './conv-lstm2d.ts';
import { emitRecurrent } from './recurrent.ts';
import { emitTimeDistributed } from './time-distributed.ts';

/** What the cells take whose activations ONNX's recurrent operators lack; besides those activations. */
const writtenOut = ['MatMul', 'Add', 'Mul', 'Gather', 'Concat'] as const;
const WRITTEN_OUT = 'the steps, of a fixed number, written out where the operator lacks an activation';

/** Layers that run over the steps of a sequence. */
export const recurrentLayers = {
  Bidirectional: {
    emit: emitBidirectional,
    operators: [
      'RNN',
      'GRU',
      'LSTM',
      'ReduceSum',
      'ReduceMean',
      'ReduceProd',
      'Unsqueeze',
      'Split',
      'Sub',
      ...writtenOut,
    ],
    note: `one node for both directions (${WRITTEN_OUT}); refused around a layer that goes backwards itself`,
  },
  ConvLSTM2D: {
    emit: emitConvLSTM2D,
    operators: ['Conv', 'Gather', 'Add', 'Split', 'Mul', 'Unsqueeze', 'Concat'],
    note: 'its steps written out, with their activations',
  },
  GRU: {
    emit: emitRecurrent,
    operators: ['GRU', 'Squeeze', 'Slice', 'Unsqueeze', 'Split', 'Sub', ...writtenOut],
    note: `with initial states, state outputs, backwards; ${WRITTEN_OUT}`,
  },
  LSTM: {
    emit: emitRecurrent,
    operators: ['LSTM', 'Squeeze', 'Slice', 'Unsqueeze', 'Split', ...writtenOut],
    note: `with initial states, state outputs, backwards; ${WRITTEN_OUT}`,
  },
  RNN: {
    emit: emitRecurrent,
    operators: ['RNN', 'GRU', 'LSTM', 'Squeeze', 'Slice', 'Unsqueeze', 'Split', 'Sub', ...writtenOut],
    note: `of one of the three cells or a stack; ${WRITTEN_OUT}`,
  },
  SimpleRNN: {
    emit: emitRecurrent,
    operators: ['RNN', 'Squeeze', 'Slice', 'Unsqueeze', ...writtenOut],
    note: `with initial states, state outputs, backwards; ${WRITTEN_OUT}`,
  },
  TimeDistributed: {
    emit: emitTimeDistributed,
    takes: anyType,
    operators: [],
    note: 'the inner layer, or model, on batch × time',
  },
} as const satisfies Record<string, LayerRow>;
