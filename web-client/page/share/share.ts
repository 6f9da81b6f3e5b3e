import { SennError } from '../../../core/errors.ts';
import type { Manifest } from '../../../core/manifest.ts';
import { byId } from '../dom.ts';
import type { Submission } from '../inputs/submission.ts';
import { figureFromServer } from '../server.ts';
import { fragmentOf } from './link.ts';

/** What is shown, to take along: a link that restores it, its numbers, or the server's figure of the input. */

/** Of whatever is open when somebody asks. */
export interface ShareSource {
  readonly manifest: Manifest;
  readonly state: Submission;
}

function download(name: string, blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** The state of the page as a file. */
const numbers = (): Blob => {
  const state: unknown = JSON.parse(byId('result', 'script').textContent ?? 'null');
  return new Blob([`${JSON.stringify(state, null, 2)}\n`], { type: 'application/json' });
};

const forms = {
  json: async () => numbers(),
  svg: ({ manifest, state }) => figureFromServer(manifest, state.input, 'image/svg+xml'),
  png: ({ manifest, state }) => figureFromServer(manifest, state.input, 'image/png'),
} as const satisfies Record<string, (source: ShareSource) => Promise<Blob>>;

/** @param source what is open and shown; `undefined` where there is nothing */
export function createShare(source: () => ShareSource | undefined, report: (error: unknown) => void): void {
  const said = byId('shared', 'span');
  const copy = async (): Promise<void> => {
    const open = source();
    if (open === undefined) return;
    const { manifest, state } = open;
    const fragment = await fragmentOf(manifest, { input: state.input, ...state.view });
    if (fragment === undefined) throw new SennError('unsupported_input', 'the input is too large for a link');
    const address = new URL(location.href);
    address.searchParams.set('model', manifest.name);
    address.hash = fragment;
    history.replaceState(null, '', address);
    const isCopied = await navigator.clipboard?.writeText(address.href).then(
      () => true,
      () => false,
    );
    said.textContent = isCopied ? 'copied' : 'it is in the address bar';
  };
  const save = async (form: keyof typeof forms): Promise<void> => {
    const open = source();
    if (open !== undefined) download(`${open.manifest.name}.${form}`, await forms[form](open));
  };
  byId('link', 'button').addEventListener('click', () => copy().catch(report));
  const choice = byId('save', 'select');
  choice.addEventListener('change', () => {
    const form = choice.value;
    choice.value = '';
    if (Object.hasOwn(forms, form)) save(form as keyof typeof forms).catch(report);
  });
}
