// Preloaded into the server by `soak:serve --leak`: keeps some memory of every request, as a forgotten cache would.
import { Server } from 'node:http';
import { isMainThread } from 'node:worker_threads';

const BYTES = Number(process.env.LEAK_BYTES);

if (isMainThread) {
  const kept = [];
  const { emit } = Server.prototype;
  Server.prototype.emit = function (event, ...args) {
    if (event === 'request') kept.push(Buffer.alloc(BYTES, kept.length % 251));
    return emit.call(this, event, ...args);
  };
}
