import { anyType, type LayerRow } from '../layer-row.ts';
import { emitBidirectional } from './bidirectional.ts';
import { emitConvLSTM2D } from './conv-lstm2d.ts';
import { emitRecurrent } from './recurrent.ts';
import { emitTimeDistributed } from './time-distributed.ts';

/** Layers that run over the steps of a sequence. */
export const recurrentLayers = {
  Bidirectional: {
    emit: emitBidirectional,
    operators: ['RNN', 'GRU', 'LSTM', 'ReduceSum', 'ReduceMean', 'ReduceProd', 'Gather', 'Unsqueeze', 'Concat'],
    note: 'one node for both directions; refused around a layer that goes backwards itself',
  },
  ConvLSTM2D: {
    emit: emitConvLSTM2D,
    operators: ['Conv', 'Gather', 'Add', 'Split', 'Mul', 'Unsqueeze', 'Concat'],
    note: 'its steps written out, with their activations',
  },
  GRU: {
    emit: emitRecurrent,
    operators: ['GRU', 'Squeeze', 'Slice', 'Unsqueeze'],
    note: 'with initial states, state outputs, backwards',
  },
  LSTM: {
    emit: emitRecurrent,
    operators: ['LSTM', 'Squeeze', 'Slice', 'Unsqueeze'],
    note: 'with initial states, state outputs, backwards',
  },
  RNN: {
    emit: emitRecurrent,
    operators: ['RNN', 'GRU', 'LSTM', 'Squeeze', 'Slice', 'Unsqueeze'],
    note: 'of one of the three cells or a stack',
  },
  SimpleRNN: {
    emit: emitRecurrent,
    operators: ['RNN', 'Squeeze', 'Slice', 'Unsqueeze'],
    note: 'with initial states, state outputs, backwards',
  },
  TimeDistributed: {
    emit: emitTimeDistributed,
    takes: anyType,
    operators: [],
    note: 'the inner layer, or model, on batch × time',
  },
} as const satisfies Record<string, LayerRow>;
