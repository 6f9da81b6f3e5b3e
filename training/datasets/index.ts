import { z } from 'zod';
import { didYouMean } from '../../core/text/did-you-mean.ts';
import { compas } from './compas.ts';
import { csv } from './csv.ts';
import type { Dataset } from './dataset.ts';
import type { DatasetDefinition } from './definition.ts';
import { dsprites } from './dsprites/dsprites.ts';
import { dataPlaces, type Places } from './files/places.ts';
import { images } from './images/images.ts';
import { mnist } from './mnist.ts';
import { abalone } from './uci/abalone.ts';
import { breastCancerWisconsin } from './uci/breast-cancer-wisconsin.ts';
import { ionosphere } from './uci/ionosphere.ts';
import { pimaDiabetes } from './uci/pima-diabetes.ts';
import { sonar } from './uci/sonar.ts';
import { wine } from './uci/wine.ts';

/** The table of data sets: what a configuration may name, and how each is loaded. */

export type { Dataset, Split } from './dataset.ts';
export { validationCount } from './validation.ts';

/** Every data set, by the name that configurations and `--data` use. */
export const datasets = {
  abalone,
  'breast-cancer-wisconsin': breastCancerWisconsin,
  compas,
  csv,
  dsprites,
  images,
  ionosphere,
  mnist,
  'pima-diabetes': pimaDiabetes,
  sonar,
  wine,
} satisfies Record<string, DatasetDefinition>;

export type DatasetName = keyof typeof datasets;
export const datasetNames = Object.keys(datasets) as DatasetName[];

type Schema = (typeof datasets)[DatasetName]['schema'];
const schemas = Object.values(datasets).map((definition): Schema => definition.schema) as [Schema, ...Schema[]];

const unknownDataSet = (name: unknown): string =>
  `unknown data set ${JSON.stringify(name)}; choose ${datasetNames.join(', ')}${didYouMean(name, datasetNames)}`;

/** The field `data` of a configuration: which set, and what is to be done with it. */
export const dataSchema = z.discriminatedUnion('name', schemas, {
  error: ({ code, input }) =>
    code === 'invalid_union' ? unknownDataSet((input as { name?: unknown }).name) : undefined,
});
export type DataConfig = z.infer<typeof dataSchema>;

/** @throws missing_data | invalid_config, and what the files themselves are wrong in */
export function loadDataset(config: DataConfig, places: Places = dataPlaces()): Promise<Dataset> {
  const definition: DatasetDefinition = datasets[config.name];
  return definition.load(config, places);
}
