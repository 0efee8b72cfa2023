/** Opens a server on this machine only. */
import { createServer, type RequestListener, type Server } from "node:http";

/** The loopback interface: nobody else's machine gets through. */
const HOST = "127.0.0.1";
const FIRST_PORT = 5180;
/** Ports from the first on that are tried. */
const TRIES = 20;

/** A server that answers. */
export interface Listening {
  /** `http://127.0.0.1:5180/`. */
  readonly address: string;
  /** Ends open connections too. */
  close(): Promise<void>;
}

/**
 * Starts a server on the loopback interface.
 *
 * @param command - Named in errors.
 * @param port - 0: any free one; null: 5180, or the next free one.
 * @throws Error if the port is in use or reserved.
 */
export async function listen(
  command: string,
  listener: RequestListener,
  port: number | null,
): Promise<Listening> {
  const ports = port === null ? Array.from({ length: TRIES }, (_, i) => FIRST_PORT + i) : [port];
  for (const one of ports) {
    const server = createServer(listener);
    try {
      const address = `http://${HOST}:${await opened(server, one)}/`;
      return { address, close: () => closed(server) };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (port === null && code === "EADDRINUSE") continue;
      const reason = code === "EADDRINUSE" ? "is in use" : `cannot be opened (${code})`;
      throw new Error(
        `${command}: port ${one} ${reason}; give --port another number, or 0 for any free port`,
      );
    }
  }
  throw new Error(
    `${command}: ports ${FIRST_PORT} to ${FIRST_PORT + TRIES - 1} are in use; give --port 0 for any free port`,
  );
}

function opened(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
