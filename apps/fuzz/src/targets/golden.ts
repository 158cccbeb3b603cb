import { readFileSync } from "node:fs";
import type { ColumnSpec } from "@maxcompute-tunnel/codec";

/** A record pack that an official client or the service wrote. */
export interface GoldenPack {
  readonly schema: readonly ColumnSpec[];
  readonly bytes: Uint8Array;
}

interface Stored {
  readonly schema: readonly ColumnSpec[];
  readonly hex: string;
}

/** Real record packs of at most so many bytes. */
export function goldenPacks(maxBytes: number): readonly GoldenPack[] {
  return ["record-packs", "server-captures", "download-streams"]
    .flatMap((file) => goldenVectors<Stored>("codec", file))
    .map(({ schema, hex }) => ({ schema, bytes: new Uint8Array(Buffer.from(hex, "hex")) }))
    .filter(({ bytes }) => bytes.length <= maxBytes);
}

/** The cases of one golden file of a package. */
export function goldenVectors<Case>(owner: string, file: string): readonly Case[] {
  const url = new URL(`../../../../packages/${owner}/test/golden/${file}.json`, import.meta.url);
  return (JSON.parse(readFileSync(url, "utf8")) as { readonly vectors: readonly Case[] }).vectors;
}
