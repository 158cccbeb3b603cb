import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/** Which way bytes go: up to the service, or down to its client. */
export type Direction = "up" | "down";

/** Something that happens to the network. */
export interface Mishap {
  readonly direction: Direction;
  /**
   * `bytes`: to the connection that carries this byte, counted from 0 over all connections in this direction. `ms`: to
   * every connection that is open so long after the first one was made.
   */
  readonly at: { readonly bytes: number } | { readonly ms: number };
  readonly effect: MishapEffect;
}

/** What happens, from the byte or the moment on. */
export type MishapEffect =
  /** Both sides are told that the connection is gone. */
  | { readonly kind: "reset" }
  /** The sender's bytes end there, as if it had said so; the other direction stays. */
  | { readonly kind: "half-close" }
  /** The other side is gone and the sender is not told: no byte ever comes or goes again. */
  | { readonly kind: "half-open" }
  /** Nothing passes in this direction for so long. */
  | { readonly kind: "stall"; readonly ms: number }
  /** So many bytes pass one small piece at a time. */
  | { readonly kind: "drip"; readonly bytes: number; readonly pieceBytes: number; readonly pauseMs: number }
  /** So many bytes have the bits of the mask flipped. */
  | { readonly kind: "corrupt"; readonly bytes: number; readonly mask: number };

/** A proxy that hands bytes on as they are, until something happens to them. */
export interface TcpProxy extends AsyncDisposable {
  /** `http://127.0.0.1:port`. */
  readonly endpoint: string;
  /** Bytes that were handed on. */
  readonly passed: Readonly<Record<Direction, number>>;
  /** What has happened, in order. */
  readonly happened: readonly Mishap[];
}

/** Starts a proxy before a port of this machine; each mishap happens once. */
export async function startTcpProxy(port: number, mishaps: readonly Mishap[]): Promise<TcpProxy> {
  const proxy = new Proxying(port, mishaps);
  const server = createServer({ allowHalfOpen: true }, (client) => proxy.accept(client));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passed: proxy.passed,
    happened: proxy.happened,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      proxy.end();
      await closed;
    },
  };
}

/** Two sockets that belong together. */
interface Connection {
  readonly client: Socket;
  readonly service: Socket;
  /** Directions in which what comes is thrown away. */
  readonly muted: Set<Direction>;
}

class Proxying {
  readonly passed: Record<Direction, number> = { up: 0, down: 0 };
  readonly happened: Mishap[] = [];
  readonly #port: number;
  readonly #waiting: Set<Mishap>;
  readonly #open = new Set<Connection>();
  readonly #ended = new AbortController();
  #hasBegun = false;
  /** Bytes that were taken in, handed on or not. */
  readonly #taken: Record<Direction, number> = { up: 0, down: 0 };

  constructor(port: number, mishaps: readonly Mishap[]) {
    this.#port = port;
    this.#waiting = new Set(mishaps);
  }

  accept(client: Socket): void {
    const service = connect({ port: this.#port, host: "127.0.0.1", allowHalfOpen: true });
    const connection: Connection = { client, service, muted: new Set() };
    this.#open.add(connection);
    let closed = 0;
    for (const socket of [client, service]) {
      socket.setNoDelay(true);
      socket.on("close", () => {
        closed += 1;
        if (closed === 2) this.#open.delete(connection);
      });
    }
    const broken = (): void => {
      if (connection.muted.size < 2) reset(connection);
    };
    for (const socket of [client, service]) socket.on("error", broken);
    this.#hand(connection, client, service, "up").catch(broken);
    this.#hand(connection, service, client, "down").catch(broken);
    if (!this.#hasBegun) this.#begin();
  }

  end(): void {
    this.#ended.abort();
    for (const { client, service } of this.#open) {
      client.destroy();
      service.destroy();
    }
  }

  #begin(): void {
    this.#hasBegun = true;
    for (const mishap of this.#waiting) {
      if (!("ms" in mishap.at)) continue;
      this.#pause(mishap.at.ms).then(
        () => {
          this.#take(mishap);
          for (const connection of this.#open) this.#later(connection, mishap);
        },
        () => {},
      );
    }
  }

  /** Mishaps that came by the clock, for bytes that are yet to come. */
  readonly #due = new Map<Connection, Mishap[]>();

  #later(connection: Connection, mishap: Mishap): void {
    if (!this.#strike(connection, mishap)) {
      this.#due.set(connection, [...(this.#due.get(connection) ?? []), mishap]);
    }
  }

  async #hand(connection: Connection, from: Socket, to: Socket, direction: Direction): Promise<void> {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      // A loop that is left would end the socket that it reads.
      if (!connection.muted.has(direction)) await this.#handOn(connection, to, direction, chunk);
    }
    if (!connection.muted.has(direction)) to.end();
  }

  async #handOn(connection: Connection, to: Socket, direction: Direction, chunk: Buffer): Promise<void> {
    const begin = this.#taken[direction];
    this.#taken[direction] += chunk.length;
    const mishap = this.#dueFor(connection, direction) ?? this.#within(direction, begin, chunk.length);
    if (mishap === undefined) return await this.#write(to, direction, chunk);
    const at = "bytes" in mishap.at ? Math.max(0, mishap.at.bytes - begin) : 0;
    await this.#write(to, direction, chunk.subarray(0, at));
    this.#take(mishap);
    if (this.#strike(connection, mishap)) return;
    await this.#suffer(mishap.effect, to, direction, Buffer.from(chunk.subarray(at)));
  }

  /** What happens to a connection as a whole; false for what happens to bytes. */
  #strike(connection: Connection, { effect, direction }: Mishap): boolean {
    const { client, service } = connection;
    switch (effect.kind) {
      case "reset":
        reset(connection);
        return true;
      case "half-close":
        connection.muted.add(direction);
        (direction === "up" ? service : client).end();
        return true;
      case "half-open":
        connection.muted.add("up").add("down");
        (direction === "up" ? service : client).resetAndDestroy();
        return true;
      default:
        return false;
    }
  }

  async #suffer(effect: MishapEffect, to: Socket, direction: Direction, bytes: Buffer): Promise<void> {
    if (effect.kind === "stall") await this.#pause(effect.ms);
    if (effect.kind === "corrupt") {
      for (let i = 0; i < Math.min(effect.bytes, bytes.length); i += 1) bytes[i]! ^= effect.mask;
    }
    let from = 0;
    if (effect.kind === "drip") {
      for (; from < Math.min(effect.bytes, bytes.length); from += effect.pieceBytes) {
        await this.#write(to, direction, bytes.subarray(from, from + effect.pieceBytes));
        await this.#pause(effect.pauseMs);
      }
    }
    await this.#write(to, direction, bytes.subarray(Math.min(from, bytes.length)));
  }

  #dueFor(connection: Connection, direction: Direction): Mishap | undefined {
    const due = this.#due.get(connection) ?? [];
    const index = due.findIndex((mishap) => mishap.direction === direction);
    return index < 0 ? undefined : due.splice(index, 1)[0];
  }

  #within(direction: Direction, begin: number, length: number): Mishap | undefined {
    for (const mishap of this.#waiting) {
      if (mishap.direction === direction && "bytes" in mishap.at && mishap.at.bytes < begin + length) {
        return mishap;
      }
    }
    return undefined;
  }

  #take(mishap: Mishap): void {
    if (this.#waiting.delete(mishap)) this.happened.push(mishap);
  }

  #pause(ms: number): Promise<void> {
    // Timers of Node end at about 25 days; whatever waits longer waits for the end of the proxy.
    return wait(Math.min(ms, 2 ** 31 - 1), undefined, { signal: this.#ended.signal });
  }

  #write(to: Socket, direction: Direction, bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0 || to.destroyed) return Promise.resolve();
    this.passed[direction] += bytes.length;
    return new Promise((resolve, reject) => {
      to.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }
}

function reset(connection: Connection): void {
  connection.muted.add("up").add("down");
  connection.client.resetAndDestroy();
  connection.service.resetAndDestroy();
}
