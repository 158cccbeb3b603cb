import protobuf from "protobufjs/minimal.js";
import { describe, expect, it } from "vitest";
import { ByteSink } from "./byte-sink.ts";
import { int64, splitBigint } from "./int64.ts";

const mebibyte = 1024 * 1024;

describe("protobufjs", () => {
  it("writes any bigint as zero without a word, which is why integers are split into words", () => {
    const theirs = protobuf.Writer.create()
      .sint64(-5n as unknown as number)
      .finish();
    expect([...theirs]).toEqual([0]);
    expect(written((sink) => writeBigint(sink, -5n))).toEqual([9]);
  });

  it("agrees on 64-bit integers that it is given as Longs", () => {
    for (const value of [
      0n,
      1n,
      -1n,
      63n,
      -64n,
      64n,
      2n ** 31n,
      -(2n ** 31n),
      2n ** 53n + 1n,
      2n ** 63n - 1n,
      -(2n ** 63n),
    ]) {
      const long = { low: Number(BigInt.asIntN(32, value)), high: Number(value >> 32n), unsigned: false };
      const theirs = protobuf.Writer.create()
        .sint64(long as unknown as number)
        .finish();
      expect(written((sink) => writeBigint(sink, value))).toEqual([...theirs]);
    }
  });

  it("agrees on text of every length and script", () => {
    const alphabets = ["a", "é", "中", "😀", "aé中😀"];
    for (const alphabet of alphabets) {
      for (const repeat of [
        0, 1, 5, 13, 14, 20, 39, 40, 41, 42, 43, 63, 64, 90, 127, 128, 300, 4096, 4097, 20_000,
      ]) {
        const text = alphabet.repeat(repeat);
        const theirs = protobuf.Writer.create().string(text).finish();
        expect(Buffer.from(written((sink) => sink.lengthAndText(text))).equals(theirs)).toBe(true);
      }
    }
  });

  it("agrees on floats, bytes and counts", () => {
    expect(written((sink) => sink.float64(-1.5e300))).toEqual([
      ...protobuf.Writer.create().double(-1.5e300).finish(),
    ]);
    expect(written((sink) => sink.float32(0.1))).toEqual([...protobuf.Writer.create().float(0.1).finish()]);
    const bytes = Uint8Array.of(0, 1, 255);
    expect(written((sink) => sink.lengthAndBytes(bytes))).toEqual([
      ...protobuf.Writer.create().bytes(bytes).finish(),
    ]);
    for (const count of [0, 127, 128, 16_384, 2 ** 31 - 1]) {
      expect(written((sink) => sink.count(count))).toEqual([
        ...protobuf.Writer.create().uint32(count).finish(),
      ]);
    }
  });
});

describe("ByteSink", () => {
  it("refuses lone surrogates in texts of any length", () => {
    for (const text of ["\ud800", "\udc00", "a\ud800b", "\udc00\ud800", "\ud800"]) {
      for (const padding of ["", "x".repeat(50), "é".repeat(50), "x".repeat(5000)]) {
        const sink = new ByteSink(mebibyte, mebibyte);
        expect(sink.lengthAndText(padding + text)).toBe(-1);
        expect(sink.lengthAndText(text + padding)).toBe(-1);
      }
    }
  });

  it("cuts chunks between records only and moves a begun record into the next chunk", () => {
    const sink = new ByteSink(16, mebibyte);
    for (let record = 0; record < 5; record++) {
      for (let value = 0; value < 7; value++) sink.count(record * 10 + value);
      sink.keepRecord();
    }
    expect(sink.takeChunks().map((chunk) => [...chunk])).toEqual([
      [0, 1, 2, 3, 4, 5, 6],
      [10, 11, 12, 13, 14, 15, 16],
      [20, 21, 22, 23, 24, 25, 26],
      [30, 31, 32, 33, 34, 35, 36],
      [40, 41, 42, 43, 44, 45, 46],
    ]);
  });

  it("gives a record that is larger than a chunk a chunk of its own size", () => {
    const sink = new ByteSink(16, mebibyte);
    sink.lengthAndBytes(new Uint8Array(1000));
    sink.keepRecord();
    sink.count(1);
    sink.keepRecord();
    expect(sink.takeChunks().map((chunk) => chunk.length)).toEqual([1002, 1]);
  });

  it("drops a record that spans chunks and keeps those before it", () => {
    const sink = new ByteSink(16, mebibyte);
    sink.count(1);
    sink.keepRecord();
    sink.lengthAndBytes(new Uint8Array(1000));
    sink.dropRecord();
    sink.count(2);
    sink.keepRecord();
    expect(sink.byteLength).toBe(2);
    expect(sink.takeChunks().flatMap((chunk) => [...chunk])).toEqual([1, 2]);
  });

  it("goes from small chunks to chunks of the size asked for", () => {
    const sink = new ByteSink(256 * 1024, mebibyte);
    for (let record = 0; record < 1000; record++) {
      sink.lengthAndBytes(new Uint8Array(998));
      sink.keepRecord();
    }
    const sizes = sink.takeChunks().map((chunk) => chunk.buffer.byteLength / 1024);
    expect(sizes).toEqual([16, 64, 256, 256, 256, 256]);
  });

  it("does not try to hold a record beyond the limit", () => {
    const sink = new ByteSink(16, 1000);
    expect(() => sink.lengthAndBytes(new Uint8Array(50 * mebibyte))).toThrow();
  });
});

function writeBigint(sink: ByteSink, value: bigint): void {
  expect(splitBigint(value)).toBe(true);
  sink.zigzag64(int64.low, int64.high);
}

function written(write: (sink: ByteSink) => unknown): number[] {
  const sink = new ByteSink(mebibyte, mebibyte);
  write(sink);
  sink.keepRecord();
  return sink.takeChunks().flatMap((chunk) => [...chunk]);
}
