import {
  type ArrowBatchLike,
  type ArrowPack,
  isCodecError,
  type SealedPack,
} from "@maxcompute-tunnel/codec/arrow";
import type { RowPack } from "../block/row-packer.ts";

/** Some rows of a batch, which go into a pack together. */
export interface BatchRows {
  readonly batch: ArrowBatchLike;
  readonly from: number;
  readonly to: number;
}

/** A pack of Arrow batches, as a writer sees packs. */
export class BatchPack implements RowPack<BatchRows> {
  readonly #pack: ArrowPack;
  #refusal: unknown;

  constructor(pack: ArrowPack) {
    this.#pack = pack;
  }

  get recordCount(): number {
    return this.#pack.recordCount;
  }

  get byteLength(): number {
    return this.#pack.byteLength;
  }

  get byteLengthAtMost(): number {
    return this.#pack.byteLength;
  }

  /**
   * Appends rows. It throws only when it has taken none of them: a row refused behind others is kept for
   * {@link takeRefusal}, so that whoever counts rows counts those others.
   */
  append({ batch, from, to }: BatchRows): void {
    try {
      this.#pack.append(batch, from, to);
    } catch (error) {
      if (!isCodecError(error) || error.row === undefined || error.row <= from) throw error;
      this.#refusal = error;
    }
  }

  /** Why the rows appended last did not all go in, once. */
  takeRefusal(): unknown {
    const refusal = this.#refusal;
    this.#refusal = undefined;
    return refusal;
  }

  drain(): Uint8Array[] {
    return this.#pack.drain();
  }

  seal(): SealedPack {
    return this.#pack.seal();
  }
}
