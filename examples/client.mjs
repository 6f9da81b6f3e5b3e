/**
 * Asks a server for a prediction and its explanation, and says what spoke for the class:
 *
 *     node examples/client.mjs IMAGE [URL]
 */
import { openAsBlob } from 'node:fs';

const [image, server = 'http://localhost:8080'] = process.argv.slice(2);
if (image === undefined) throw new Error('usage: node examples/client.mjs IMAGE [URL]');

const form = new FormData();
form.append('image', await openAsBlob(image), 'image.png');
const url = new URL('/predict?explain=concepts,contributions', server);
const response = await fetch(url, { method: 'POST', body: form });
const answer = await response.json();
if (!response.ok) throw new Error(`${answer.error.code}: ${answer.error.message}`);

const [{ label, index, probability, logits, contributions }] = answer.predictions;
console.log(`${answer.model}: ${label}, with probability ${probability.toFixed(3)}`);

// contributions[k][c] is what concept k adds to the logit of class c: they sum to it.
const reasons = contributions.map((row, k) => ({ concept: k, logit: row[index] })).sort((a, b) => b.logit - a.logit);
for (const { concept, logit } of reasons.slice(0, 3)) console.log(`  concept ${concept}: ${logit.toFixed(2)}`);
const sum = reasons.reduce((total, { logit }) => total + logit, 0);
console.log(`  all together: ${sum.toFixed(2)}, the logit of ${label}: ${logits[index].toFixed(2)}`);
