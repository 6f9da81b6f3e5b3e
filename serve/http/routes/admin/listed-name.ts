import { SennError } from '../../../../core/errors.ts';
import { didYouMean } from '../../../../core/text/did-you-mean.ts';
import type { ModelAdmin } from '../../../inference/served-model.ts';

/**
 * The name, where a folder of the model directory has it. Names from requests pass through here before they become a
 * path, so no request can reach a file outside the directory.
 * @throws unknown_model
 */
export async function listedName(admin: ModelAdmin, name: string): Promise<string> {
  const choices = [...new Set((await admin.index()).map((entry) => entry.name))];
  if (choices.includes(name)) return name;
  throw new SennError(
    'unknown_model',
    `no model "${name.slice(0, 100)}" in the model directory; choose ${choices.slice(0, 20).join(', ')}${didYouMean(name, choices)}`,
    { choices: choices.slice(0, 20) },
  );
}
