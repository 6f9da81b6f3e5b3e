import { parseGolden } from '../../../core/golden.ts';
import { inputShape, type Manifest } from '../../../core/manifest.ts';
import { imageAt, rowOf, sizeOf, type Tensor, tensor } from '../../../core/tensor.ts';
import { encodePng } from '../../images/png.ts';
import type { ServedModel } from '../../inference/served-model.ts';
import { memoizedOf } from '../../memo.ts';
import type { RequestName } from './schemas.ts';

/**
 * The lines of the API page that are copied into a shell: each is a whole request to this server, for a model that it
 * serves, and needs no file. The input is the first of the model's golden ones.
 */

export type CurlModel = Pick<ServedModel, 'manifest' | 'files'>;

interface CurlRoute {
  readonly method: string;
  /** With `{name}` for what varies. */
  readonly path: string;
  /** Schema of its body in JSON; nothing where it takes none. */
  readonly body?: string | undefined;
}

type Instance = { readonly image: string } | { readonly features: Readonly<Record<string, number>> };

const FLOAT_DIGITS = 6;

function instanceOf({ input }: Manifest, inputs: Tensor): Instance {
  if (input.kind === 'image') return { image: encodePng(imageAt(inputs, 0)).toString('base64') };
  const row = rowOf(inputs, 0);
  return {
    features: Object.fromEntries(
      input.features.map(({ name }, i) => [name, Number((row[i] as number).toPrecision(FLOAT_DIGITS))]),
    ),
  };
}

/** An input of the model; nothing where its golden ones are not at hand. */
const sampleOf = memoizedOf(({ manifest, files }: CurlModel): Instance | undefined => {
  const bytes = files.get(manifest.golden.file);
  if (bytes === undefined) return undefined;
  const { input } = parseGolden(JSON.parse(Buffer.from(bytes).toString('utf8'))).tensors;
  return input && instanceOf(manifest, tensor(Float32Array.from(input.data), input.shape));
});

/** As one word of a shell, whatever is in it. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** What a request sends, and what gives it that: the command before `curl`, if any. */
interface Sent {
  readonly from?: string;
  readonly flags: string;
}

const json = (value: unknown): Sent => ({
  flags: ` -H 'Content-Type: application/json' -d ${quoted(JSON.stringify(value))}`,
});

const instances = (model: CurlModel): Sent => json({ instances: [sampleOf(model) ?? {}] });

const bodies = {
  PredictRequest: instances,
  ScoreRequest: instances,
  V1Request: instances,
  /** A tensor of zeros, in bytes: as numbers it would fill the page. */
  InferRequest: ({ manifest }) => ({
    from: `head -c ${4 * sizeOf(inputShape(manifest))} /dev/zero | `,
    flags: " -H 'Content-Type: application/octet-stream' -H 'Inference-Header-Content-Length: 0' --data-binary @-",
  }),
  RepositoryIndexRequest: () => json({}),
  RepositoryRequest: () => json({}),
} satisfies Record<RequestName, (model: CurlModel) => Sent>;

const isRequest = (name: string | undefined): name is RequestName => name !== undefined && name in bodies;

/** What stands for `{…}` in a path. */
const varying: Readonly<Record<string, (manifest: Manifest) => string>> = {
  name: ({ name }) => name,
  version: ({ version }) => version,
  file: () => 'manifest.json',
  class: ({ classes }) => classes[0] as string,
};

/**
 * A request to a route as a line for a shell.
 * @param url of the server, without a path
 */
export function curlLine({ method, path, body }: CurlRoute, url: string, model: CurlModel): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, part: string) =>
    encodeURIComponent(varying[part]?.(model.manifest) ?? part.toUpperCase()),
  );
  const empty: Sent = { flags: method === 'get' ? '' : ` -X ${method.toUpperCase()}` };
  const { from = '', flags } = isRequest(body) ? bodies[body](model) : empty;
  return `${from}curl ${quoted(`${url}${filled}`)}${flags}`;
}
