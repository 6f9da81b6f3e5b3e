import { z } from 'zod';
import { kindSchema } from '../../config/common.ts';
import { count, weight } from '../../config/parts.ts';

/** The configuration of a PrototypeDNN. Its defaults are those of the paper's MNIST model. */
export const prototypeDnnSchema = kindSchema('prototype-dnn', {
  /** Channels of the encoder's 3 × 3 convolutions, each of which halves the image; the decoder mirrors them. */
  channels: z.array(count).min(1).default([32, 32, 32, 10]),
  /** m, the number of prototypes, which are the concepts. */
  prototypes: count.default(15),
  /** What each term of the loss weighs. */
  weights: z
    .strictObject({
      classification: weight.default(20),
      /** Squared error, summed over the pixels. */
      reconstruction: weight.default(1),
      /** R₁: every prototype lies near some input. */
      nearInput: weight.default(1),
      /** R₂: every input lies near some prototype. */
      nearPrototype: weight.default(1),
    })
    .prefault({}),
});
export type PrototypeDnnConfig = z.infer<typeof prototypeDnnSchema>;
