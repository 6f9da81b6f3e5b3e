import type { Endpoint } from './channel.ts';
import { serve } from './serve.ts';

/** The script of the worker. */
serve(globalThis as unknown as Endpoint);
