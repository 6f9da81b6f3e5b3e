import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { parse } from 'node:querystring';
import { checkAttributions, parseAttributionList } from '../../../core/attributions/index.ts';
import { SennError, shortened } from '../../../core/errors.ts';
import type { Manifest } from '../../../core/manifest.ts';
import { parseMetricList } from '../../../core/metrics/choose.ts';
import type { ConcurrencyLimit } from '../../concurrency-limit.ts';
import type { Limits } from '../../config/limits.ts';
import type { Models } from '../../inference/served-model.ts';
import type { InputName, ScorePayload } from '../../jobs/score/payload.ts';
import type { Scoring, Staging } from '../../jobs/score/scoring.ts';
import { hasBody } from '../body/bounded.ts';
import { mediaTypeOf } from '../body/read.ts';
import { checkVersionNamed, parsedQuery, queryOf } from '../request-url.ts';
import { readForm, readInstances, type SentInstances, writeInstances } from './instances.ts';
import { scoreQuerySchema } from './schema.ts';
import { checkUnpacked, receiveFile } from './upload.ts';

/** From a request to a staged set: which model, what is asked, and the input as a file of a name of ours. */

interface Upload {
  readonly input: InputName;
  /** What the model takes that is meant where none is named. */
  readonly kind: 'tabular' | 'image';
  /** `lines` has an input a line, so that a set can be small; `zip` is bounded by what it says it unpacks to. */
  readonly form: 'lines' | 'zip' | 'whole';
}

/** Uploads by their media types. */
export const uploadTypes = {
  'text/csv': { input: 'input.csv', kind: 'tabular', form: 'lines' },
  'application/x-ndjson': { input: 'input.ndjson', kind: 'tabular', form: 'lines' },
  'application/vnd.apache.parquet': { input: 'input.parquet', kind: 'tabular', form: 'whole' },
  'application/x-npz': { input: 'input.npz', kind: 'image', form: 'zip' },
  'application/zip': { input: 'input.zip', kind: 'image', form: 'zip' },
} as const satisfies Record<string, Upload>;

/** Bodies that are read whole, within the limits that those of `/predict` have. */
const sentTypes = {
  'application/json': readInstances,
  'multipart/form-data': readForm,
} as const;

/** How many times its bytes an upload may have when it is unpacked. */
const UNPACKED = 4;
/** Entries of a zip for each input that a job may have: a Mac adds one to each file. */
const ENTRIES = 2;

export interface StagedSet {
  readonly staging: Staging;
  readonly payload: ScorePayload;
  readonly bytes: number;
  /** Whether it is answered at once where that is asked. */
  readonly isSmall: boolean;
}

const isSent = (type: string): type is keyof typeof sentTypes => Object.hasOwn(sentTypes, type);
const isUpload = (type: string): type is keyof typeof uploadTypes => Object.hasOwn(uploadTypes, type);

/** What the query asks for. @throws invalid_request, unknown_model, and what is wrong with the lists */
function askedOf(request: IncomingMessage, models: Models) {
  const { model: name, version, set, ...asked } = parsedQuery(scoreQuerySchema, { ...parse(queryOf(request)) });
  checkVersionNamed(name, version);
  if (set !== undefined && name === undefined) {
    throw new SennError('invalid_request', `query: set "${shortened(set, 100)}" needs the model that explains it`, {});
  }
  if (asked.metrics !== undefined) parseMetricList(asked.metrics);
  const named = name === undefined ? undefined : models.named(name, version);
  return { named, set, asked };
}

export interface ReceiveOptions {
  readonly models: Models;
  readonly limits: Limits;
  readonly scoring: Scoring;
  readonly turn: ConcurrencyLimit;
}

/**
 * Receives a set. The caller discards the staging when it is done.
 * @throws unsupported_media_type, missing_input, payload_too_large, and what is wrong with the query or the set
 */
export async function receiveSet(request: IncomingMessage, options: ReceiveOptions): Promise<StagedSet> {
  const { models, scoring } = options;
  const { named, set, asked } = askedOf(request, models);
  if (set === undefined || named === undefined) return receiveBody(request, { named, asked }, options);
  if (hasBody(request)) throw new SennError('invalid_request', 'body: must be empty where the query names a set');
  scoring.sets.check(set);
  const { manifest } = named;
  checkAsked(asked, manifest);
  const staging = await scoring.stage(named, 0);
  const { name: model, version } = manifest;
  return { staging, payload: { model, version, set, asked }, bytes: 0, isSmall: false };
}

/** What a model is asked for that it cannot give. @throws invalid_config */
function checkAsked({ attributions }: ScorePayload['asked'], manifest: Manifest): void {
  if (attributions !== undefined) checkAttributions(manifest, parseAttributionList(attributions));
}

async function receiveBody(
  request: IncomingMessage,
  { named, asked }: Pick<ReturnType<typeof askedOf>, 'named' | 'asked'>,
  options: ReceiveOptions,
): Promise<StagedSet> {
  const { models, limits, scoring } = options;
  const { uploadBytes } = scoring.config;
  const type = mediaTypeOf(request);
  const expected = [...Object.keys(sentTypes), ...Object.keys(uploadTypes)];
  if (!hasBody(request)) throw new SennError('missing_input', 'body: nothing to score', { expected });
  if (!isSent(type) && !isUpload(type)) {
    throw new SennError(
      'unsupported_media_type',
      `body: content type "${type.slice(0, 100)}" must be ${expected.join(', ')}`,
      { expected },
    );
  }
  const manifests = (named === undefined ? models.all() : [named]).map(({ manifest }) => manifest);
  const upload = isUpload(type) ? uploadTypes[type] : undefined;
  const sent = isSent(type) ? await sentTypes[type](request, limits, manifests) : undefined;
  const model = named ?? models.taking((sent ?? (upload as Upload)).kind);
  const { manifest } = model;
  checkAsked(asked, manifest);
  const staging = await scoring.stage(model, sent?.bytes ?? declaredLength(request, uploadBytes));
  const { folder } = staging;
  try {
    const { isSmall, ...written } =
      sent === undefined
        ? await receiveUpload(request, folder, upload as Upload, options)
        : await writeSent(sent, manifest, folder, options);
    const { bytes, digest, input } = written;
    const payload = { model: manifest.name, version: manifest.version, input, digest, asked };
    return { staging, payload, bytes, isSmall };
  } catch (error) {
    await staging.discard();
    throw error;
  }
}

/** Bytes that a body may have. */
const declaredLength = ({ headers }: IncomingMessage, most: number): number =>
  Math.min(most, Number(headers['content-length'] ?? most));

async function writeSent(sent: SentInstances, manifest: Manifest, folder: string, options: ReceiveOptions) {
  const input = await writeInstances(sent, manifest, folder, options);
  return { input, bytes: sent.bytes, digest: sent.digest, isSmall: true };
}

async function receiveUpload(
  request: IncomingMessage,
  folder: string,
  { input, form }: Upload,
  { scoring, limits }: ReceiveOptions,
) {
  const { uploadBytes, inputs } = scoring.config;
  const path = join(folder, input);
  const { lines, ...received } = await receiveFile(request, path, uploadBytes);
  if (form === 'zip') await checkUnpacked(path, UNPACKED * uploadBytes, ENTRIES * inputs);
  return { input, ...received, isSmall: form === 'lines' && lines <= limits.instancesPerRequest };
}
