import { describe, expect, it } from "vitest";
import { fromHex, goldenCases, toHex } from "../../test/golden-values.ts";
import { CodecError } from "../errors.ts";
import { ArrowFrameReader, unframeArrow } from "./frame-reader.ts";
import { ArrowFrameWriter, frameArrow } from "./frame-writer.ts";

interface FramingCase {
  readonly name: string;
  readonly chunk_size: number;
  readonly payload_hex?: string;
  readonly payload_parts_hex?: readonly string[];
  readonly framed_hex?: string;
}

const all = goldenCases<FramingCase>("arrow-framing");
const cases = all.flatMap(({ name, chunk_size, payload_hex, payload_parts_hex, framed_hex }) => {
  const payload = payload_hex ?? payload_parts_hex?.join("");
  return payload === undefined || framed_hex === undefined
    ? []
    : [{ name, chunk_size, payload, framed: framed_hex }];
});
/** `default_chunk_size_65536`: byte i = i mod 251. */
const large = Uint8Array.from({ length: 70_000 }, (_, index) => index % 251);

describe("framing", () => {
  it("has all the golden cases", () => {
    expect(all).toHaveLength(7);
    expect(cases).toHaveLength(6);
  });

  it.each(cases)("$name", ({ chunk_size, payload, framed }) => {
    expect(toHex(frameArrow(fromHex(payload), { chunkBytes: chunk_size }))).toBe(framed);
  });

  it.each(cases)("$name, byte by byte", ({ chunk_size, payload, framed }) => {
    const writer = new ArrowFrameWriter({ chunkBytes: chunk_size });
    const parts = [...fromHex(payload)].flatMap((byte) => writer.write(Uint8Array.of(byte)));
    expect(toHex(Buffer.concat([...parts, ...writer.end()]))).toBe(framed);
  });

  it("takes chunks of 65536 bytes by default", () => {
    const framed = frameArrow(large);
    expect(framed).toHaveLength(70_012);
    expect(toHex(framed.subarray(0, 12))).toBe("000100000001020304050607");
    expect(new DataView(framed.buffer).getUint32(4 + 65_536)).toBe(229_309_662);
    expect(new DataView(framed.buffer).getUint32(70_008)).toBe(2_391_052_550);
  });

  it("copies nothing", () => {
    const parts = new ArrowFrameWriter().write(large);
    expect(parts.filter((part) => part.buffer === large.buffer).map((part) => part.length)).toEqual([
      65_536, 4464,
    ]);
  });

  it("refuses chunk sizes that are none, and calls after the end", () => {
    for (const chunkBytes of [0, -1, 1.5, 2 ** 31, Number.NaN]) {
      expect(() => new ArrowFrameWriter({ chunkBytes })).toThrow("Expected chunkBytes to be a whole number");
    }
    const writer = new ArrowFrameWriter();
    writer.end();
    expect(() => writer.write(large)).toThrow("Expected no call after end()");
  });
});

describe("framing with the kernel and without", () => {
  it("gives the same bytes for runs and chunks of any length", () => {
    const bytes = Uint8Array.from(
      { length: 400_000 },
      (_, index) => (index * index * 31 + (index >> 3)) & 255,
    );
    for (const chunkBytes of [1000, 2047, 2048, 8191, 8192, 20_001, 65_536, 131_072, 131_073, 300_000]) {
      for (const length of [0, chunkBytes - 1, chunkBytes, chunkBytes + 1, 400_000 - 7]) {
        const payload = bytes.subarray(7, 7 + length);
        const framed = frameArrow(payload, { chunkBytes });
        expect(Buffer.from(framed).equals(frameArrow(payload, { chunkBytes, kernel: "js" }))).toBe(true);
        for (const kernel of ["auto", "js"] as const) {
          expect(Buffer.from(unframeArrow(framed, { kernel })).equals(payload)).toBe(true);
        }
      }
    }
  });
});

describe("unframing", () => {
  it.each(cases)("$name", ({ payload, framed }) => {
    expect(toHex(unframeArrow(fromHex(framed)))).toBe(payload);
  });

  it.each(cases)("$name, in pieces of every size", ({ payload, framed }) => {
    const bytes = fromHex(framed);
    for (let size = 1; size <= bytes.length; size++) {
      const reader = new ArrowFrameReader();
      const parts: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; at += size)
        parts.push(...reader.push(bytes.subarray(at, at + size)));
      expect(toHex(Buffer.concat([...parts, ...reader.end()]))).toBe(payload);
    }
  });

  it.each([
    ["truncated", ""],
    ["truncated", "000000"],
    ["truncated", "00000008616263"],
    ["total-checksum-mismatch", "00000001"],
    ["total-checksum-mismatch", "0000000868656c6c6f9a71bb4d"],
    ["total-checksum-mismatch", "00000008313233343536373860878 09a6087809b".replace(" ", "")],
    ["checksum-mismatch", "0000000831323334353637386087809b6087809a"],
    ["bad-chunk-size", "0000000000"],
    ["bad-chunk-size", "ffffffff00"],
    ["total-checksum-mismatch", "0000000868656c6c6f9a71bb4c00"],
  ])("refuses a body that is wrong: %s, %s", (code, hex) => {
    const error = caught(() => unframeArrow(fromHex(hex)));
    expect(error.code).toBe(code);
  });

  it("gives out no byte before its checksum was seen and right", () => {
    const reader = new ArrowFrameReader();
    expect(reader.push(fromHex("0000000831323334353637386087"))).toEqual([]);
    expect(reader.push(fromHex("809a")).map(toHex)).toEqual(["3132333435363738"]);
  });

  it("finds any single changed byte", () => {
    const [golden] = cases.filter(({ name }) => name === "one_chunk_and_rest");
    const bytes = fromHex(golden?.framed ?? "");
    for (let at = 4; at < bytes.length; at++) {
      const changed = Uint8Array.from(bytes);
      changed[at] = changed[at]! ^ 0x10;
      expect(caught(() => unframeArrow(changed)).code).toMatch(/checksum-mismatch$/);
    }
  });

  it("buffers what arrives, not what a chunk size claims", () => {
    const before = process.memoryUsage().arrayBuffers;
    const readers = Array.from({ length: 100 }, () => new ArrowFrameReader());
    for (const reader of readers) reader.push(fromHex("0400000061626364"));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });
});

function caught(run: () => unknown): CodecError {
  try {
    run();
  } catch (error) {
    if (error instanceof CodecError) return error;
    throw error;
  }
  throw new Error("Expected a CodecError");
}
