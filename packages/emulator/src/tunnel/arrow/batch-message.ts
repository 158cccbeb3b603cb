import { FlatTable } from "./flat-table.ts";
import { malformed } from "./malformed.ts";

/** What the metadata of a record batch message says. */
export interface BatchMetadata {
  readonly rowCount: number;
  /** Length and null count of each column and nested column, depth first; -1 where nobody counted. */
  readonly nodes: readonly (readonly [length: number, nullCount: number])[];
  /** Place in the body and length of each buffer. */
  readonly buffers: readonly (readonly [offset: number, length: number])[];
  readonly bodyBytes: number;
}

/** A whole record batch message. */
export interface BatchMessage extends BatchMetadata {
  /** Begins on an 8-byte border of its memory. */
  readonly body: Uint8Array;
}

/** Numbers of the fields in Arrow's `Message` and `RecordBatch` tables. */
const messageFields = { headerType: 1, header: 2, bodyLength: 3 } as const;
const batchFields = { length: 0, nodes: 1, buffers: 2, compression: 3 } as const;
const headerNames = ["nothing", "a schema", "a dictionary batch", "a record batch"] as const;
const recordBatchHeader = 3;

/** @throws Refusal `MalformedDataStream` unless the bytes are the metadata of a plain record batch */
export function decodeBatchMetadata(bytes: Uint8Array): BatchMetadata {
  const message = FlatTable.root(bytes);
  const type = message.uint8(messageFields.headerType);
  const header = message.table(messageFields.header);
  if (type !== recordBatchHeader || header === undefined) {
    throw malformed(`expected record batches only, got ${headerNames[type] ?? "another message"}`);
  }
  if (header.table(batchFields.compression) !== undefined) {
    throw malformed("its buffers are compressed, which only a content encoding may do");
  }
  return {
    rowCount: header.length(batchFields.length),
    nodes: header.pairs(batchFields.nodes),
    buffers: header.pairs(batchFields.buffers),
    bodyBytes: message.length(messageFields.bodyLength),
  };
}
