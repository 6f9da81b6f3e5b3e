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
  /**
   * The answers under way on each connection. Keyed by socket and not by response: a Map that takes and drops thousands
   * of keys a second keeps them, and all they refer to, past many garbage collections.
   */
  const answers = new Map<Socket, ServerResponse[]>();
  let closing = false;

  server.on('connection', (socket) => {
    answers.set(socket, []);
    socket.once('close', () => answers.delete(socket));
  });
  server.prependListener('request', ({ socket }, response) => {
    const underWay = answers.get(socket) ?? [];
    underWay.push(response);
    if (closing) response.setHeader('Connection', 'close');
    response.once('close', () => {
      underWay.splice(underWay.indexOf(response), 1);
      if (closing && underWay.length === 0) socket.end();
    });
  });

  return async (deadlineMs) => {
    closing = true;
    const closed = new Promise<void>((resolve) => TcpServer.prototype.close.call(server, () => resolve()));
    for (const [socket, underWay] of answers) {
      for (const response of underWay) if (!response.headersSent) response.setHeader('Connection', 'close');
      if (underWay.length === 0) socket.destroy();
    }
    const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs);
    await closed;
    clearTimeout(deadline);
  };
}
