import { describe, expect, it } from 'vitest';
import { fragmentOf, sharedOf } from '../../web-client/page/share/link.ts';
import { fakeManifest } from '../helpers/fake-model.ts';
import { tableFeatures } from '../helpers/table-model.ts';

const image = { shape: [1, 1, 2, 2], data: Float32Array.from([0, 51, 204, 255], (byte) => byte / 255) };
const table = { ...fakeManifest, input: { kind: 'tabular' as const, features: tableFeatures } };
const row = { shape: [1, tableFeatures.length], data: Float32Array.from(tableFeatures, (_, f) => f / 3) };

describe('a link', () => {
  it('holds an image to the last bit, concepts, and the two classes', async () => {
    const shared = { input: image, values: [0.1, -2.5].map(Math.fround), selected: 2, contrast: 0 };
    const fragment = (await fragmentOf(fakeManifest, shared)) as string;
    expect(fragment).toMatch(/^[\w=&%.-]+$/);
    expect(await sharedOf(fakeManifest, fragment)).toEqual(shared);
  });

  it('holds a row of a table, and needs nothing else', async () => {
    const fragment = (await fragmentOf(table, { input: row })) as string;
    expect(await sharedOf(table, fragment)).toEqual({ input: row });
  });

  it('is of nothing where it says nothing, and too long for a large photo', async () => {
    expect(await sharedOf(fakeManifest, 'why')).toBeUndefined();
    const photo = {
      shape: [1, 3, 512, 512],
      data: Float32Array.from({ length: 3 * 512 * 512 }, (_, i) => ((i * 7919) % 251) / 255),
    };
    const large = { ...fakeManifest, input: { kind: 'image' as const, channels: 3 as const, height: 512, width: 512 } };
    const noise = { ...photo, data: photo.data.map(() => Math.random()) };
    expect(await fragmentOf(large, { input: noise })).toBeUndefined();
  });

  it.each([
    ['of another model', async () => fragmentOf(table, { input: row })],
    ['that was cut', async () => ((await fragmentOf(fakeManifest, { input: image })) ?? '').slice(0, -3)],
    ['that is no base64', async () => 'x=*'],
    ['with other concepts', async () => `${await fragmentOf(fakeManifest, { input: image, values: [1, 2, 3] })}`],
    [
      'with concepts that are no numbers',
      async () => `${await fragmentOf(fakeManifest, { input: image, values: [1, Number.NaN] })}`,
    ],
    ['with a class that there is not', async () => `${await fragmentOf(fakeManifest, { input: image, selected: 3 })}`],
    [
      'that would inflate to more',
      async () =>
        `${await fragmentOf({ input: { ...fakeManifest.input, height: 4000 } as never }, { input: { shape: [1, 1, 4000, 2], data: new Float32Array(8000) } })}`,
    ],
  ])('%s is refused, and says why', async (_, made) => {
    await expect(sharedOf(fakeManifest, (await made()) as string)).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringMatching('the link shows nothing that "fake" takes') as string,
    });
  });
});
