import { isDeepStrictEqual } from "node:util";
// @boundaries-ignore parsers are fuzzed in their sources
import { WriterError } from "../../../../packages/writer/src/errors.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import { formatBlockIds, parseBlockIds } from "../../../../packages/writer/src/job/block-id-runs.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import {
  factInWords,
  journalHeader,
  journalLine,
  parseJournal,
} from "../../../../packages/writer/src/job/journal-text.ts";
import { type FuzzTarget, isOf, refusing, type Verdict } from "../fuzz-target.ts";
import { jsonWords } from "./json-words.ts";

const decoder = new TextDecoder();
const range = { input: 0, start: 0, end: 100, unit: "bytes" } as const;
const stored = { range, sourceChecksum: 1, rejected: 0 };
const facts = [
  { kind: "begun", at: 1_700_000_000_000, job: "j", table: { project: "p", table: "t" }, overwrite: false },
  {
    kind: "source",
    at: 1_700_000_000_001,
    fingerprint: [{ name: "a.csv", size: 100, modifiedMs: 5, digest: "d" }],
  },
  {
    kind: "session",
    at: 1_700_000_000_002,
    sessionId: "u",
    expiresAt: 1_700_000_100_000,
    columns: "id bigint",
  },
  { kind: "block-sealed", at: 1_700_000_000_003, ...stored, blockId: 1, rows: 2, bytes: 3, checksum: 4 },
  { kind: "block-stored", at: 1_700_000_000_004, blockId: 1, sentBytes: 3, attempts: 1, requestId: "r" },
  { kind: "range-empty", at: 1_700_000_000_005, ...stored },
  { kind: "commit-intended", at: 1_700_000_000_006, blockIds: "1-3,7", rows: 2 },
  { kind: "outcome-unknown", at: 1_700_000_000_007, reason: "lost" },
  { kind: "committed", at: 1_700_000_000_008, confirmedBy: "status" },
  { kind: "not-committed", at: 1_700_000_000_009, reason: "r" },
  { kind: "session-ended", at: 1_700_000_000_010, reason: "expired" },
  { kind: "refused", at: 1_700_000_000_011, reason: "committed-elsewhere" },
] as const;

/** Journals of uploads: whatever is in them, facts or a refusal come out. */
export const journals: FuzzTarget = {
  name: "journals of uploads",
  share: 100,
  words: [...jsonWords, '"kind":"committed"', "\n", '"blockIds":"1-20001"', '"at":"never"'],
  seeds: facts.map((_, index) => journalOf(facts.slice(0, index + 1).map((fact) => factInWords(fact)))),
  repair: rightJournal,
  read: (bytes) =>
    refusing(isOf(WriterError), () => {
      const { facts: read, wholeBytes } = parseJournal(bytes, "j");
      if (wholeBytes > bytes.length || read.length > bytes.length) throw new Error("more than there was");
      for (const fact of read) {
        if (fact.kind !== "commit-intended") continue;
        const ids = parseBlockIds(fact.blockIds);
        if (ids !== undefined && !isDeepStrictEqual(parseBlockIds(formatBlockIds(ids)), ids))
          throw new Error(`block ids ${fact.blockIds} come back differently`);
      }
      if (bytes.length % 4 > 0) return;
      // What was read can be written, and means the same then.
      const again = parseJournal(journalOf(read.map(factInWords)), "j").facts;
      if (!isDeepStrictEqual(again, read)) throw new Error(`read again differs: ${JSON.stringify(again)}`);
    }),
};

function journalOf(lines: readonly unknown[]): Uint8Array {
  let checksum = 0;
  const parts: Uint8Array[] = [];
  for (const value of [journalHeader, ...lines]) {
    const line = journalLine(value, checksum);
    parts.push(line.bytes);
    checksum = line.checksum;
  }
  return Buffer.concat(parts);
}

/** The lines that are JSON, with their checksums made right. */
function rightJournal(bytes: Uint8Array): Uint8Array {
  const lines = decoder.decode(bytes).split("\n").slice(1);
  return journalOf(
    lines.flatMap((line) => {
      const value = { read: undefined as unknown };
      const verdict: Verdict = refusing(isOf(SyntaxError), () => {
        value.read = JSON.parse(line.slice(9));
      });
      return verdict === "taken" ? [value.read] : [];
    }),
  );
}
