import type { Server, ServerResponse } from 'node:http';
import { type Socket, Server as TcpServer } from 'node:net';

/**
 * Closes a server without cutting an answer short. Node's own `server.close()` and `closeIdleConnections()` destroy
 * connections whose answer has been written but not yet sent (a large body loses its end), so this keeps count itself.
 * Call it before the server listens.
 * @returns a function that takes no more connections, waits for the answers under way, and after `deadlineMs` cuts
 *   off what is left
 */
export function gracefulClose(server: Server): (deadlineMs: number) => Promise<void> {
  const sockets = new Set<Socket>();
  const answering = new Map<ServerResponse, Socket>();
  let closing = false;
  const isBusy = (socket: Socket): boolean => [...answering.values()].includes(socket);

  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.prependListener('request', ({ socket }, response) => {
    answering.set(response, socket);
    if (closing) response.setHeader('Connection', 'close');
    response.once('close', () => {
      answering.delete(response);
      if (closing && !isBusy(socket)) socket.end();
    });
  });

  return async (deadlineMs) => {
    closing = true;
    const closed = new Promise<void>((resolve) => TcpServer.prototype.close.call(server, () => resolve()));
    for (const response of answering.keys()) {
      if (!response.headersSent) response.setHeader('Connection', 'close');
    }
    for (const socket of sockets) {
      if (!isBusy(socket)) socket.destroy();
    }
    const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs);
    await closed;
    clearTimeout(deadline);
  };
}
