import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  joinChunk,
  RecordSplitter,
  summarizeChunk,
  type TextDialect,
  TextPack,
  type TextRowReject,
  textStart,
} from "../src/text/index.ts";
import { randomFrom, type TextCase, textCase } from "./text-files.ts";

/** All that can be seen of a text being read. */
interface Outcome {
  readonly digest: string;
  readonly rows: number;
  readonly rejects: readonly TextRowReject[];
  readonly consumed: number;
  readonly lines: number;
  readonly blankLines: number;
}

function read(
  { columns, options, bytes }: TextCase,
  kernel: "auto" | "js",
  cuts: readonly number[],
): Outcome {
  const rejects: TextRowReject[] = [];
  const pack = new TextPack(columns, { ...options, kernel, onReject: (reject) => void rejects.push(reject) });
  let start = 0;
  for (const cut of [...cuts, bytes.length]) {
    // The pack may keep nothing of what it is given.
    const piece = bytes.slice(start, cut);
    pack.push(piece);
    piece.fill(0x5a);
    start = cut;
  }
  pack.end();
  const hash = createHash("sha256");
  const { consumedBytes: consumed, lines, blankLines, recordCount: rows } = pack;
  for (const chunk of pack.seal().chunks) hash.update(chunk);
  return { digest: hash.digest("hex"), rows, rejects, consumed, lines, blankLines };
}

function cutsOf(seed: number, length: number): number[] {
  const random = randomFrom(seed ^ 0x5bd1e995);
  const most = [1, 7, 200, 5000, 70_000, 1_000_000][random(6)]!;
  const cuts: number[] = [];
  for (let at = 0; ; ) {
    at += 1 + random(most) + (most < 10 && at > 3000 ? 20_000 : 0);
    if (at >= length) return cuts;
    cuts.push(at);
  }
}

/** So many rows in all; more of them where time does not matter. */
const totalRows = Number(process.env["TEXT_ROWS"] ?? 150_000);
const rowsPerCase = 1500;

describe("the kernel and the plain path", () => {
  it("make the same packs and the same rejects of texts of every layout, type and fault", () => {
    let rows = 0;
    let rejects = 0;
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const text = textCase(seed, rowsPerCase);
        const cuts = cutsOf(seed, text.bytes.length);
        const plain = read(text, "js", [text.bytes.length >> 1]);
        const quick = read(text, "auto", cuts);
        expect(quick).toEqual(plain);
        rows += plain.rows;
        rejects += plain.rejects.length;
      }),
      { numRuns: Math.ceil(totalRows / rowsPerCase), endOnFailure: true },
    );
    expect(rows).toBeGreaterThan(0);
    expect(rejects).toBeGreaterThan(0);
  }, 1_200_000);

  it("find the same record ends, however the text is cut", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { options, bytes } = textCase(seed, 300);
        const split = (kernel: "auto" | "js", cuts: readonly number[]): unknown => {
          const splitter = new RecordSplitter(options.dialect, { kernel, cutEvery: 5000 });
          let start = 0;
          for (const cut of [...cuts, bytes.length]) {
            splitter.push(bytes.subarray(start, cut));
            start = cut;
          }
          splitter.end();
          const { records, lines, cuts: found, lastRecordEnd } = splitter;
          return { records, lines, found, lastRecordEnd };
        };
        const plain = split("js", []);
        expect(split("auto", [])).toEqual(plain);
        expect(split("auto", cutsOf(seed, bytes.length))).toEqual(plain);
        expect(split("js", cutsOf(seed, bytes.length))).toEqual(plain);
      }),
      { numRuns: 100, endOnFailure: true },
    );
  }, 120_000);

  it("agree on what is a record", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const text = textCase(seed, 300);
        const splitter = new RecordSplitter(text.options.dialect);
        splitter.push(text.bytes);
        splitter.end();
        const { rows, rejects, blankLines, lines } = read(text, "auto", []);
        expect([splitter.records, splitter.lines]).toEqual([rows + rejects.length + blankLines, lines]);
      }),
      { numRuns: 100, endOnFailure: true },
    );
  }, 120_000);

  it("say the same of chunks looked at on their own as of the whole text", () => {
    let joined = 0;
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom("auto", "js"), (seed, kernel) => {
        const { options, bytes } = textCase(seed, 300);
        const dialect: TextDialect = { lineEnd: "lf", ...options.dialect };
        const cuts = cutsOf(seed, bytes.length).filter((_, index) => index < 50);
        let state = textStart;
        let start = 0;
        const splitter = new RecordSplitter(dialect, { kernel });
        for (const cut of [...cuts, bytes.length]) {
          const chunk = bytes.subarray(start, cut);
          const summary = summarizeChunk(chunk, dialect, { kernel });
          if (summary === undefined) return;
          state = joinChunk(state, summary, dialect);
          if (state.isOdd) return;
          splitter.push(chunk);
          expect([state.offset, state.records, state.lines]).toEqual([cut, splitter.records, splitter.lines]);
          const ends = splitter.lastRecordEnd > start;
          expect(state.firstRecordEnd > start && state.firstRecordEnd <= splitter.lastRecordEnd).toBe(ends);
          start = cut;
          joined++;
        }
      }),
      { numRuns: 150, endOnFailure: true },
    );
    expect(joined).toBeGreaterThan(500);
  }, 120_000);
});
