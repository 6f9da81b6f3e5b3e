import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Manifest } from '../../../core/manifest.ts';
import { type Engine, startEngine } from '../../../serve/inference/engine/engine.ts';
import type { OpenModel } from '../../../serve/inference/engine/open-model.ts';
import { createRegistry, type Registry } from '../../../serve/models/registry.ts';
import { watchFolder } from '../../../serve/models/watch.ts';
import { writeTableModel } from '../../helpers/table-model.ts';

let engine: Engine;
let directory: string;
let registry: Registry<OpenModel>;

beforeAll(() => {
  engine = startEngine({
    threads: 1,
    providers: ['cpu'],
    batch: { maxSize: 8, maxDelayMs: 0, maxQueue: 1000 },
  });
});
afterAll(() => engine.close());

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'senn-registry-'));
  registry = createRegistry({ directory, open: engine.open, logger: pino({ level: 'silent' }) });
});
afterEach(() => rm(directory, { recursive: true }));

/** Gives a folder's model another version, as another run would. */
async function setVersion(path: string, version: string, name?: string): Promise<void> {
  const file = join(path, 'manifest.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as Manifest;
  await writeFile(file, JSON.stringify({ ...manifest, version, ...(name && { name }) }));
}

async function writeVersions(name: string, versions: readonly string[]): Promise<void> {
  await writeTableModel(directory, 'made');
  for (const version of versions) {
    const path = join(directory, name, version);
    await mkdir(join(directory, name), { recursive: true });
    await cp(join(directory, 'made'), path, { recursive: true });
    await setVersion(path, version, name);
  }
  await rm(join(directory, 'made'), { recursive: true });
}

const names = () => registry.all().map(({ manifest }) => `${manifest.name}/${manifest.version}`);

describe('the registry', () => {
  it('serves the versions of a model, the latest where none is named', async () => {
    await writeTableModel(directory, 'single');
    await writeVersions('several', ['2', '10', '1']);
    await registry.loadAll();
    expect(names()).toEqual(['several/10', 'single/1']);
    expect(registry.versionsOf('several')).toEqual(['1', '2', '10']);
    expect(registry.named('several', '2').manifest.version).toBe('2');
    expect(() => registry.named('several', '3')).toThrow(/unknown version "3"; choose 1, 2, 10/);
    expect(() => registry.named('none')).toThrow(/unknown model "none"; choose several, single/);
    expect(registry.versionsOf('none')).toEqual([]);
  });

  it('keeps a version that did not change, and replaces one that did', async () => {
    await writeTableModel(directory, 'single');
    await registry.loadAll();
    const first = registry.named('single');
    const all = registry.all();
    expect(registry.all()).toBe(all); // what is made of the list is kept until it is another one
    expect(await registry.load('single')).toBe(first);
    await setVersion(join(directory, 'single'), '2');
    await registry.load('single');
    expect(names()).toEqual(['single/2']);
    expect(registry.named('single')).not.toBe(first);
    expect(registry.all()).not.toBe(all);
  });

  it.each([
    ['a graph that is not the one listed', (path: string) => writeFile(join(path, 'decoder.onnx'), 'else'), /sha256/],
    ['a manifest that is none', (path: string) => writeFile(join(path, 'manifest.json'), '{'), /manifest\.json/],
    ['no golden outputs', (path: string) => rm(join(path, 'golden.json')), /golden\.json: cannot be read/],
    ['another name', (path: string) => setVersion(path, '2', 'other'), /"other".* must be the folder's name/],
  ])('refuses %s with the reason, and the old one serves on', async (_, spoil, reason) => {
    await writeTableModel(directory, 'single');
    await registry.loadAll();
    const before = registry.named('single');
    await spoil(join(directory, 'single'));
    await expect(registry.load('single')).rejects.toThrow(reason);
    expect(registry.named('single')).toBe(before);
    expect(await registry.index()).toEqual([
      { name: 'single', version: '1', state: 'ready', reason: expect.stringMatching(reason) },
    ]);
    const { value } = await before.tensors(
      { kind: 'tensor', tensor: { shape: [1, 4], data: Float32Array.of(1, 2, 3, 4) } },
      ['logits'],
    );
    expect(value.logits.shape[0]).toBe(1);
  });

  it('refuses a model whose graphs do not give its golden outputs', async () => {
    await writeTableModel(directory, 'single');
    const path = join(directory, 'single');
    const golden = JSON.parse(await readFile(join(path, 'golden.json'), 'utf8')) as {
      tensors: { concepts: { data: number[] } };
    };
    golden.tensors.concepts.data[0] = 1e3;
    const text = JSON.stringify(golden);
    await writeFile(join(path, 'golden.json'), text);
    const manifest = JSON.parse(await readFile(join(path, 'manifest.json'), 'utf8')) as Manifest;
    const { createHash } = await import('node:crypto');
    const sha256 = createHash('sha256').update(text).digest('hex');
    await writeFile(
      join(path, 'manifest.json'),
      JSON.stringify({ ...manifest, golden: { ...manifest.golden, sha256 } }),
    );
    await expect(registry.load('single')).rejects.toMatchObject({ code: 'verification_failed' });
    expect(names()).toEqual([]);
  });

  it('unloads, and loads again only when it is told to', async () => {
    await writeTableModel(directory, 'single');
    await registry.loadAll();
    await registry.unload('single');
    expect(names()).toEqual([]);
    expect(() => registry.taking('tabular')).toThrow(/no model is served/);
    await registry.refresh();
    expect(names()).toEqual([]);
    await registry.load('single');
    expect(names()).toEqual(['single/1']);
    await expect(registry.unload('other')).rejects.toMatchObject({ code: 'unknown_model' });
  });

  it.each(['..', '.', 'a/b', '../single', 'Single', ''])('takes no path for a name: "%s"', async (name) => {
    await writeTableModel(directory, 'single');
    await expect(registry.load(name)).rejects.toMatchObject({ code: 'missing_data' });
  });

  it('follows its folder, whatever in it cannot be watched', async () => {
    await writeTableModel(directory, 'a');
    await registry.loadAll();
    const unwatched: unknown[] = [];
    const stop = watchFolder(
      directory,
      () => void registry.refresh(),
      (error) => unwatched.push(error),
    );
    try {
      await new Promise((resolve) => setTimeout(resolve, 200));
      await writeTableModel(directory, 'b');
      await vi.waitFor(() => expect(names()).toEqual(['a/1', 'b/1']), { timeout: 10_000 });
      await setVersion(join(directory, 'a'), '2');
      await rm(join(directory, 'b'), { recursive: true });
      await vi.waitFor(() => expect(names()).toEqual(['a/2']), { timeout: 10_000 });
      await symlink('.loop', join(directory, '.loop'));
      await symlink('loop', join(directory, 'loop'));
      await vi.waitFor(() => expect(unwatched).toMatchObject([{ code: 'ELOOP' }]), { timeout: 10_000 });
      await writeTableModel(directory, 'c');
      await vi.waitFor(() => expect(names()).toEqual(['a/2', 'c/1']), { timeout: 10_000 });
    } finally {
      await stop();
    }
  });

  it('swaps twenty times under load, and every request is answered by the one version or the other', async () => {
    await writeTableModel(directory, 'single');
    await registry.loadAll();
    let going = true;
    const counts = { asked: 0, versions: new Set<string>() };
    const client = async (): Promise<void> => {
      while (going) {
        const model = registry.named('single');
        const { value } = await model.answer(
          { kind: 'tensor', tensor: { shape: [1, 4], data: Float32Array.of(1, 2, 3, 4) } },
          { explain: [], steps: 1, sheet: false },
        );
        JSON.parse(new TextDecoder().decode(value));
        counts.asked += 1;
        counts.versions.add(model.manifest.version);
      }
    };
    const clients = Array.from({ length: 8 }, client);
    for (let swap = 0; swap < 20; swap++) {
      await setVersion(join(directory, 'single'), String(2 + (swap % 2)));
      await registry.load('single');
    }
    going = false;
    await Promise.all(clients);
    expect(counts.asked).toBeGreaterThan(20);
    expect([...counts.versions].sort()).toEqual(['1', '2', '3']);
  });
});
