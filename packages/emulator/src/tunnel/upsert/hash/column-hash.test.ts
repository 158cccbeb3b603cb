import { readFileSync } from "node:fs";
import { parseType } from "@maxcompute-tunnel/codec/schema";
import { describe, expect, it } from "vitest";
import type { HasherName } from "../../../storage/state.ts";
import { bucketOf, combineHash } from "./bucket-of.ts";
import { columnHash } from "./column-hash.ts";

interface Vectors {
  readonly combine: readonly {
    readonly field_hashes: readonly number[];
    readonly combined: number;
    readonly bucket_of_16: number;
    readonly bucket_of_7: number;
  }[];
  readonly vectors: readonly {
    readonly hasher: HasherName;
    readonly type: string;
    readonly value: string;
    readonly hash: number;
  }[];
}

// Computed by the official Java client.
const { combine, vectors } = JSON.parse(
  readFileSync(new URL("../../../../test/golden/hashers.json", import.meta.url), "utf8"),
) as Vectors;

/** A vector's text as the codec decodes values. */
function decoded(type: string, text: string): unknown {
  switch (type) {
    case "bigint":
      return BigInt(text);
    case "float":
    case "double":
      return Number(text);
    case "boolean":
      return text === "true";
    case "binary":
      return Buffer.from(text, "hex");
    case "datetime":
      return new Date(Number(text));
    case "timestamp":
    case "interval_day_time": {
      const [seconds = "", nanos = ""] = text.split(".");
      return { seconds: BigInt(seconds), nanos: Number(nanos) };
    }
    default:
      return text;
  }
}

describe("the hash of a key column", () => {
  it.each([...new Set(vectors.map(({ hasher, type }) => `${hasher} ${type}`))])("is Java's: %s", (group) => {
    const [hasher, type = ""] = group.split(" ") as [HasherName, string];
    const hash = columnHash(parseType(type), hasher);
    const some = vectors.filter((vector) => vector.hasher === hasher && vector.type === type);
    expect(some.map(({ value }) => [value, hash?.(decoded(type, value))])).toEqual(
      some.map((vector) => [vector.value, vector.hash]),
    );
  });

  it("does not exist for types that cannot be keys", () => {
    for (const type of [
      "array<bigint>",
      "map<string,string>",
      "struct<a:int>",
      "json",
      "interval_year_month",
    ]) {
      expect(columnHash(parseType(type), "default")).toBeUndefined();
    }
  });
});

describe("a bucket", () => {
  it.each(combine)("is chosen by the sum of the hashes: $field_hashes", (vector) => {
    const sum = vector.field_hashes.reduce((total, hash) => (total + hash) | 0, 0);
    expect([combineHash(sum), bucketOf(vector.field_hashes, 16), bucketOf(vector.field_hashes, 7)]).toEqual([
      vector.combined,
      vector.bucket_of_16,
      vector.bucket_of_7,
    ]);
  });

  it("exists for every sum", () => {
    for (const sum of [0, -1, 1, -(2 ** 31), 2 ** 31 - 1, -256, 255]) {
      expect(bucketOf([sum], 16)).toBeGreaterThanOrEqual(0);
    }
  });
});
