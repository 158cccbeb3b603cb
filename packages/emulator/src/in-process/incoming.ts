import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import type { InProcessRequest } from "./message.ts";

/** A request whose body comes from an iterable; everything that reads it takes it for one of node:http's. */
export class InProcessIncoming extends IncomingMessage {
  readonly #body: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  #asking = false;
  #wanted = false;

  constructor(request: InProcessRequest, host: string) {
    super(new Unconnected());
    const headers = { host, ...request.headers };
    this.method = request.method;
    this.url = request.url;
    this.httpVersion = "1.1";
    this.rawHeaders = Object.entries(headers).flat();
    this.headers = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
    );
    const { body = [] } = request;
    this.#body = Symbol.asyncIterator in body ? body[Symbol.asyncIterator]() : body[Symbol.iterator]();
  }

  override _read(): void {
    this.#wanted = true;
    if (!this.#asking) {
      this.#asking = true;
      void this.#ask();
    }
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.complete) {
      // Its end is not waited for, and its last words are not wanted.
      void Promise.resolve(this.#body.return?.()).catch(() => undefined);
    }
    super._destroy(error, done);
  }

  /** Goes on as long as there is room: a message of node:http does not ask for more by itself. */
  async #ask(): Promise<void> {
    try {
      while (!this.complete) {
        const next = await this.#body.next();
        if (this.destroyed) {
          return;
        }
        this.#wanted = false;
        if (next.done === true) {
          this.complete = true;
          this.push(null);
        } else if (next.value.length > 0 && !this.push(Uint8Array.from(next.value)) && !this.#wanted) {
          // `from` copied the piece: whoever reads a body may free what it is given.
          break;
        }
      }
      this.#asking = false;
    } catch {
      this.destroy();
    }
  }
}

/** A socket that leads nowhere: requests close it when they are broken off. */
class Unconnected extends Socket {
  override resetAndDestroy(): this {
    return this.destroy();
  }
}
