import { possibleArtefacts } from '../../core/artefacts/index.ts';
import { type Manifest, parseManifest } from '../../core/manifest.ts';
import { createPredictor, type Predictor } from '../../core/predictor.ts';
import type { Graphs } from '../kinds/kind.ts';
import type { NamedNetworks } from '../networks/networks.ts';
import type { RunRecord } from '../run/record.ts';
import { tfjsSessions } from './tfjs-session.ts';

/** Nothing of a run is an ONNX file yet. */
const UNWRITTEN = { file: 'none', sha256: '0'.repeat(64) };

/** A predictor over the networks of a run themselves. @param networks in the contract's units */
export function runPredictor(record: RunRecord, graphs: Graphs, networks: NamedNetworks): Predictor {
  const named = Object.fromEntries(Object.entries(graphs).map(([name, ports]) => [name, { ...UNWRITTEN, ...ports }]));
  const manifest = parseManifest({
    schemaVersion: 2,
    ...record,
    graphs: named,
    parameterizer: { reads: graphs.parameterizer.inputs[0] },
    artefacts: possibleArtefacts({
      graphs: named as Manifest['graphs'],
      files: {},
      familiarity: record.familiarity,
    }),
    files: {},
    golden: UNWRITTEN,
  });
  return createPredictor(manifest, tfjsSessions(networks, graphs));
}
