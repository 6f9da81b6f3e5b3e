import type { Case } from './case.ts';
import { channelwiseConvolutions, convolutions, transposedConvolutions } from './convolutions.ts';
import { elementTypes } from './element-types.ts';
import { images } from './images.ts';
import { merging } from './merging.ts';
import { normalization } from './normalization.ts';
import { openSizes } from './open-sizes.ts';
import { pooling } from './pooling.ts';
import { prototypes } from './prototypes.ts';
import { convolutionalRecurrent, recurrent, wrapped } from './recurrent.ts';
import { tokenCases } from './tokens.ts';
import { activations, rectifiers, shapes } from './vectors.ts';

/** Every layer that can be exported, in tiny models. */
export const groups: Readonly<Record<string, readonly Case[]>> = {
  activations,
  channelwiseConvolutions,
  convolutionalRecurrent,
  convolutions,
  elementTypes,
  images,
  merging,
  normalization,
  openSizes,
  pooling,
  prototypes,
  recurrent,
  rectifiers,
  shapes,
  tokens: tokenCases,
  transposedConvolutions,
  wrapped,
};
