import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { encodeRecords } from "@maxcompute-tunnel/codec";
import { startEmulator } from "@maxcompute-tunnel/emulator";
import { describe, expect, it } from "vitest";
import { ask } from "../src/exchange.ts";
import { type Ledger, settle } from "../src/ledger.ts";

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));

it("kills the emulator in every phase, and finds what was acknowledged", { timeout: 240_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [main, "--rounds", "15", "--seed", "3"]);
  expect(stdout).toContain("15 of 15 kills: what was acknowledged was there, whole and once (seed 3,");
  const kills = stdout
    .split("\n")
    .slice(1, -2)
    .map((line) => Number(/ (\d+) +(?:\d+|–)$/.exec(line)?.[1]));
  expect(kills).toHaveLength(15);
  expect(kills.reduce((sum, count) => sum + count, 0)).toBe(15);
});

describe("what the ledger does not forgive", () => {
  const columns = [
    { name: "batch", type: "bigint" },
    { name: "row", type: "bigint" },
    { name: "note", type: "string" },
  ] as const;

  async function problem(ledger: Partial<Ledger> & { readonly rows: readonly number[] }): Promise<string> {
    await using emulator = await startEmulator({
      tables: ["create table t (`batch` bigint, `row` bigint, note string)"],
    });
    const path = `/projects/${emulator.project}/tables/t`;
    const id = String((await ask(emulator, "POST", `${path}?uploads`)).json()["UploadID"]);
    const body = encodeRecords(
      columns,
      ledger.rows.map((row) => ({ batch: 1, row, note: "1 ".repeat(64) })),
    );
    await ask(emulator, "PUT", `${path}?uploadid=${id}&blockid=0`, body);
    await ask(emulator, "POST", `${path}?uploadid=${id}`);
    const open = String((await ask(emulator, "POST", `${path}?uploads`)).json()["UploadID"]);
    const session =
      ledger.session === undefined ? undefined : { ...ledger.session, id: ledger.session.id || open };
    return await settle(emulator, {
      tables: ledger.tables ?? new Map([["t", [{ number: 1, rows: 3 }]]]),
      session,
      uncertain: ledger.uncertain ?? { kind: "nothing" },
    }).then(
      () => "nothing",
      (error: Error) => error.message,
    );
  }

  it("is nothing where all is as acknowledged", async () => {
    expect(await problem({ rows: [0, 1, 2] })).toBe("nothing");
  });

  it("are rows that are missing, twice or out of order", async () => {
    expect(await problem({ rows: [0, 1] })).toBe("rows of t: expected #1: 3 rows, got #1: 2 rows");
    expect(await problem({ rows: [0, 1, 2, 0, 1, 2] })).toBe(
      "rows of t: expected #1: 3 rows, got #1: 3 rows, #1: 3 rows",
    );
    expect(await problem({ rows: [0, 2, 1] })).toBe("row within batch 1 of t: expected 1, got 2");
  });

  it("are a table, a block or a session that is gone", async () => {
    const rows = [0, 1, 2];
    expect(await problem({ rows, tables: new Map([["u", []]]) })).toBe(
      "answer to a download of u: expected 200, got 404",
    );
    const session = { id: "", table: "t", overwrite: false, blocks: new Map([[4, { number: 2, rows: 9 }]]) };
    expect(await problem({ rows, session })).toBe("block list: expected 4: 9 rows, got ");
    expect(await problem({ rows, session: { ...session, id: "20260101" } })).toBe(
      "answer about the session: expected 200, got 404",
    );
  });
});
