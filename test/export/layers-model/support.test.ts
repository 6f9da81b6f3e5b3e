import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { emitters, refusals, type SupportedLayer } from '../../../export/emitters/index.ts';
import { layersModelToOnnx } from '../../../export/index.ts';
import { layersOf } from '../../../export/layers-model/layer.ts';
import {
  activationOperators,
  layersTable,
  layoutOperators,
  mappings,
  structure,
} from '../../../export/layers-model/support.ts';
import { decodeModel } from '../../../export/onnx/schema.ts';
import { groups } from '../cases/index.ts';
import { operators, startBackend } from '../parity.ts';

beforeAll(() => startBackend('cpu'));

const classes = Object.keys(mappings) as SupportedLayer[];

function once<T>(compute: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: compute() };
    return made.value;
  };
}

/** The layer classes and the operators of every case, at both ends of what opsets change. */
const exported = once(() =>
  Object.values(groups)
    .flat()
    .map(({ name, model }) => {
      const instance = model();
      const layers = layersOf(instance);
      const found = [17, 18].flatMap((opset) => operators(decodeModel(layersModelToOnnx(instance, { opset }))));
      const activated = layers.some((layer) => 'activation' in layer.getConfig());
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
    expect(classes.toSorted()).toEqual(Object.keys(emitters).toSorted());
  });

  it('names the operators that a layer may become, and no others', () => {
    const all = exported();
    for (const { name, classes: present, operators: found, activated } of all) {
      const allowed = new Set([
        ...layoutOperators,
        ...(activated ? activationOperators : []),
        ...[...present].flatMap((className) => mappings[className as SupportedLayer]?.operators ?? []),
      ]);
      expect([name, found.filter((operator) => !allowed.has(operator))]).toEqual([name, []]);
    }
    for (const className of classes) {
      const seen = new Set(all.filter((one) => one.classes.has(className)).flatMap((one) => one.operators));
      expect([className, mappings[className].operators.filter((operator) => !seen.has(operator))]).toEqual([
        className,
        [],
      ]);
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
