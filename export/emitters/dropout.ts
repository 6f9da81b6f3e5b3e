import type { Emitter } from './emitter.ts';

/** In evaluation a dropout passes its input on. */
export const emitDropout: Emitter = ({ inputs: [x] }) => x;
