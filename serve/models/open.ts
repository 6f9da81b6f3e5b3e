import { SennError } from '../../core/errors.ts';
import { parseGolden, replayGolden } from '../../core/golden.ts';
import { parseManifest } from '../../core/manifest.ts';
import { createPredictor, forwardGraphs, predictingGraphs } from '../../core/predictor.ts';
import { type OpenSession, openSessions } from '../../core/session.ts';
import type { ExplainedModel } from '../answers/explained.ts';
import { listedGraph, parseJson } from './model-folder.ts';
import { readStatics } from './static-files.ts';

/** Opens the model of a bundle: sessions over its graphs, checked against its golden outputs. */

type Files = ReadonlyMap<string, Uint8Array>;

/** The file's bytes, in memory of their own: ONNX Runtime takes no shared memory. @throws invalid_model */
function bytesOf(files: Files, file: string): Uint8Array {
  const bytes = files.get(file);
  if (bytes === undefined) throw new SennError('invalid_model', `bundle: no file "${file}"`, { file });
  return bytes.slice();
}

function jsonOf(files: Files, file: string): unknown {
  return parseJson(Buffer.from(bytesOf(files, file)).toString('utf8'), file);
}

/**
 * The model of a bundle, ready to predict. It has then run once, on its golden inputs, and has given what tfjs gave.
 * The caller closes the predictor.
 * @throws invalid_model, verification_failed
 */
export async function openBundle(files: Files, openSession: OpenSession): Promise<ExplainedModel> {
  const manifest = parseManifest(jsonOf(files, 'manifest.json'));
  const statics = await readStatics(manifest, ({ file }) => bytesOf(files, file));
  const golden = parseGolden(jsonOf(files, manifest.golden.file), manifest.golden.file);
  const sessions = await openSessions(
    predictingGraphs(manifest),
    (graph) => bytesOf(files, listedGraph(manifest, graph).file),
    openSession,
  );
  const predictor = createPredictor(manifest, sessions);
  try {
    const failed = (await replayGolden(golden, manifest, sessions)).filter(({ passed }) => !passed);
    if (failed.length > 0) {
      const outputs = failed.map(
        ({ graph, output, worstRatio }) => `${graph}: ${output} is off by ${worstRatio} times`,
      );
      throw new SennError(
        'verification_failed',
        `model "${manifest.name}": golden outputs differ: ${outputs.join('; ')} the tolerance`,
        { failed },
      );
    }
  } catch (error) {
    await predictor.close();
    throw error;
  }
  return { predictor, statics };
}

/**
 * The model of a bundle without its decoder, its golden outputs and its static artefacts: for a thread that must not be
 * kept long, and answers without traversals and figures for a model that others have opened whole. Its graphs open one
 * after the other. The caller closes the predictor.
 * @throws invalid_model
 */
export async function openForward(files: Files, openSession: OpenSession): Promise<ExplainedModel> {
  const manifest = parseManifest(jsonOf(files, 'manifest.json'));
  const sessions: Record<string, Awaited<ReturnType<OpenSession>>> = {};
  for (const graph of forwardGraphs(manifest)) {
    sessions[graph] = await openSession(bytesOf(files, listedGraph(manifest, graph).file));
  }
  return { predictor: createPredictor(manifest, sessions), statics: {} };
}
