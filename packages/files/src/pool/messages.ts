import type { DecidedCompression } from "../compress/block-compressor.ts";
import type { EncodedBlock, EncodeTask } from "../format/format.ts";
import type { FormatName } from "../format/format-name.ts";
import type { PlainError } from "../plain-error.ts";

/** What a worker is told. */
export type ToWorker =
  | { readonly kind: "prepare"; readonly formats: readonly FormatName[] }
  | { readonly kind: "start"; readonly task: EncodeTask }
  | { readonly kind: "next" }
  | { readonly kind: "cancel" }
  | { readonly kind: "compression"; readonly decided: DecidedCompression };

/** What a worker tells. `done` and `failed` end its task. */
export type FromWorker =
  | { readonly kind: "block"; readonly block: EncodedBlock }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly error: PlainError };
