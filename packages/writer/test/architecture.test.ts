import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { nextPhase, type UploadFact, type UploadPhase } from "../src/index.ts";

const document = await readFile(new URL("../../../docs/architecture.md", import.meta.url), "utf8");
const [, section = ""] = document.split("## An upload that remembers");
const diagram = /```mermaid\nstateDiagram-v2\n([\s\S]*?)```/.exec(section)?.[1] ?? "";
const names = new Map(
  [...diagram.matchAll(/state "([^"]+)" as (\S+)/gm)].map(([, name, id]) => [id ?? "", name ?? ""]),
);
const named = (id: string | undefined): string => names.get(id ?? "") ?? id ?? "";
const arrows = [...diagram.matchAll(/^ +(\S+) --> ([^\s:]+)(?:: (.*))?$/gm)].map(
  ([, from, to, label = ""]) => ({ from: named(from), to: named(to), label }),
);

const range = { input: 0, start: 0, end: 1, unit: "rows" } as const;
const sums = { range, sourceChecksum: 0, rejected: 0 };
/** One fact of each kind, or this does not compile. */
const facts: { readonly [Kind in UploadFact["kind"]]: Extract<UploadFact, { readonly kind: Kind }> } = {
  begun: { at: 0, kind: "begun", table: { project: "p", table: "t" }, overwrite: false },
  source: { at: 0, kind: "source", fingerprint: [] },
  session: { at: 0, kind: "session", sessionId: "s", columns: "" },
  "block-sealed": { at: 0, kind: "block-sealed", blockId: 0, rows: 1, bytes: 1, checksum: 0, ...sums },
  "block-stored": { at: 0, kind: "block-stored", blockId: 0, sentBytes: 1, attempts: 1 },
  "range-empty": { at: 0, kind: "range-empty", ...sums },
  "commit-intended": { at: 0, kind: "commit-intended", blockIds: "0", rows: 1 },
  committed: { at: 0, kind: "committed", confirmedBy: "answer" },
  "not-committed": { at: 0, kind: "not-committed", reason: "" },
  "outcome-unknown": { at: 0, kind: "outcome-unknown", reason: "" },
  "session-ended": { at: 0, kind: "session-ended", reason: "expired" },
  refused: { at: 0, kind: "refused", reason: "vanished" },
};

it("draws every step that a fact takes an upload from one phase to another, and no others", () => {
  const taken = new Set<string>();
  const first: UploadPhase = { kind: "new" };
  const seen = new Set<string>([first.kind]);
  const open: UploadPhase[] = [first];
  for (let phase = open.pop(); phase !== undefined; phase = open.pop()) {
    for (const fact of Object.values(facts)) {
      const next = nextPhase(phase, fact);
      if (next === undefined || (next.kind === phase.kind && next.kind !== "committing")) continue;
      if (next.kind !== phase.kind) taken.add(`${phase.kind} --> ${next.kind}: ${fact.kind}`);
      if (!seen.has(next.kind)) open.push(next);
      seen.add(next.kind);
    }
  }
  const drawn = arrows
    .filter(({ from, to }) => from !== "[*]" && to !== "[*]")
    .map(({ from, to, label }) => `${from} --> ${to}: ${label}`);
  expect(drawn.sort()).toEqual([...taken].sort());
});

it("draws where an upload begins and ends", () => {
  expect(arrows.filter(({ from }) => from === "[*]").map(({ to }) => to)).toEqual(["new"]);
  expect(arrows.filter(({ to }) => to === "[*]").map(({ from }) => from)).toEqual(["committed"]);
});
