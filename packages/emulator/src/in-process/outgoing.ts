import { EventEmitter } from "node:events";
import type { AnswerChannel, AnswerSocket } from "../server/answer-channel.ts";
import type { InProcessAnswer } from "./message.ts";

/** Bytes that wait for the client before the writer is asked to wait. */
const heldBytes = 64 * 1024;

/** An answer that is handed over in memory, at the pace of its reader. */
export class InProcessOutgoing extends EventEmitter implements AnswerChannel {
  destroyed = false;
  writableFinished = false;
  readonly socket: AnswerSocket;
  readonly #head = Promise.withResolvers<InProcessAnswer>();
  readonly #pieces: Uint8Array[] = [];
  #held = 0;
  #wake: (() => void) | undefined;

  constructor() {
    super();
    // Bytes that are no HTTP answer have no form here; what the client sees of them is a connection that ends.
    const cut = (): void => this.destroy();
    this.socket = { write: () => undefined, destroySoon: cut, resetAndDestroy: cut };
    // The request may have been given up before anybody asked.
    this.#head.promise.catch(() => undefined);
  }

  /** Resolves with the answer once its head is there; rejects when the connection is cut before. */
  get answer(): Promise<InProcessAnswer> {
    return this.#head.promise;
  }

  writeHead(status: number, headers: Readonly<Record<string, string>>): void {
    const lower = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
    );
    this.#head.resolve({ status, headers: lower, body: this.#read() });
  }

  write(bytes: Uint8Array): boolean {
    this.#pieces.push(Uint8Array.from(bytes));
    this.#held += bytes.length;
    this.#wake?.();
    return this.#held < heldBytes;
  }

  end(bytes?: Uint8Array | string): void {
    if (bytes !== undefined && bytes.length > 0) {
      this.write(typeof bytes === "string" ? Buffer.from(bytes) : bytes);
    }
    this.writableFinished = true;
    this.#wake?.();
    process.nextTick(() => {
      this.emit("finish");
      this.emit("close");
    });
  }

  destroy(): void {
    if (this.destroyed || this.writableFinished) {
      return;
    }
    this.destroyed = true;
    this.#head.reject(connectionCut());
    this.#wake?.();
    process.nextTick(() => this.emit("close"));
  }

  async *#read(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (;;) {
        const piece = this.#pieces.shift();
        if (piece !== undefined) {
          this.#held -= piece.length;
          if (this.#held < heldBytes) {
            this.emit("drain");
          }
          yield piece;
        } else if (this.destroyed) {
          throw connectionCut();
        } else if (this.writableFinished) {
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } finally {
      // Who stops reading has gone away.
      this.destroy();
    }
  }
}

function connectionCut(): Error {
  return Object.assign(new Error("The emulator cut the connection"), { code: "ECONNRESET" });
}
