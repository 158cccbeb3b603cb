import type { SealedPack } from "@maxcompute-tunnel/codec";

/** How delimited text is laid out. */
export interface TextDialect {
  readonly delimiter?: string;
  readonly recordDelimiter?: string;
  readonly quote?: string | null;
  readonly escape?: string | null;
  readonly nullMarkers?: readonly string[];
  readonly blankLines?: "skip" | "row";
}

/** How fields become values. */
export interface TextConversion {
  readonly timeZone?: string;
  readonly binary?: "base64" | "hex" | "text";
}

/** A record that could not become a row. */
export interface TextRowReject {
  readonly row: number;
  readonly line: number;
  readonly column: string | undefined;
  readonly offset: number;
  readonly recordStart: number;
  readonly recordEnd: number;
  readonly reason: string;
  readonly value: string;
  readonly code: string;
}

/** Bytes of text in, one record pack out. */
export interface TextPackLike {
  push(bytes: Uint8Array): void;
  end(): void;
  readonly recordCount: number;
  readonly rejectedCount: number;
  readonly byteLength: number;
  readonly consumedBytes: number;
  readonly lines: number;
  drain(): Uint8Array[];
  seal(): SealedPack;
}
