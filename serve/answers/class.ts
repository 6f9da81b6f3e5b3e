import type { Statics } from '../../core/artefacts/artefact.ts';
import { CLASS_CAPTION, classSvg } from '../../core/figure/class/class-figure.ts';
import type { Manifest } from '../../core/manifest.ts';
import { classAnswer, classView } from '../../core/views/class-view.ts';
import { pngDataUri } from '../images/png.ts';
import { htmlPage } from './html.ts';
import { renderSvg } from './render-svg.ts';

/** The concepts that make a class, in the forms of an answer. No graph runs: what is told is in the model's folder. */

const svgOf = (manifest: Manifest, statics: Statics, asked: string): string =>
  classSvg({ manifest, statics }, classView(manifest, asked), pngDataUri);

/** @throws not_found */
export type WriteClass = (manifest: Manifest, statics: Statics, asked: string) => string | Promise<Buffer>;

/** By media type, the first where nobody asks for one. */
export const classForms = {
  'application/json': (manifest, statics, asked) =>
    JSON.stringify(classAnswer(manifest, classView(manifest, asked), statics, pngDataUri)),
  'image/png': async (manifest, statics, asked) => renderSvg(svgOf(manifest, statics, asked)),
  'image/svg+xml': svgOf,
  'text/html': (manifest, statics, asked) => {
    const { name, version } = manifest;
    const title = `Class “${classView(manifest, asked).label}” of ${name} ${version}`;
    return htmlPage({
      title,
      note: 'Over its training inputs.',
      svg: svgOf(manifest, statics, asked),
      caption: CLASS_CAPTION,
    });
  },
} as const satisfies Record<string, WriteClass>;

export type ClassType = keyof typeof classForms;
export const classTypes = Object.keys(classForms) as ClassType[];
