import { planOf } from '../../core/graphs.ts';
import type { Manifest } from '../../core/manifest.ts';
import { mergeModels } from '../onnx/merge.ts';
import { metadataProps } from '../onnx/metadata.ts';
import { decodeModel, encodeModel } from '../onnx/schema.ts';
import { aggregatorOnnx } from '../triton/aggregator.ts';
import type { WrittenGraph } from '../write/forward-model.ts';
import { gradientsOf } from './gradients.ts';

/** `gradient.onnx`: what the logits would do if the input changed, for any runtime and without TensorFlow.js. */

/**
 * The vector-Jacobian product of the whole forward pass, from the graphs as they are written: `input`, `class_weights [batch, C]`
 * → `gradient = Σ_c class_weights[c]·∂logits[c]/∂input`, of the shape of `input`. A weight of one for a class and of zero
 * for the others gives the gradient of that class's logit.
 * @param graphs by name, in the order in which they run
 * @throws unsupported_layer where an operator of them has no rule (gradients/rules) | invalid_config
 */
export function gradientModel(
  graphs: Readonly<Record<string, WrittenGraph>>,
  { name, concepts, classes }: Pick<Manifest, 'name' | 'concepts' | 'classes'>,
  metadata: Readonly<Record<string, string>>,
): WrittenGraph {
  const plan = (planOf(graphs, ['input'], ['concepts', 'relevances']) ?? []).flat();
  const parts = plan.map(({ graph }) => ({ name: graph, graph: (graphs[graph] as WrittenGraph).bytes }));
  const aggregator = { name: 'aggregator', graph: aggregatorOnnx('aggregator', concepts.length, classes.length) };
  const forward = mergeModels([...parts, aggregator], { name: `${name}-gradient`, outputs: ['logits'] });
  const gradient = gradientsOf(decodeModel(forward), {
    cotangents: { logits: 'class_weights' },
    gradients: { input: 'gradient' },
  });
  const props = metadataProps({
    ...Object.fromEntries(gradient.metadataProps.map(({ key, value }) => [key, value])),
    ...metadata,
    'senn.graph': 'gradient',
  });
  const bytes = encodeModel({ ...gradient, metadataProps: props });
  return { inputs: ['input', 'class_weights'], outputs: ['gradient'], bytes };
}
