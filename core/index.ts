/** `senn-onnx/core`: what server, browser and command share. No I/O, no runtime. */
export {
  errorResponseSchema,
  type PredictResponse,
  predictBodySchema,
  predictQuerySchema,
  predictResponseSchema,
} from './api.ts';
export { aggregate, argmax, contributionsOf, type Explanation, explain, softmax } from './artefacts/explanation.ts';
export { type ArtefactName, artefactNames, artefacts } from './artefacts/index.ts';
export {
  TRAVERSAL_STEPS,
  type TraversalPlan,
  traversalPlan,
  traversalRadius,
  traversalValues,
} from './artefacts/traversals.ts';
export { attributionNames, attributions } from './attributions/index.ts';
export { type ErrorCode, errorCodes, SennError } from './errors.ts';
export { type Golden, goldenSchema, parseGolden, replayGolden } from './golden.ts';
export { planOf, type TensorName } from './graphs.ts';
export { type GraphName, graphNames, inputShape, type Manifest, manifestSchema, parseManifest } from './manifest.ts';
export { metricNames, metrics } from './metrics/index.ts';
export { createPredictor, type Prediction, type PredictOptions, type Predictor, type Traversal } from './predictor.ts';
export type { OpenSession, Session } from './session.ts';
export { featureRow, type TabularInput } from './tables/features.ts';
export { batchSize, concatRows, rowOf, sliceRows, type Tensor, tensor } from './tensor.ts';
