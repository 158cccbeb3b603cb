import { Refusal } from "../../refusal.ts";
import { type BatchMessage, type BatchMetadata, decodeBatchMetadata } from "./batch-message.ts";
import { malformed } from "./malformed.ts";

/** What is being gathered. */
type Part =
  | { readonly kind: "prefix" }
  | { readonly kind: "metadata" }
  | { readonly kind: "body"; readonly metadata: BatchMetadata };

const continuation = 0xffffffff;
const prefixBytes = 8;
const maxMetadataBytes = 16 * 1024 * 1024;
/** A batch is held whole in memory, because its columns lie one behind the other. */
export const maxBatchBytes: number = 512 * 1024 * 1024;

/**
 * Cuts the bytes of an Arrow body into its record batch messages.
 *
 * Memory grows with the bytes that have come, never by what was announced.
 */
export class MessageAssembler {
  #bytes: Uint8Array = new Uint8Array(0);
  #length = 0;
  #wanted = prefixBytes;
  #part: Part = { kind: "prefix" };

  /** Takes the next bytes and gives each message that they complete. */
  *push(bytes: Uint8Array): Generator<BatchMessage> {
    for (let at = 0; at < bytes.length; ) {
      const take = Math.min(this.#wanted - this.#length, bytes.length - at);
      this.#keep(bytes.subarray(at, at + take));
      at += take;
      while (this.#length === this.#wanted) {
        const message = this.#next();
        if (message !== undefined) {
          yield message;
        }
        if (this.#wanted > 0) {
          break;
        }
      }
    }
  }

  /** @throws Refusal `IncompleteBody` when a message is not complete */
  end(): void {
    if (this.#part.kind !== "prefix" || this.#length > 0) {
      throw new Refusal("IncompleteBody", "The Arrow body ends within a record batch.");
    }
  }

  #keep(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.min(this.#wanted, Math.max(length, this.#bytes.length * 2)));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = length;
  }

  /** Reads what is complete now and says what comes next. */
  #next(): BatchMessage | undefined {
    const bytes = this.#bytes.subarray(0, this.#length);
    this.#bytes = new Uint8Array(0);
    this.#length = 0;
    switch (this.#part.kind) {
      case "prefix":
        this.#wanted = metadataLength(bytes);
        this.#part = { kind: "metadata" };
        return undefined;
      case "metadata": {
        const metadata = decodeBatchMetadata(bytes);
        if (metadata.bodyBytes > maxBatchBytes) {
          throw new Refusal(
            "MaxMessageLengthExceeded",
            `A record batch may have ${maxBatchBytes} bytes, one of ${metadata.bodyBytes} begins here; send smaller batches.`,
          );
        }
        this.#wanted = metadata.bodyBytes;
        this.#part = { kind: "body", metadata };
        return undefined;
      }
      case "body": {
        const { metadata } = this.#part;
        this.#wanted = prefixBytes;
        this.#part = { kind: "prefix" };
        return { ...metadata, body: bytes };
      }
    }
  }
}

function metadataLength(prefix: Uint8Array): number {
  const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.byteLength);
  if (view.getUint32(0, true) !== continuation) {
    throw malformed("expected a message to begin with the bytes ff ff ff ff");
  }
  const length = view.getUint32(4, true);
  if (length === 0) {
    throw malformed("an end-of-stream marker stands in it, where record batches only are expected");
  }
  if (length > maxMetadataBytes) {
    throw malformed(`the metadata of a message claims ${length} bytes`);
  }
  return length;
}
