import { IncomingMessage } from "node:http";
import type { Clock } from "../clock.ts";
import { atRate, durationMs, pause } from "./pause.ts";

/** What happens to a body on its way. */
export interface RelayOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** @default as fast as it comes */
  readonly bytesPerSecond: number | undefined;
  /** Reset the connection once this much has arrived. @default never */
  readonly cutAfterBytes: number | undefined;
  /** Remember a body of up to this many bytes. @default 0 */
  readonly keepBytes?: number;
}

/** A request whose body comes from another one, slower, or only in part. */
export class RelayedRequest extends IncomingMessage {
  readonly #source: IncomingMessage;
  readonly #options: RelayOptions;
  #kept: Uint8Array[] | undefined = [];
  #keptBytes = 0;
  #passed = 0;
  #busy = false;
  #ended = false;
  #wanted = false;

  constructor(source: IncomingMessage, options: RelayOptions) {
    super(source.socket);
    copyHead(source, this);
    this.#source = source;
    this.#options = options;
    source.on("data", this.#take);
    source.on("end", this.#end);
    source.on("close", this.#gone);
    source.on("error", this.#gone);
    source.pause();
  }

  /** The whole body; `undefined` when it was too long to remember, or has not arrived whole. */
  get kept(): readonly Uint8Array[] | undefined {
    const source = this.#source;
    const unread = this.#busy || source.readableLength > 0 || !source.complete;
    return this.complete || !unread ? this.#kept : undefined;
  }

  /** Lets the source go; what was not read of it is for others. */
  release(): void {
    this.#source.off("data", this.#take);
    this.#source.off("end", this.#end);
    this.#source.off("close", this.#gone);
  }

  override _read(): void {
    this.#wanted = true;
    if (!this.#busy) {
      this.#source.resume();
    }
  }

  readonly #take = (chunk: Uint8Array): void => {
    this.#busy = true;
    this.#source.pause();
    void this.#pass(chunk).finally(() => {
      this.#busy = false;
      if (this.#ended) {
        this.#finish();
      } else if (this.#wanted) {
        this.#source.resume();
      }
    });
  };

  async #pass(chunk: Uint8Array): Promise<void> {
    const { bytesPerSecond, cutAfterBytes, clock, signal } = this.#options;
    for (const piece of bytesPerSecond === undefined ? [chunk] : atRate(chunk, bytesPerSecond)) {
      if (bytesPerSecond !== undefined) {
        await pause(clock, durationMs(piece.length, bytesPerSecond), signal);
      }
      if (this.destroyed) {
        return;
      }
      const room = (cutAfterBytes ?? Number.POSITIVE_INFINITY) - this.#passed;
      const part = piece.subarray(0, room);
      this.#passed += part.length;
      this.#keep(part);
      this.#wanted = this.push(part);
      if (part.length === room) {
        this.#source.socket.resetAndDestroy();
        this.destroy();
        return;
      }
    }
  }

  #keep(part: Uint8Array): void {
    this.#keptBytes += part.length;
    if (this.#keptBytes > (this.#options.keepBytes ?? 0)) {
      this.#kept = undefined;
    }
    // Whoever reads the body may free it.
    this.#kept?.push(new Uint8Array(part));
  }

  readonly #end = (): void => {
    // The last bytes may still be on their way.
    this.#ended = true;
    if (!this.#busy) {
      this.#finish();
    }
  };

  #finish(): void {
    if (!this.destroyed) {
      this.complete = true;
      this.push(null);
    }
  }

  readonly #gone = (): void => {
    if (!this.#ended && !this.destroyed) {
      this.destroy();
    }
  };
}

/** A request that arrives once more, with the same head and the body that was remembered. */
export class RepeatedRequest extends IncomingMessage {
  constructor(source: IncomingMessage, body: readonly Uint8Array[]) {
    super(source.socket);
    copyHead(source, this);
    for (const bytes of body) {
      this.push(bytes);
    }
    this.complete = true;
    this.push(null);
  }

  override _read(): void {
    // All there is was pushed already.
  }
}

function copyHead(from: IncomingMessage, to: IncomingMessage): void {
  const { method, url, httpVersion, headers, rawHeaders } = from;
  Object.assign(to, { method, url, httpVersion, headers, rawHeaders });
}
