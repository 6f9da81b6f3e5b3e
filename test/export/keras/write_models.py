"""Writes models of a layer or two as Keras describes them, which is what its converter puts into `modelTopology`.

    pip install tf_keras tensorflow-cpu    and then    python write_models.py 2 > keras2.json
    pip install keras tensorflow-cpu       and then    python write_models.py 3 > keras3.json
"""
import json, os, sys
gen = sys.argv[1]
if gen == '2':
    os.environ['TF_USE_LEGACY_KERAS'] = '1'
    import tf_keras as keras
else:
    import keras
L = keras.layers
def m(shape, *layers, dtype=None):
    x = keras.Input(shape, dtype=dtype) if dtype else keras.Input(shape)
    y = x
    for l in layers: y = l(y)
    return keras.Model(x, y)
def mm(layer, *shapes):
    xs = [keras.Input(s) for s in shapes]
    return keras.Model(xs, layer(xs))
img = (6, 6, 3)
cases = {
 'Activation': lambda: m((4,), L.Activation('relu'), L.Activation('gelu'), L.Activation('softmax')),
 'Add': lambda: mm(L.Add(), (4,), (4,)), 'Average': lambda: mm(L.Average(), (4,), (4,)), 'Multiply': lambda: mm(L.Multiply(), (4,), (4,)),
 'Maximum': lambda: mm(L.Maximum(), (4,), (4,)), 'Minimum': lambda: mm(L.Minimum(), (4,), (4,)), 'Concatenate': lambda: mm(L.Concatenate(), (4,), (3,)),
 'Dot': lambda: mm(L.Dot(axes=(1, 1)), (4,), (4,)), 'Dot of one axis': lambda: mm(L.Dot(axes=1, normalize=True), (4,), (4,)),
 'AlphaDropout': lambda: m((4,), L.AlphaDropout(.5)), 'Dropout': lambda: m((4,), L.Dropout(.5)), 'GaussianDropout': lambda: m((4,), L.GaussianDropout(.5)), 'GaussianNoise': lambda: m((4,), L.GaussianNoise(.5)), 'SpatialDropout1D': lambda: m((4, 2), L.SpatialDropout1D(.5)),
 'SpatialDropout2D': lambda: m(img, L.SpatialDropout2D(.5)),
 **{f'{a}Pooling{d}D': (lambda a=a, d=d: m((6,) * d + (2,), getattr(L, f'{a}Pooling{d}D')(2, padding='same'))) for a in ('Average', 'Max') for d in (1, 2, 3)},
 **{f'Global{a}Pooling{d}D': (lambda a=a, d=d: m((6,) * d + (2,), getattr(L, f'Global{a}Pooling{d}D')())) for a in ('Average', 'Max') for d in (1, 2, 3)},
 'GlobalAveragePooling2D that keeps its axes': lambda: m(img, L.GlobalAveragePooling2D(keepdims=True)),
 'GlobalMaxPooling1D that keeps its axis': lambda: m((6, 2), L.GlobalMaxPooling1D(keepdims=True)),
 'BatchNormalization': lambda: m(img, L.BatchNormalization()), 'BatchNormalization of a vector': lambda: m((5,), L.BatchNormalization()),
 'BatchNormalization behind Conv2D': lambda: m(img, L.Conv2D(4, 3), L.BatchNormalization(scale=False)),
 'Bidirectional': lambda: m((5, 3), L.Bidirectional(L.LSTM(2))), 'Bidirectional GRU': lambda: m((5, 3), L.Bidirectional(L.GRU(2, return_sequences=True, reset_after=False), merge_mode='sum')),
 'CategoryEncoding': lambda: m((1,), L.Reshape((1,)), L.CategoryEncoding(5, output_mode='multi_hot')),
 'CenterCrop': lambda: m(img, L.Reshape(img), L.CenterCrop(4, 4)),
 'Conv1D': lambda: m((8, 3), L.Conv1D(4, 3, activation='relu')), 'Conv1D causal': lambda: m((8, 3), L.Conv1D(4, 3, padding='causal')),
 'Conv2D': lambda: m(img, L.Conv2D(4, 3, strides=2, padding='same', activation='relu')), 'Conv2D in groups': lambda: m((6, 6, 4), L.Conv2D(4, 3, groups=2)),
 'Conv3D': lambda: m((4, 4, 4, 2), L.Conv3D(3, 2)), 'Conv1DTranspose': lambda: m((8, 3), L.Conv1DTranspose(4, 3)), 'Conv2DTranspose': lambda: m(img, L.Conv2DTranspose(4, 3, strides=2, padding='same')), 'Conv2DTranspose with output padding': lambda: m(img, L.Conv2DTranspose(4, 3, strides=2, output_padding=1)), 'Conv3DTranspose': lambda: m((3, 3, 3, 2), L.Conv3DTranspose(2, 2)),
 'ConvLSTM2D': lambda: m((3, 5, 5, 2), L.ConvLSTM2D(2, 2)),
 'Cropping1D': lambda: m((6, 2), L.Cropping1D(1)), 'Cropping2D': lambda: m(img, L.Cropping2D(((1, 0), (0, 1)))), 'Cropping3D': lambda: m((4, 4, 4, 2), L.Cropping3D(1)),
 'Dense': lambda: m((4,), L.Dense(3, activation='tanh')), 'Dense with regularizers': lambda: m((4,), L.Dense(3, kernel_regularizer='l2', bias_constraint='non_neg')),
 'DepthwiseConv2D': lambda: m(img, L.DepthwiseConv2D(3)), 'SeparableConv2D': lambda: m(img, L.SeparableConv2D(4, 3)), 'SeparableConv1D': lambda: m((8, 3), L.SeparableConv1D(4, 3)), 'DepthwiseConv1D': lambda: m((8, 3), L.DepthwiseConv1D(3)),
 'ELU': lambda: m((4,), L.ELU()), 'LeakyReLU': lambda: m((4,), L.LeakyReLU()), 'PReLU': lambda: m(img, L.PReLU(shared_axes=[1, 2])), 'ReLU': lambda: m((4,), L.ReLU(6.)), 'ReLU leaky': lambda: m((4,), L.ReLU(negative_slope=.1)), 'ReLU with a threshold': lambda: m((4,), L.ReLU(threshold=.5)), 'ReLU without a cap': lambda: m((4,), L.ReLU()), 'Softmax': lambda: m((4, 3), L.Softmax()), 'Softmax over axes': lambda: m((4, 3), L.Softmax(axis=[1, 2])),
 'ThresholdedReLU': lambda: m((4,), L.ThresholdedReLU(.5)), 'ELU of another alpha': lambda: m((4,), L.ELU(alpha=.5)),
 'Embedding': lambda: m((4,), L.Embedding(6, 3)), 'Embedding of int32': lambda: m((4,), L.Embedding(6, 3), dtype='int32'), 'Embedding of int64': lambda: m((4,), L.Embedding(6, 3), dtype='int64'), 'Embedding with mask_zero': lambda: m((4,), L.Embedding(6, 3, mask_zero=True)),
 'Flatten': lambda: m((4, 3), L.Flatten()), 'Permute': lambda: m((4, 3), L.Permute((2, 1))), 'RepeatVector': lambda: m((4,), L.RepeatVector(2)), 'Reshape': lambda: m((4, 3), L.Reshape((3, -1))),
 'GRU': lambda: m((5, 3), L.GRU(2)), 'GRU that resets before': lambda: m((5, 3), L.GRU(2, reset_after=False)), 'LSTM': lambda: m((5, 3), L.LSTM(2, return_sequences=True)), 'SimpleRNN': lambda: m((5, 3), L.SimpleRNN(2)), 'RNN': lambda: m((5, 3), L.RNN(L.LSTMCell(2))), 'RNN of a stack': lambda: m((5, 3), L.RNN([L.LSTMCell(2), L.SimpleRNNCell(3)])), 'LSTM time major': lambda: m((5, 3), L.LSTM(2, time_major=True)),
 'LayerNormalization': lambda: m((4, 3), L.LayerNormalization()), 'LayerNormalization over axes': lambda: m((4, 3), L.LayerNormalization(axis=[1, 2])), 'GroupNormalization': lambda: m(img, L.GroupNormalization(3)), 'UnitNormalization': lambda: m((4,), L.UnitNormalization()),
 'Masking': lambda: m((4, 3), L.Masking(0.)), 'Rescaling': lambda: m(img, L.Rescaling(1 / 255.)), 'Rescaling by channel': lambda: m(img, L.Rescaling([1., 2., 3.], offset=[0., 1., 2.])), 'Resizing': lambda: m(img, L.Resizing(4, 4)), 'Normalization': lambda: m((3,), L.Normalization(mean=[1., 2., 3.], variance=[1., 2., 3.])),
 'TimeDistributed': lambda: m((4, 3), L.TimeDistributed(L.Dense(2))), 'UpSampling1D': lambda: m((4, 2), L.UpSampling1D(2)), 'UpSampling2D': lambda: m(img, L.UpSampling2D(2, interpolation='bilinear')), 'UpSampling2D bicubic': lambda: m(img, L.UpSampling2D(2, interpolation='bicubic')), 'UpSampling3D': lambda: m((2, 2, 2, 2), L.UpSampling3D(2)),
 'ZeroPadding1D': lambda: m((4, 2), L.ZeroPadding1D(1)), 'ZeroPadding2D': lambda: m(img, L.ZeroPadding2D(1)), 'ZeroPadding3D': lambda: m((2, 2, 2, 2), L.ZeroPadding3D(1)),
 'Sequential': lambda: keras.Sequential([L.InputLayer((4,)), L.Dense(3), L.Dropout(.1), L.Dense(2, activation='softmax')]),
 'MultiHeadAttention': lambda: keras.Model(x := keras.Input((4, 3)), L.MultiHeadAttention(2, 3)(x, x)),
 'Lambda': lambda: m((4,), L.Lambda(lambda x: x)),
 'a model in a model': lambda: m((4,), keras.Sequential([L.InputLayer((4,)), L.Dense(3)]), L.Dense(2)),
}
# What TensorFlow.js has no layer for, refuses itself, or reads and does not heed.
unknown = ['SpatialDropout2D', 'Conv1DTranspose', 'Cropping1D', 'Cropping3D', 'SeparableConv1D', 'DepthwiseConv1D', 'GroupNormalization', 'UnitNormalization', 'Normalization', 'UpSampling1D', 'UpSampling3D', 'ZeroPadding1D', 'ZeroPadding3D', 'MultiHeadAttention', 'Lambda', 'Conv2D in groups', 'GlobalAveragePooling2D that keeps its axes', 'GlobalMaxPooling1D that keeps its axis', 'Conv2DTranspose with output padding', 'ReLU leaky', 'ReLU with a threshold', 'LSTM time major', 'GlobalAveragePooling3D', 'GlobalMaxPooling3D', 'Conv1D causal', 'ELU of another alpha', 'Embedding of int64', 'GRU', 'UpSampling2D bicubic']
few = ['Activation', 'BatchNormalization', 'Bidirectional', 'Dense', 'Sequential', 'a model in a model']
lines = []
for name, make in cases.items():
    if name in unknown or (gen == '3' and name not in few):
        continue
    keras.backend.clear_session()
    lines.append(f'{json.dumps(name)}: {make().to_json()}')
print('{\n' + ',\n'.join(lines) + '\n}')
