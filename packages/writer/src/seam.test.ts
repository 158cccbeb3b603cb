import type { ColumnSpec } from "@maxcompute-tunnel/codec";
import type { BlockUploadSession, TunnelColumn } from "@maxcompute-tunnel/session";
import { expectTypeOf, it } from "vitest";
import type { BlockSink } from "./block/block-sink.ts";
import type { BufferedWriter } from "./buffered-writer.ts";
import type { RecordWriter } from "./record-writer.ts";
import type { ClosableRowSink } from "./web-writable.ts";

// Codec and session do not know each other; here is where they meet. The compiler checks these.

it("takes the columns of a session as the codec's columns", () => {
  expectTypeOf<TunnelColumn>().toExtend<ColumnSpec>();
});

it("takes a block upload session as it stands", () => {
  expectTypeOf<BlockUploadSession>().toExtend<BlockSink>();
});

it("has stream adapters over both writers", () => {
  expectTypeOf<BufferedWriter<number>>().toExtend<ClosableRowSink<number>>();
  expectTypeOf<RecordWriter<number>>().toExtend<ClosableRowSink<number>>();
});
