import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { activationOperators } from '../../../export/emitters/activation/activate.ts';
import { supportedLayers as classes, layerRows, refusals } from '../../../export/emitters/index.ts';
import type { LayerRow } from '../../../export/emitters/layer-row.ts';
import { layersTable, layoutOperators, structure } from '../../../export/emitters/layers-table.ts';
import { layersModelToOnnx } from '../../../export/index.ts';
import { layersOf } from '../../../export/layers-model/layer.ts';
import { decodeModel } from '../../../export/onnx/schema.ts';
import { groups } from '../cases/index.ts';
import { operators, startBackend } from '../parity.ts';

beforeAll(() => startBackend('cpu'));

/** By class name, also of classes that have no row. */
const rows: Readonly<Partial<Record<string, LayerRow>>> = layerRows;
const operatorsOf = (className: string): readonly string[] => rows[className]?.operators ?? [];

function once<T>(compute: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: compute() };
    return made.value;
  };
}

/** Whether a layer's configuration, or that of a cell inside it, has an activation. */
const isActivated = (config: object): boolean =>
  'activation' in config || Object.values(config).some((own) => typeof own === 'object' && own && isActivated(own));

/** The layer classes and the operators of every case, at both ends of what opsets change. */
const exported = once(() =>
  Object.values(groups)
    .flat()
    .map(({ name, model }) => {
      const instance = model();
      const layers = layersOf(instance);
      const found = [17, 18].flatMap((opset) => operators(decodeModel(layersModelToOnnx(instance, { opset }))));
      const activated = layers.some((layer) => isActivated(layer.getConfig()));
      return { name, classes: new Set(layers.map((layer) => layer.getClassName())), operators: found, activated };
    }),
);

describe('the table of layers', () => {
  it('has every layer class that tfjs registers, and this project, once', () => {
    const { classNameMap } = tf.serialization.SerializationMap.getMap();
    const registered = Object.entries(classNameMap)
      .filter(([, [layer]]) => layer.prototype instanceof tf.layers.Layer)
      .map(([name]) => name);
    const listed = [...classes, ...Object.keys(refusals), ...Object.keys(structure)];
    expect(listed.toSorted()).toEqual(registered.toSorted());
  });

  it('has each class in the table of one room', async () => {
    const folder = join(import.meta.dirname, '../../../export/emitters');
    const entries = await readdir(folder, { withFileTypes: true });
    const tables = entries.map(({ name }) => join(folder, name, 'index.ts')).filter((path) => existsSync(path));
    const rooms: Record<string, object>[] = await Promise.all(tables.map((path) => import(path)));
    const listed = rooms.flatMap((room) => Object.values(room)).flatMap((table) => Object.keys(table));
    expect(listed.sort()).toEqual(classes);
  });

  it('names the operators that a layer may become, and no others', () => {
    const all = exported();
    for (const { name, classes: present, operators: found, activated } of all) {
      const allowed = new Set([
        ...layoutOperators,
        ...(activated ? activationOperators : []),
        ...[...present].flatMap(operatorsOf),
      ]);
      expect([name, found.filter((operator) => !allowed.has(operator))]).toEqual([name, []]);
    }
    for (const className of classes) {
      const seen = new Set(all.filter((one) => one.classes.has(className)).flatMap((one) => one.operators));
      expect([className, operatorsOf(className).filter((operator) => !seen.has(operator))]).toEqual([className, []]);
    }
  });

  it('covers every class by a case that is held against tfjs', () => {
    const covered = new Set(exported().flatMap((one) => [...one.classes]));
    expect(classes.filter((className) => !covered.has(className))).toEqual([]);
  });

  it('is docs/layers.md', async () => {
    const path = join(import.meta.dirname, '../../../docs/layers.md');
    expect(await readFile(path, 'utf8')).toBe(layersTable());
  });
});
