import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type RunningEmulator, startEmulator } from "../src/index.ts";
import {
  type Ask,
  clientOf,
  createUpload,
  tablePath,
  threeRecords,
  tunnelHeaders,
} from "./support/client.ts";

let emulator: RunningEmulator;
let owner: Ask;
let reader: Ask;
let stranger: Ask;
let bearer: Ask;

beforeAll(async () => {
  emulator = await startEmulator({
    project: "shop",
    projects: ["reports"],
    tables: ["create table t (id bigint, name string)", "create table reports.r (id bigint)"],
    accessKeys: [
      { accessKeyId: "reader", accessKeySecret: "reader-secret", permissions: { shop: "read" } },
      { accessKeyId: "stranger", accessKeySecret: "stranger-secret", permissions: { reports: "write" } },
    ],
    bearerTokens: [{ token: "read.only.token", name: "ci", permissions: { "*": "read" } }],
  });
  const as = (accessKeyId: string): Ask =>
    clientOf(emulator, {
      credentials: { kind: "access-key", accessKeyId, accessKeySecret: `${accessKeyId}-secret` },
    });
  owner = clientOf(emulator);
  [reader, stranger] = [as("reader"), as("stranger")];
  bearer = clientOf(emulator, { credentials: { kind: "bearer", token: "read.only.token" } });
  const path = tablePath(emulator, "t");
  const id = await createUpload(owner, path);
  await owner("PUT", `${path}?uploadid=${id}&blockid=0`, { headers: tunnelHeaders, body: threeRecords });
  await owner("POST", `${path}?uploadid=${id}`, { headers: tunnelHeaders });
});
afterAll(() => emulator.close());

/** Runs a statement as a job and gives its result document. */
async function sql(ask: Ask, statement: string, project = "shop"): Promise<string> {
  const submitted = await ask("POST", `/projects/${project}/instances`, {
    body: `<Instance><Job><Priority>9</Priority><Tasks><SQL><Name>AnonymousSQLTask</Name><Query>${statement}</Query></SQL></Tasks></Job></Instance>`,
  });
  if (submitted.status !== 201) {
    return submitted.text;
  }
  const { pathname } = new URL(submitted.headers.get("location") ?? "");
  await vi.waitFor(
    async () => expect((await ask("GET", pathname)).text).toContain("<Status>Terminated</Status>"),
    { timeout: 20_000 },
  );
  return (await ask("GET", `${pathname}?result`)).text;
}

describe("a list of projects", () => {
  it("has those that its reader may read", async () => {
    const names = async (ask: Ask): Promise<string[]> =>
      [...(await ask("GET", "/projects")).text.matchAll(/<Project><Name>(\w+)</g)].map(
        ([, name = ""]) => name,
      );
    expect(await names(owner)).toEqual(["reports", "shop"]);
    expect(await names(reader)).toEqual(["shop"]);
    expect(await names(stranger)).toEqual(["reports"]);
  });
});

describe("who may only read", () => {
  it("sees tables and downloads rows", async () => {
    for (const ask of [reader, bearer]) {
      expect((await ask("GET", tablePath(emulator, "t"))).status).toBe(200);
      const path = tablePath(emulator, "t");
      const session = (await ask("POST", `${path}?downloads`, { headers: tunnelHeaders })).json();
      expect(session["RecordCount"]).toBe(3);
      const rows = await ask("GET", `${path}?data&downloadid=${session["DownloadID"]}&rowrange=(0,3)`, {
        headers: { ...tunnelHeaders, "accept-encoding": "identity" },
      });
      expect(rows.status).toBe(200);
      expect(await sql(ask, "show tables;")).toContain("t");
    }
  });

  it.each([
    ["an upload session", "POST", "?uploads"],
    ["a block", "PUT", "?uploadid=x&blockid=0"],
    ["a commit", "POST", "?uploadid=x"],
    ["a stream session", "POST", "/streams"],
  ])("is refused %s, in the tunnel's shape", async (_, method, below) => {
    const answer = await reader(method, tablePath(emulator, "t") + below, { headers: tunnelHeaders });
    expect([answer.status, answer.headers.get("content-type"), answer.json()["Code"]]).toEqual([
      403,
      "application/json",
      "NoPermission",
    ]);
    expect(answer.json()["Message"]).toMatch(/^ODPS-0130013:/);
  });

  it.each([
    "create table u (id bigint);",
    "drop table t;",
    "truncate table t;",
    "alter table t rename to u;",
    "create schema s;",
    "insert into t values (1, 'x');",
    "insert overwrite table t select * from t where false;",
    "create table u as select * from t;",
  ])("is refused %s, as the result of the job", async (statement) => {
    for (const ask of [reader, bearer]) {
      expect(await sql(ask, statement)).toContain("ODPS-0130013:Authorization exception");
    }
    expect(await emulator.readRows("t")).toHaveLength(3);
  });
});

describe("who has no access to a project", () => {
  it("is refused by the service in XML and by the tunnel in JSON", async () => {
    const service = await stranger("GET", tablePath(emulator, "t"));
    expect(service.status).toBe(403);
    expect(service.headers.get("content-type")).toBe("application/xml");
    expect(service.text).toContain("<Code>AccessDenied</Code>");
    const tunnel = await stranger("POST", `${tablePath(emulator, "t")}?downloads`, {
      headers: tunnelHeaders,
    });
    expect([tunnel.status, tunnel.json()["Code"]]).toEqual([403, "AccessDenied"]);
  });

  it("cannot reach it through SQL of another project either", async () => {
    for (const statement of [
      "desc shop.t;",
      "drop table shop.t;",
      "create table shop.u (id bigint);",
      "create table mine like shop.t;",
      "show tables in shop;",
      "select * from shop.t;",
      "insert into shop.t values (1, 'x');",
      "create table mine as select * from shop.t;",
    ]) {
      expect(await sql(stranger, statement, "reports")).toContain("ODPS-0130013:Authorization exception");
    }
    expect(await sql(stranger, "create table reports.mine (id bigint);", "reports")).not.toContain("ODPS-");
    expect(await sql(owner, "desc reports.mine;")).not.toContain("ODPS-");
  });

  it("is not told which other projects there are", async () => {
    for (const project of ["shop", "nothing"]) {
      const answer = await stranger("GET", `/projects/${project}`);
      expect([answer.status, answer.text]).toEqual([403, expect.stringContaining("AccessDenied")]);
    }
  });
});
