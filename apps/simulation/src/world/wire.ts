/** A request on its way: its head, and a body that arrives piece by piece and can be read more than once. */
export class Wire {
  readonly head: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
  };
  readonly #pieces: Uint8Array[] = [];
  #state: "open" | "ended" | "failed" = "open";
  #news = Promise.withResolvers<void>();

  constructor(head: Wire["head"]) {
    this.head = head;
  }

  push(piece: Uint8Array): void {
    if (piece.length > 0) {
      this.#pieces.push(Uint8Array.from(piece));
      this.#tell();
    }
  }

  end(): void {
    this.#state = "ended";
    this.#tell();
  }

  /** The connection is gone. */
  fail(): void {
    this.#state = "failed";
    this.#tell();
  }

  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    for (let next = 0; ; ) {
      const piece = this.#pieces[next];
      if (piece !== undefined) {
        next += 1;
        yield piece;
      } else if (this.#state === "ended") {
        return;
      } else if (this.#state === "failed") {
        throw new Error("The connection is gone");
      } else {
        await this.#news.promise;
      }
    }
  }

  #tell(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers<void>();
  }
}
