/** What travels from the writer to the request body: bytes, or the wish that everything so far leaves at once. */
export type ChannelItem = { readonly kind: "bytes"; readonly bytes: Uint8Array } | { readonly kind: "flush" };

/** A queue between one writer, who is told when to wait, and one reader, who waits for what comes. */
export class BodyChannel {
  readonly #highWaterBytes: number;
  readonly #items: ChannelItem[] = [];
  #queuedBytes = 0;
  #state: "open" | "ended" | "failed" = "open";
  #error: unknown;
  #reader: PromiseWithResolvers<void> | undefined;
  #writer: PromiseWithResolvers<void> | undefined;

  /** Holds the writer back while more bytes than this are queued. */
  constructor(highWaterBytes: number) {
    this.#highWaterBytes = highWaterBytes;
  }

  /** `undefined` when there is room, otherwise a promise of room; it rejects when the channel fails. */
  get room(): Promise<void> | undefined {
    if (this.#state !== "open" || this.#queuedBytes <= this.#highWaterBytes) return undefined;
    if (this.#writer === undefined) {
      this.#writer = Promise.withResolvers<void>();
      // Whoever did not wait learns of the failure from the next call.
      this.#writer.promise.catch(() => {});
    }
    return this.#writer.promise;
  }

  push(chunks: readonly Uint8Array[]): void {
    for (const bytes of chunks) {
      this.#items.push({ kind: "bytes", bytes });
      this.#queuedBytes += bytes.byteLength;
    }
    this.#wakeReader();
  }

  flush(): void {
    this.#items.push({ kind: "flush" });
    this.#wakeReader();
  }

  /** No more is to come; the reader gets what is queued. */
  end(): void {
    if (this.#state === "open") this.#state = "ended";
    this.#wakeReader();
  }

  /** Both sides are over: the reader's next call and a waiting writer get the error. */
  fail(error: unknown): void {
    if (this.#state === "failed") return;
    this.#state = "failed";
    this.#error = error;
    this.#items.length = 0;
    this.#writer?.reject(error);
    this.#wakeReader();
  }

  /** The next item, or `undefined` after the last one. */
  async next(): Promise<ChannelItem | undefined> {
    for (;;) {
      if (this.#state === "failed") throw this.#error;
      const item = this.#items.shift();
      if (item !== undefined) {
        this.#took(item);
        return item;
      }
      if (this.#state === "ended") return undefined;
      this.#reader = Promise.withResolvers<void>();
      await this.#reader.promise;
    }
  }

  #took(item: ChannelItem): void {
    if (item.kind !== "bytes") return;
    this.#queuedBytes -= item.bytes.byteLength;
    if (this.#queuedBytes > this.#highWaterBytes) return;
    this.#writer?.resolve();
    this.#writer = undefined;
  }

  #wakeReader(): void {
    this.#reader?.resolve();
    this.#reader = undefined;
  }
}
