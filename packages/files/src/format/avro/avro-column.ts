import type { ArrowDataLike, ArrowTypeLike } from "@maxcompute-tunnel/codec/arrow";
import type { AvroCursor } from "./avro-cursor.ts";

/** A column that grows value by value. */
export interface AvroColumn {
  readonly type: ArrowTypeLike;
  /** Reads the next value. */
  read(cursor: AvroCursor): void;
  /** Adds a NULL. */
  addNull(): void;
  /** The values since the last time, in Arrow's layout. */
  finish(): ArrowDataLike;
}

/** A type that this package only has a name for. */
export function named(typeId: number, name: string): ArrowTypeLike {
  return { typeId, toString: () => name } as ArrowTypeLike;
}
