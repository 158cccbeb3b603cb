import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startWorkplace, type Workplace } from "./workplace.ts";

let place: Workplace;
beforeAll(async () => {
  place = await startWorkplace(["create table visits (id bigint, page string, seen datetime)"]);
});
afterAll(() => place[Symbol.asyncDispose]());

const module = `
interface Visit { readonly id: string; readonly path: string | null }
export default (visit: Visit): object | object[] | null => {
  if (visit.path === null) return null;
  if (visit.path === "twice") return [{ id: visit.id, page: "one" }, { id: visit.id, page: "two" }];
  return { ID: visit.id, page: visit.path.toUpperCase(), seen: "2024-05-06 07:08:09" };
};
`;
const time = new Date("2024-05-06T07:08:09Z");

describe("upload --transform", () => {
  it("makes one row, several or none of each record of a file, by a typed module", async () => {
    place.write("t.ts", module);
    place.write("in.csv", 'path,id\n/a,1\n,2\ntwice,3\n"/b,c",4\n');
    const { exitCode, err, out } = await place.mctunnel(
      "upload",
      "in.csv",
      "proj.visits",
      "--transform",
      "t.ts",
    );
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    expect(out).toContain("Loaded 4 rows into proj.visits.");
    expect(await place.emulator.readRows("visits")).toEqual([
      { id: 1n, page: "/A", seen: time },
      { id: 3n, page: "one", seen: null },
      { id: 3n, page: "two", seen: null },
      { id: 4n, page: "/B,C", seen: time },
    ]);
  });

  it("gives what JSON lines say as it is", async () => {
    place.write("j.mjs", "export default ({ user, n }) => ({ id: BigInt(n), page: user.name });");
    place.write("in.jsonl", '{"user":{"name":"ada"},"n":7}\n');
    const argv = ["upload", "in.jsonl", "proj.visits", "--overwrite", "--transform", "j.mjs"];
    const { exitCode, out } = await place.mctunnel(...argv, "--json");
    expect(exitCode).toBe(0);
    const { encodedBytes, sentBytes, compression } = JSON.parse(out);
    expect({ encodedBytes, compression }).toEqual({ encodedBytes: sentBytes, compression: "none" });
    expect(await place.emulator.readRows("visits")).toEqual([{ id: 7n, page: "ada", seen: null }]);
  });

  it("says which record it failed on, and loads nothing", async () => {
    place.write("bad.mjs", "export default ({ id }) => ({ id });");
    place.write("bad.csv", "id\n1\nx\n");
    const before = (await place.emulator.readRows("visits")).length;
    const { exitCode, err } = await place.mctunnel(
      "upload",
      "bad.csv",
      "proj.visits",
      "--transform",
      "bad.mjs",
    );
    expect(exitCode).toBe(3);
    expect(err).toContain("What bad.mjs made of record 2 does not fit: column id: expected");
    expect(await place.emulator.readRows("visits")).toHaveLength(before);
    for (const [text, code] of [
      ["export const x = 1;", 2],
      ["syntax error", 2],
    ] as const) {
      place.write(`no-${text.length}.mjs`, text);
      const argv = ["upload", "bad.csv", "proj.visits", "--transform", `no-${text.length}.mjs`];
      expect(await place.mctunnel(...argv)).toMatchObject({ exitCode: code });
    }
  });

  it("is part of what a resumed load has to be the same in", async () => {
    const mctunnel = (...argv: string[]) => place.mctunnelIn({ now: Date.now }, ...argv);
    place.write("r.mjs", "export default ({ id }) => ({ id, page: 'x'.repeat(1000) });");
    place.write("many.csv", `id\n${Array.from({ length: 3000 }, (_, id) => `${id}\n`).join("")}`);
    place.emulator.faults.add({
      match: { action: "put block", block: [20] },
      effect: { kind: "answer", status: 403 },
    });
    const argv = [
      "upload",
      "many.csv",
      "proj.visits",
      "--overwrite",
      "--transform",
      "r.mjs",
      "--block-size",
      "50K",
    ];
    expect(await mctunnel(...argv)).toMatchObject({ exitCode: 4 });
    place.emulator.faults.clear();
    const path = join(place.folder, "r.mjs");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, `${text} `);
    expect(await mctunnel("resume", "--last")).toMatchObject({ exitCode: 7 });
    writeFileSync(path, text);
    const { exitCode, out } = await mctunnel("resume", "--last", "--json");
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ rows: 3000, keptBlocks: expect.any(Number) });
    const rows = await place.emulator.readRows("visits");
    expect(new Set(rows.map(({ id }) => id)).size).toBe(3000);
  });

  it.each([
    ["--max-rejects", ["--max-rejects", "1"]],
    ["--map", ["--map", "a=id"]],
    ["--set", ["--set", "page=x"]],
    ["--dry-run", ["--dry-run"]],
  ])("refuses %s, which would say nothing", async (flag, more) => {
    place.write("ok.mjs", "export default ({ id }) => ({ id });");
    place.write("ok.csv", "id\n1\n");
    const { exitCode, err } = await place.mctunnel(
      ...["upload", "ok.csv", "proj.visits", "--transform", "ok.mjs", ...more],
    );
    expect({ exitCode, err }).toEqual({
      exitCode: 2,
      err: expect.stringContaining(`--transform and ${flag} do not go together`),
    });
  });
});
