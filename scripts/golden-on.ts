/**
 * `golden-on.ts PROVIDER MODEL`: the golden inputs of a model folder on one execution provider; fails where they are
 * off.
 */

import { assertVerified, verifyModel } from '../serve/commands/verify/verify.ts';
import { sessionOpener } from '../serve/inference/onnxruntime.ts';

const [provider, model] = process.argv.slice(2);
if (provider === undefined || model === undefined) throw new Error('usage: golden-on.ts PROVIDER MODEL');
const verification = await verifyModel(model, sessionOpener({ providers: [provider] }));
assertVerified(verification);
const worst = Math.max(...verification.checks.map(({ worstRatio }) => worstRatio));
console.log(`${model} on ${provider}: golden outputs, at worst ${(100 * worst).toFixed(1)} % of the tolerance`);
