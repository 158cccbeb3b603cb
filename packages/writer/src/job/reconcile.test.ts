import type { UploadStatus } from "@maxcompute-tunnel/session";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Reconciliation, reconcile, type ServerView } from "./reconcile.ts";
import type { UploadFact, UploadFactContent, UploadRefusal } from "./upload-fact.ts";
import { recordOf, type UploadLedger } from "./upload-record.ts";

const columns = '[["id","bigint",true]]';
const begun: UploadFactContent = { kind: "begun", table: { project: "p", table: "t" }, overwrite: false };
const session: UploadFactContent = { kind: "session", sessionId: "s", columns };
const sealed = (blockId: number, rows = 10): UploadFactContent => ({
  kind: "block-sealed",
  blockId,
  range: { input: 0, start: blockId * 10, end: blockId * 10 + 10, unit: "rows" },
  rows,
  bytes: 100,
  checksum: blockId,
  sourceChecksum: blockId,
  rejected: 0,
});
const stored = (blockId: number): UploadFactContent => ({
  kind: "block-stored",
  blockId,
  sentBytes: 1,
  attempts: 1,
});
const intended = (blockIds: string): UploadFactContent => ({ kind: "commit-intended", blockIds, rows: 0 });
const notCommitted: UploadFactContent = { kind: "not-committed", reason: "x" };
const unknown: UploadFactContent = { kind: "outcome-unknown", reason: "x" };

function record(...facts: readonly UploadFactContent[]): UploadLedger {
  return recordOf([begun, session, ...facts].map((fact): UploadFact => ({ ...fact, at: 0 })));
}

function present(
  status: UploadStatus,
  blocks: readonly (readonly [id: number, rows?: number])[] = [],
  shape = columns,
): ServerView {
  return {
    kind: "present",
    status,
    columns: shape,
    blocks: blocks.map(([blockId, recordCount]) => ({
      blockId,
      ...(recordCount !== undefined && { recordCount }),
    })),
  };
}
const gone: ServerView = { kind: "gone", mayHaveExpired: false };
const goneOfAge: ServerView = { kind: "gone", mayHaveExpired: true };

/** The decision in short: `continue kept 0 1, again 2, next 3`. */
function decision(found: Reconciliation): string {
  if (found.kind === "refuse") return `refuse ${found.why}`;
  if (found.kind === "start-over") return `start over, ${found.reason}`;
  if (found.kind !== "continue") return found.kind;
  const ids = (blocks: readonly { readonly blockId: number }[]) =>
    blocks.map(({ blockId }) => blockId).join(" ");
  return `continue: kept ${ids(found.kept)}; again ${ids(found.again)}; next ${found.nextBlockId}`;
}

describe("of blocks, reconciling", () => {
  const three = record(sealed(0), stored(0), sealed(1), stored(1), sealed(2));
  it.each<[string, ServerView, string]>([
    [
      "keeps what both agree on",
      present("NORMAL", [
        [0, 10],
        [1, 10],
      ]),
      "continue: kept 0 1; again 2; next 3",
    ],
    [
      "keeps what the server has and never acknowledged",
      present("NORMAL", [
        [0, 10],
        [1, 10],
        [2, 10],
      ]),
      "continue: kept 0 1 2; again ; next 3",
    ],
    [
      "sends again what the server has lost",
      present("NORMAL", [[1, 10]]),
      "continue: kept 1; again 0 2; next 3",
    ],
    [
      "sends again what has other rows",
      present("NORMAL", [
        [0, 10],
        [1, 0],
      ]),
      "continue: kept 0; again 1 2; next 3",
    ],
    [
      "believes an acknowledgement where rows are not counted",
      present("NORMAL", [[0], [1], [2]]),
      "continue: kept 0 1; again 2; next 3",
    ],
    [
      "gives up a session with a block that nobody knows",
      present("NORMAL", [
        [0, 10],
        [7, 10],
      ]),
      "start over, unknown-blocks",
    ],
    [
      "gives up a session of other columns",
      present("NORMAL", [[0, 10]], "[]"),
      "start over, columns-changed",
    ],
    [
      "goes on in a session that does not say where it stands",
      present("UNKNOWN", [[0, 10]]),
      "continue: kept 0; again 1 2; next 3",
    ],
  ])("%s", (_, server, expected) => {
    expect(decision(reconcile(three, server))).toBe(expected);
  });
});

describe("of a session", () => {
  const open = record(sealed(0), stored(0));
  const failed = record(sealed(0), stored(0), intended("0"), notCommitted);
  const grown = record(sealed(0), intended("0"), notCommitted, sealed(1));
  const committing = record(sealed(0), intended("0"));
  const refused = (reason: UploadRefusal): UploadLedger =>
    record(sealed(0), stored(0), { kind: "refused", reason });
  const inDoubt = record(sealed(0), intended("0"), unknown);

  it.each<[string, UploadLedger, ServerView, string]>([
    ["expired: start over", open, present("EXPIRED"), "start over, expired"],
    ["canceled: start over", open, present("CANCELED"), "start over, canceled"],
    ["gone and old: start over", open, goneOfAge, "start over, expired"],
    ["gone too early: somebody has to look", open, gone, "refuse vanished"],
    ["beyond repair: somebody has to look", open, present("CRITICAL"), "refuse critical"],
    ["committed by somebody else", open, present("CLOSED", [[0, 10]]), "refuse committed-elsewhere"],
    ["being committed by somebody else", open, present("CLOSING"), "refuse committed-elsewhere"],
    ["committed after all, though the commit had failed", failed, present("CLOSED"), "settle"],
    ["committed before it was complete", grown, present("CLOSED"), "refuse committed-elsewhere"],
    [
      "open after a failed commit: go on",
      failed,
      present("NORMAL", [[0, 10]]),
      "continue: kept 0; again ; next 1",
    ],
    [
      "committed by somebody else, gone and old: it cannot have expired",
      refused("committed-elsewhere"),
      goneOfAge,
      "refuse committed-elsewhere",
    ],
    ["gone too early, and still gone when old", refused("vanished"), goneOfAge, "refuse vanished"],
    ["beyond repair, and gone", refused("critical"), gone, "refuse critical"],
    [
      "open after all: go on",
      refused("committed-elsewhere"),
      present("NORMAL", [[0, 10]]),
      "continue: kept 0; again ; next 1",
    ],
    ["in doubt and open", committing, present("NORMAL", [[0, 10]]), "settle"],
    ["in doubt and closed", inDoubt, present("CLOSED"), "committed"],
    ["in doubt and closing", inDoubt, present("CLOSING"), "settle"],
    ["in doubt and expired", inDoubt, present("EXPIRED"), "settle"],
    ["in doubt and gone: only its commit can have ended it", committing, gone, "committed"],
    ["in doubt, gone and old: nobody can know", inDoubt, goneOfAge, "refuse outcome-unknown"],
  ])("that is %s", (_, journal, server, expected) => {
    expect(decision(reconcile(journal, server))).toBe(expected);
  });
});

describe("whatever journal and server say", () => {
  const blockIds = fc.uniqueArray(fc.nat(6), { maxLength: 6 });
  const journals = fc
    .record({
      ids: blockIds,
      acknowledged: blockIds,
      end: fc.constantFrom("open", "failed", "committing", "in-doubt"),
    })
    .map(({ ids, acknowledged, end }) => {
      const facts = ids.flatMap((id) =>
        acknowledged.includes(id) ? [sealed(id), stored(id)] : [sealed(id)],
      );
      const list = [...ids].sort().join(",");
      if (end !== "open") facts.push(intended(list));
      if (end === "failed") facts.push(notCommitted);
      if (end === "in-doubt") facts.push(unknown);
      return record(...facts);
    });
  const statuses: readonly UploadStatus[] = [
    ...(["UNKNOWN", "NORMAL", "CLOSING", "COMMITTING"] as const),
    ...(["CLOSED", "CANCELED", "EXPIRED", "CRITICAL"] as const),
  ];
  const servers = fc.oneof(
    fc.constantFrom(gone, goneOfAge),
    fc
      .record({
        status: fc.constantFrom(...statuses),
        blocks: fc.uniqueArray(fc.tuple(fc.nat(7), fc.option(fc.constantFrom(0, 10), { nil: undefined })), {
          selector: ([id]) => id,
          maxLength: 7,
        }),
      })
      .map(({ status, blocks }) => present(status, blocks as [number, number?][])),
  );

  it("nothing is lost, doubled or guessed", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(journals, servers, (journal, server) => {
        const found = reconcile(journal, server);
        seen.add(found.kind === "refuse" ? found.why : found.kind);
        const isInDoubt = journal.phase.kind === "committing" || journal.phase.kind === "in-doubt";
        // A commit in doubt is never given up, nor are its rows sent another way.
        if (isInDoubt) expect(["settle", "committed", "refuse"]).toContain(found.kind);
        if (found.kind === "start-over") {
          expect(journal.phase.kind).toBe("open");
          expect(
            server.kind === "gone" ||
              !["CLOSED", "CLOSING", "COMMITTING", "CRITICAL"].includes(server.status),
          ).toBe(true);
        }
        if (found.kind !== "continue" || server.kind !== "present") return;
        const listed = new Map(server.blocks.map((block) => [block.blockId, block.recordCount]));
        const kept = found.kept.map((block) => block.blockId);
        const again = found.again.map((block) => block.blockId);
        expect([...kept, ...again].sort()).toEqual([...journal.blocks.keys()].sort());
        for (const block of found.kept) {
          expect(listed.has(block.blockId)).toBe(true);
          expect(listed.get(block.blockId) ?? block.rows).toBe(block.rows);
          expect(listed.get(block.blockId) !== undefined || block.stored !== undefined).toBe(true);
        }
        // Everything that the server holds has a content that is on record.
        for (const id of listed.keys()) expect(journal.blocks.has(id)).toBe(true);
        expect(found.nextBlockId).toBeGreaterThan(Math.max(-1, ...journal.blocks.keys()));
      }),
      { numRuns: 20_000 },
    );
    expect([...seen].sort()).toEqual(
      [
        "committed",
        "committed-elsewhere",
        "continue",
        "critical",
        "outcome-unknown",
        "settle",
        "start-over",
        "vanished",
      ].sort(),
    );
  });

  it("an upload without a session, or one that is done, is not asked about", () => {
    expect(() => reconcile(recordOf([{ ...begun, at: 0 }]), gone)).toThrow("one that is new");
  });
});
