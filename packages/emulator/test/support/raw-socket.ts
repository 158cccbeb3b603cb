import { connect, type Socket } from "node:net";

/** A connection that sends exactly what it is told. */
export interface RawSocket {
  send(bytes: string | Uint8Array): void;
  /** Everything received once `until` matches it. @throws Error when the connection closes before */
  receive(until: RegExp): Promise<string>;
  /** Everything received until the other side closed. */
  closed(): Promise<string>;
  /** Everything received so far. */
  received(): string;
  readonly socket: Socket;
}

export function openRaw(port: number): RawSocket {
  const socket = connect(port, "127.0.0.1").setNoDelay(true);
  let received = "";
  let ended = false;
  const watchers = new Set<() => void>();
  const changed = (): void => {
    for (const watcher of watchers) {
      watcher();
    }
  };
  socket.setEncoding("latin1").on("data", (text: string) => {
    received += text;
    changed();
  });
  socket.on("error", () => undefined);
  socket.on("close", () => {
    ended = true;
    changed();
  });
  const when = (holds: () => boolean): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (holds()) {
          watchers.delete(look);
          resolve(received);
        } else if (ended) {
          watchers.delete(look);
          reject(new Error(`The connection closed after: ${received}`));
        }
      };
      watchers.add(look);
      look();
    });
  return {
    send: (bytes) => void socket.write(bytes),
    receive: (until) => when(() => until.test(received)),
    closed: () => when(() => ended),
    received: () => received,
    socket,
  };
}
