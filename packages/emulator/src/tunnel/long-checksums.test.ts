import { describe, expect, it } from "vitest";
import { LongChecksums } from "./long-checksums.ts";

const long = Buffer.from("080280c0ff7fcab8b49905f0ffff7f02f8ffff7fa486b588f8ffffffff01", "hex");
const short = Buffer.from("080280c0ff7fcab8b49905f0ffff7f02f8ffff7fa486b58808", "hex");

function seen(bytes: Buffer, pieceBytes: number): boolean {
  const checksums = new LongChecksums();
  for (let from = 0; from < bytes.length; from += pieceBytes) {
    checksums.look(bytes.subarray(from, from + pieceBytes));
  }
  return checksums.seen;
}

describe("checksums of ten bytes", () => {
  it("are noticed wherever the pieces are cut", () => {
    for (let pieceBytes = 4; pieceBytes <= long.length; pieceBytes += 1) {
      expect([pieceBytes, seen(long, pieceBytes)]).toEqual([pieceBytes, true]);
      expect([pieceBytes, seen(short, pieceBytes)]).toEqual([pieceBytes, false]);
    }
  });
});
