import type { AttributionName } from '../../../core/attributions/attribution.ts';
import { attributingGraphs, checkAttributions } from '../../../core/attributions/index.ts';
import { SennError } from '../../../core/errors.ts';
import { parseManifest } from '../../../core/manifest.ts';
import { listedGraph, parseJson } from '../../models/model-folder.ts';
import { type SharedBytes, sharedBytes } from '../../shared-bytes.ts';

/**
 * Models and training inputs that a worker has fetched, by their digests: in memory that its threads share, never in files.
 * Those that were asked for last are kept.
 */

/** Bytes that are kept; one that is larger alone is kept while it is the last. */
const MOST_KEPT = 1024 ** 3;

/** Bytes that the graphs of one model may have. */
const LARGEST_MODEL = 2 * 1024 ** 3;

/** What a thread opens: the manifest's text, and the graphs' bytes by their names. */
export interface FetchedModel {
  readonly digest: string;
  readonly manifest: string;
  readonly graphs: Readonly<Record<string, SharedBytes>>;
}

export interface Fetched {
  model(digest: string, attributions: readonly AttributionName[]): Promise<FetchedModel>;
  bytes(digest: string): Promise<SharedBytes>;
}

/** Reads a file by its digest, and has checked that it is that one. */
export type ReadDigest = (digest: string) => Promise<Buffer>;

/** @param most bytes that are kept */
export function fetching(readDigest: ReadDigest, most = MOST_KEPT): Fetched {
  const kept = new Map<string, Promise<SharedBytes>>();
  const sizes = new Map<string, number>();

  const bytes = (digest: string): Promise<SharedBytes> => {
    const found = kept.get(digest) ?? fetch(digest);
    kept.delete(digest);
    kept.set(digest, found); // the last
    return found;
  };

  async function fetch(digest: string): Promise<SharedBytes> {
    try {
      const read = sharedBytes(await readDigest(digest));
      sizes.set(digest, read.byteLength);
      forgetOld();
      return read;
    } catch (error) {
      kept.delete(digest);
      throw error;
    }
  }

  function forgetOld(): void {
    let all = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    for (const digest of [...kept.keys()].slice(0, -1)) {
      if (all <= most) return;
      all -= sizes.get(digest) ?? 0;
      sizes.delete(digest);
      kept.delete(digest);
    }
  }

  return {
    bytes,
    /** @throws unavailable where a file is not there; invalid_model, invalid_config where the model is at fault */
    async model(digest, attributions) {
      const text = Buffer.from(await bytes(digest)).toString('utf8');
      const manifest = parseManifest(parseJson(text, `model ${digest}`), `model ${digest}`);
      checkAttributions(manifest, attributions);
      const graphs: Record<string, SharedBytes> = {};
      let size = 0;
      for (const graph of new Set(attributingGraphs(manifest, attributions))) {
        const read = await bytes(listedGraph(manifest, graph).sha256);
        size += read.byteLength;
        if (size > LARGEST_MODEL)
          throw new SennError('payload_too_large', `model ${digest}: over ${LARGEST_MODEL} bytes`);
        graphs[graph] = read;
      }
      return { digest, manifest: text, graphs };
    },
  };
}
