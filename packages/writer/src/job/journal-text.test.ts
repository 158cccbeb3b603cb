import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isWriterError } from "../errors.ts";
import { factInWords, type JournalText, journalHeader, journalLine, parseJournal } from "./journal-text.ts";
import type { UploadFact } from "./upload-fact.ts";

const range = { input: 0, start: 0, end: 10, unit: "rows" } as const;
const facts: readonly UploadFact[] = [
  {
    at: 1_795_000_000_000,
    kind: "begun",
    job: "orders",
    table: { project: "p", table: "t" },
    overwrite: false,
  },
  {
    at: 1_795_000_000_001,
    kind: "session",
    sessionId: "2026112200000",
    expiresAt: 1_795_086_400_000,
    columns: "[]",
  },
  {
    at: 1_795_000_000_002,
    kind: "source",
    fingerprint: [{ name: "ordérs.csv", size: 7, modifiedMs: 1.5, digest: "d" }],
  },
  {
    at: 1_795_000_000_003,
    kind: "block-sealed",
    blockId: 0,
    range,
    rows: 10,
    bytes: 99,
    checksum: 5,
    sourceChecksum: 6,
    rejected: 1,
  },
  { at: 1_795_000_000_004, kind: "block-stored", blockId: 0, sentBytes: 50, attempts: 2, requestId: "r" },
  {
    at: 1_795_000_000_005,
    kind: "range-empty",
    range: { ...range, start: 10, end: 20 },
    sourceChecksum: 0xffff_ffff,
    rejected: 10,
  },
  { at: 1_795_000_000_006, kind: "commit-intended", blockIds: "0", rows: 10 },
  { at: 1_795_000_000_007, kind: "outcome-unknown", reason: "the network is gone" },
  { at: 1_795_000_000_008, kind: "committed", confirmedBy: "status", requestId: "q" },
];

const lines = textOf(facts);
const bytes = joined(lines);
/** The offsets that the lines end at. */
const ends = lines.map((_, index) => joined(lines.slice(0, index + 1)).length);

function textOf(given: readonly UploadFact[]): readonly Uint8Array[] {
  let previous = 0;
  return [journalHeader, ...given.map(factInWords)].map((value) => {
    const line = journalLine(value, previous);
    previous = line.checksum;
    return line.bytes;
  });
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

function read(text: Uint8Array): JournalText | string {
  try {
    return parseJournal(text, "j");
  } catch (error) {
    if (!isWriterError(error)) throw error;
    return `${error.code} in line ${error.line}`;
  }
}

describe("a journal as text", () => {
  it("is what a person can read, with a checksum that goes on from line to line", () => {
    expect(Buffer.from(joined(textOf(facts.slice(0, 1)))).toString()).toBe(
      '6633959b {"journal":"maxcompute-tunnel upload","version":1}\n' +
        'c62e9d52 {"at":"2026-11-18T11:06:40.000Z","kind":"begun","job":"orders","table":{"project":"p","table":"t"},"overwrite":false}\n',
    );
  });

  it("comes back as it was written", () => {
    expect(read(bytes)).toMatchObject({ facts, wholeBytes: bytes.length });
  });

  it("torn at any byte gives the lines before", () => {
    for (let length = 0; length < bytes.length; length += 1) {
      const whole = ends.filter((end) => end <= length).length;
      expect(read(bytes.subarray(0, length)), `at byte ${length}`).toMatchObject({
        facts: facts.slice(0, Math.max(0, whole - 1)),
        wholeBytes: whole === 0 ? 0 : ends[whole - 1],
      });
    }
  });

  it("torn at any byte with zeros behind gives the lines before", () => {
    for (let length = 0; length < bytes.length; length += 1) {
      const zeroed = bytes.slice();
      zeroed.fill(0, length);
      const whole = ends.filter((end) => end <= length).length;
      expect(read(zeroed), `at byte ${length}`).toMatchObject({
        facts: facts.slice(0, Math.max(0, whole - 1)),
      });
    }
  });

  it("with any byte changed is refused with the line, unless it is the last", () => {
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ 0x04;
      const line = ends.findIndex((end) => at < end) + 1;
      const expected =
        line === lines.length
          ? { facts: facts.slice(0, -1) }
          : // A newline that is changed joins two lines; the damage is where the first of them begins.
            `journal-damaged in line ${line}`;
      if (line === lines.length - 1 && at === (ends[line - 1] ?? 0) - 1) continue;
      const found = read(changed);
      if (typeof expected === "string") expect(found, `byte ${at}`).toBe(expected);
      else expect(found, `byte ${at}`).toMatchObject(expected);
    }
  });

  it.each([
    ["taken out", (parts: readonly Uint8Array[]) => parts.filter((_, index) => index !== 3), 4],
    [
      "doubled",
      (parts: readonly Uint8Array[]) => parts.flatMap((part, index) => (index === 3 ? [part, part] : [part])),
      5,
    ],
    [
      "moved",
      (parts: readonly Uint8Array[]) => [
        ...parts.slice(0, 3),
        ...parts.slice(4, 6),
        ...parts.slice(3, 4),
        ...parts.slice(6),
      ],
      4,
    ],
    ["missing at the head", (parts: readonly Uint8Array[]) => parts.slice(1), 1],
  ])("with a line %s is refused", (_, change, line) => {
    expect(read(joined(change(lines)))).toBe(`journal-damaged in line ${line}`);
  });

  it("of a later version, or of something else, is refused", () => {
    const later = journalLine({ ...journalHeader, version: 2 }, 0).bytes;
    expect(() => parseJournal(later, "j")).toThrow("version 2 of the format; this version reads 1");
    for (const text of ["{}\n", "a,b\n1,2\n", "\n", '00000000 {"journal":1}\n']) {
      expect(read(new TextEncoder().encode(text))).toBe("journal-damaged in line 1");
    }
  });

  it("with a fact that is none is refused, whatever its checksum", () => {
    const bad: readonly unknown[] = [
      {},
      [],
      null,
      7,
      { at: "yesterday", kind: "begun" },
      { at: 1, kind: "toString" },
      { at: 1, kind: "__proto__" },
      { ...facts[0], table: { project: "p" } },
      { ...facts[3], rows: -1 },
      { ...facts[3], blockId: 20_001 },
      { ...facts[3], checksum: 2 ** 32 },
      { ...facts[3], range: { ...range, end: -1 } },
      { ...facts[3], range: { ...range, unit: "pages" } },
      { ...facts[6], blockIds: "5-1" },
      { ...facts[6], blockIds: "0-99999" },
      { ...facts[2], fingerprint: [{ size: 1 }] },
    ];
    for (const value of bad) {
      const header = journalLine(journalHeader, 0);
      const text = joined([header.bytes, journalLine(value, header.checksum).bytes]);
      expect(read(text), JSON.stringify(value)).toBe("journal-damaged in line 2");
    }
  });

  it("of any bytes at all gives facts or an error, never anything else", () => {
    const mutated = fc
      .tuple(fc.nat(bytes.length - 1), fc.uint8Array({ maxLength: 20 }), fc.nat(30))
      .map(([at, put, cut]) => joined([bytes.subarray(0, at), put, bytes.subarray(at + cut)]));
    const anything = fc.oneof(fc.uint8Array({ maxLength: 300 }), mutated);
    fc.assert(
      fc.property(anything, (text) => {
        const found = read(text);
        if (typeof found === "string") expect(found).toMatch(/^journal-damaged in line \d+$/u);
        else expect(facts.slice(0, found.facts.length)).toEqual(found.facts);
      }),
      { numRuns: 5000 },
    );
  });
});
