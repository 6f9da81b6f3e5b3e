import { z } from 'zod';
import type { Asking } from '../../core/attributions/answers/explain-inputs.ts';
import type { Manifest } from '../../core/manifest.ts';
import { concatRows, sliceRows, type Tensor } from '../../core/tensor.ts';

/**
 * A model behind a server, as an explainer beside it asks it: no session of its own, every batch of changed rows a request
 * or several. The attributions are ours, so that both ways ask the same questions and only how they are asked differs.
 */

/** Asks the server for the logits of some rows. @param rows `[n, F]` @returns `[n, C]` */
export type AskRows = (rows: Tensor) => Promise<Tensor>;

async function bodyOf(response: Response): Promise<ArrayBuffer> {
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${await response.text()}`);
  return response.arrayBuffer();
}

const jsonAnswer = z.object({ predictions: z.array(z.object({ logits: z.array(z.number()) })) });

/** By `/predict`, every row as its named features in JSON: what KServe's V1 explainers send. */
export function askInJson(url: string, { name, input, classes }: Manifest): AskRows {
  const names = input.kind === 'tabular' ? input.features.map((feature) => feature.name) : [];
  return async ({ data }) => {
    const F = names.length;
    const instances = Array.from({ length: data.length / F }, (_, n) => ({
      features: Object.fromEntries(names.map((feature, f) => [feature, data[n * F + f]])),
    }));
    const response = await fetch(`${url}/predict?model=${name}&explain=none`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ instances }),
    });
    const { predictions } = jsonAnswer.parse(JSON.parse(Buffer.from(await bodyOf(response)).toString()));
    const logits = Float32Array.from(predictions.flatMap((one) => one.logits));
    return { shape: [predictions.length, classes.length], data: logits };
  };
}

/** By the Open Inference Protocol with binary tensors, which costs both sides least. */
export function askInBinary(url: string, { name, classes }: Manifest): AskRows {
  return async ({ shape, data }) => {
    const json = JSON.stringify({
      inputs: [{ name: 'input', shape, datatype: 'FP32', parameters: { binary_data_size: data.byteLength } }],
      outputs: [{ name: 'logits', parameters: { binary_data: true } }],
    });
    const response = await fetch(`${url}/v2/models/${name}/infer`, {
      method: 'POST',
      headers: { 'Inference-Header-Content-Length': String(json.length) },
      body: Buffer.concat([Buffer.from(json), Buffer.from(data.buffer, data.byteOffset, data.byteLength)]),
    });
    const bytes = await bodyOf(response);
    const start = Number(response.headers.get('inference-header-content-length'));
    return { shape: [shape[0] as number, classes.length], data: new Float32Array(bytes.slice(start)) };
  };
}

const refuse = (): Promise<never> => Promise.reject(new Error('an explainer outside has the answers alone'));

/**
 * What attributions ask, over a server.
 * @param atOnce rows of a request, at most
 * @param onRequest called before each request
 */
export function outside(manifest: Manifest, ask: AskRows, atOnce: number, onRequest: () => void): Asking {
  return {
    manifest,
    run: refuse,
    decode: refuse,
    forward: async (rows) => {
      const N = rows.shape[0] as number;
      const answers: Tensor[] = [];
      for (let start = 0; start < N; start += atOnce) {
        onRequest();
        answers.push(await ask(sliceRows(rows, start, Math.min(N, start + atOnce))));
      }
      const { data } = concatRows(answers);
      // logits are those of a network with one constant concept, as of any black box
      return {
        concepts: { shape: [N, 1], data: new Float32Array(N).fill(1) },
        relevances: { shape: [N, 1, manifest.classes.length], data },
      };
    },
  };
}
