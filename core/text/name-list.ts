import { SennError } from '../errors.ts';
import { didYouMean } from './did-you-mean.ts';

/**
 * The names of a comma list, each once, in its order: what `--metrics` and `--attributions` take.
 * @param what one of them is called in an error
 * @throws invalid_config where a name is none of the choices, with those and the one that was probably meant
 */
export function parseNameList<Name extends string>(text: string, what: string, choices: readonly Name[]): Name[] {
  const known = (name: string): name is Name => (choices as readonly string[]).includes(name);
  return [...new Set(text.split(',').map((name) => name.trim()))].map((name) => {
    if (known(name)) return name;
    const choose = `choose ${choices.join(', ')}`;
    if (name === '') throw new SennError('invalid_config', `"${text}" names no ${what}; ${choose}`);
    throw new SennError('invalid_config', `unknown ${what} "${name}"; ${choose}${didYouMean(name, choices)}`, {
      name,
      choices,
    });
  });
}
