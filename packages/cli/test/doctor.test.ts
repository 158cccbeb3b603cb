import { createServer } from "node:http";
import { listenOnLoopback, serve, text } from "@maxcompute-tunnel/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { judgeClock } from "../src/commands/doctor/clock-skew.ts";
import { startWorkplace, type Workplace } from "./workplace.ts";

let place: Workplace;
beforeAll(async () => {
  place = await startWorkplace(
    [
      "create table people (id bigint, name string)",
      "create table parts (id bigint) partitioned by (dt string)",
    ],
    {
      accessKeys: [
        { accessKeyId: "reader", accessKeySecret: "reader-secret", permissions: { proj: "read" } },
      ],
    },
  );
});
afterAll(() => place[Symbol.asyncDispose]());

/** Runs doctor with `--json` and gives status by check, and the rest. */
async function doctor(
  world: { readonly env?: Record<string, string>; readonly now?: () => number },
  ...argv: string[]
): Promise<{ exitCode: number; checks: string; of: Record<string, { message: string; fix?: string }> }> {
  const io = { env: place.env, now: Date.now, ...world };
  const { exitCode, out } = await place.mctunnelIn(io, "doctor", ...argv, "--json");
  const report = JSON.parse(out);
  expect(report).toMatchObject({ ok: exitCode === 0, command: "doctor", exitCode });
  const checks: { name: string; status: string; message: string; fix?: string }[] = report.checks;
  return {
    exitCode,
    checks: checks.map(({ name, status }) => `${name} ${status}`).join(", "),
    of: Object.fromEntries(checks.map((check) => [check.name, check])),
  };
}

describe("doctor against a running service", () => {
  it("finds everything in order, writes one block and commits nothing", async () => {
    const { exitCode, out, err } = await place.mctunnelIn({ now: Date.now }, "doctor", "proj.people");
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    expect(out).toMatch(
      new RegExp(
        `^ok {6}config {5}${place.emulator.endpoint} \\(in ODPS_ENDPOINT\\), key in the environment
skipped dns {8}127\\.0\\.0\\.1 is an address, not a name
ok {6}endpoint {3}it answers \\(HTTP \\d+ to an unsigned request\\)
ok {6}clock {6}within a minute of the service's
ok {6}signature {2}the service knows the key in the environment
ok {6}routing {4}the tunnel of proj is http://127\\.0\\.0\\.1:\\d+
ok {6}permission an upload into proj\\.people can be opened \\(2 columns\\)
ok {6}write {6}an empty block has arrived; session \\w+ is not committed and expires by itself
$`,
      ),
    );
    const puts = place.emulator.requests.filter(({ method }) => method === "PUT");
    expect(puts).toHaveLength(1);
    const session = /session (\w+)/.exec(out)![1]!;
    const status = await place.mctunnel("status", session, "proj.people", "--json");
    expect(JSON.parse(status.out)).toMatchObject({ status: "NORMAL", blocks: 1 });
    expect(await place.emulator.readRows("people")).toEqual([]);
  });

  it("does without a table, and without a project", async () => {
    expect(await doctor({}, "--project", "proj")).toMatchObject({
      exitCode: 0,
      checks:
        "config ok, dns skipped, endpoint ok, clock ok, signature ok, routing ok, permission skipped, write skipped",
    });
    expect((await doctor({})).checks).toContain("signature skipped, routing skipped");
  });

  it("goes straight to a tunnel endpoint that was set by hand", async () => {
    const { ODPS_ENDPOINT, ...key } = place.env;
    const found = await doctor({ env: { ...key, ODPS_TUNNEL_ENDPOINT: ODPS_ENDPOINT! } }, "proj.people");
    expect(found.checks).toBe(
      "config ok, dns skipped, endpoint ok, clock ok, signature skipped, routing skipped, permission ok, write ok",
    );
  });
});

describe("doctor finds", () => {
  it("settings that are missing", async () => {
    const found = await doctor({ env: {} });
    expect(found).toMatchObject({
      exitCode: 2,
      of: { config: { fix: expect.stringContaining("mctunnel configure") } },
    });
    expect(found.checks).toBe(
      "config failed, dns skipped, endpoint skipped, clock skipped, signature skipped, routing skipped, permission skipped, write skipped",
    );
  });

  it("a name without an address", async () => {
    const found = await doctor(
      { env: { ...place.env, ODPS_ENDPOINT: "http://no-such-host.invalid/api" } },
      "p.t",
    );
    expect(found.checks).toContain("config ok, dns failed, endpoint skipped");
    expect(found).toMatchObject({
      exitCode: 5,
      of: { dns: { message: expect.stringContaining("no-such-host.invalid") } },
    });
  });

  it("an endpoint where nobody listens", async () => {
    const closed = await listenOnLoopback(createServer());
    await closed[Symbol.asyncDispose]();
    const found = await doctor({ env: { ...place.env, ODPS_ENDPOINT: closed.endpoint } }, "proj.people");
    expect(found).toMatchObject({
      exitCode: 5,
      checks: expect.stringContaining("endpoint failed, clock skipped, signature skipped"),
      of: { endpoint: { fix: "Check the endpoint's host and port." } },
    });
  });

  it("a port that is never connected to, with the exit code that every command has for it", async () => {
    place.write("one.csv", "1,a\n");
    const env = {
      ...place.env,
      ODPS_ENDPOINT: "http://127.0.0.1:1",
      ODPS_TUNNEL_ENDPOINT: "http://127.0.0.1:1",
    };
    const said = "port 1 is one of those that fetch never connects to";
    const found = await doctor({ env }, "proj.people");
    expect(found).toMatchObject({
      exitCode: 2,
      of: { endpoint: { message: `http://127.0.0.1:1: ${said}`, fix: "Check the endpoint's port." } },
    });
    const upload = await place.mctunnelIn({ env }, "upload", "one.csv", "proj.people");
    expect(upload.exitCode).toBe(2);
    expect(upload.err).toContain(`the exchange with http://127.0.0.1:1 cannot be made: ${said}.`);
  });

  it("an endpoint that is not the service", async () => {
    await using server = await serve(text(404, "<html>nothing here</html>"));
    const found = await doctor({ env: { ...place.env, ODPS_ENDPOINT: server.endpoint } }, "proj.people");
    expect(found.exitCode).toBeGreaterThan(0);
    expect(found.checks).toContain("routing failed, permission skipped");
  });

  it("an endpoint that speaks no TLS", async () => {
    const secure = place.emulator.endpoint.replace("http:", "https:");
    const found = await doctor({ env: { ...place.env, ODPS_ENDPOINT: secure } }, "proj.people");
    expect(found).toMatchObject({
      exitCode: 5,
      of: { endpoint: { fix: "Check whether the endpoint is http or https." } },
    });
  });

  it("a wrong key", async () => {
    const found = await doctor({ env: { ...place.env, ODPS_ACCESS_KEY: "wrong-secret" } }, "proj.people");
    expect(found).toMatchObject({
      exitCode: 4,
      checks: expect.stringContaining("clock ok, signature failed, routing skipped, permission skipped"),
      of: { signature: { fix: "Check the access key in the environment." } },
    });
    expect(JSON.stringify(found)).not.toContain("wrong-secret");
  });

  it("a clock that is an hour off, either way", async () => {
    for (const [hours, word] of [
      [1, "60 minutes ahead"],
      [-1, "60 minutes behind"],
    ] as const) {
      const found = await doctor({ now: () => Date.now() + hours * 3_600_000 }, "proj.people");
      expect(found.exitCode).toBe(4);
      expect(found.checks).toContain("clock failed, signature failed");
      expect(found.of["clock"]!.message).toContain(word);
      expect(found.of["signature"]!.fix).toBe("Set this machine's clock right.");
    }
  });

  it("a key that may only read", async () => {
    const env = { ...place.env, ODPS_ACCESS_ID: "reader", ODPS_ACCESS_KEY: "reader-secret" };
    const found = await doctor({ env }, "proj.people");
    expect(found.checks).toContain("signature ok, routing ok, permission failed, write skipped");
    expect(found).toMatchObject({
      exitCode: 4,
      of: { permission: { fix: expect.stringContaining("owner") } },
    });
  });

  it("a table that does not exist, and a partition that is not named", async () => {
    expect(await doctor({}, "proj.missing")).toMatchObject({ exitCode: 8 });
    expect(await doctor({}, "proj.parts")).toMatchObject({
      exitCode: 2,
      of: { permission: { fix: expect.stringContaining("PROJECT.TABLE/pt=value") } },
    });
  });

  it("a block that does not arrive", async () => {
    await using broken = await startWorkplace(["create table people (id bigint)"]);
    broken.emulator.faults.add({ match: { action: "put block" }, effect: { kind: "answer", status: 500 } });
    const { exitCode, out } = await broken.mctunnelIn({ now: Date.now }, "doctor", "proj.people", "--json");
    expect(JSON.parse(out).checks.at(-1)).toMatchObject({ name: "write", status: "failed" });
    expect(exitCode).toBe(10);
  });
});

describe("a clock is judged by the date of an answer", () => {
  const noon = Date.UTC(2026, 0, 1, 12);
  const at = (ms: number): string => new Date(noon + ms).toUTCString();

  it.each([
    [at(0), "ok", "within a minute"],
    [at(59_000), "ok", "within a minute"],
    [at(600_000), "ok", "10 minutes behind"],
    [at(-600_000), "ok", "10 minutes ahead"],
    [at(-960_000), "failed", "16 minutes ahead"],
    [at(86_400_000 * 3), "failed", "3 days behind"],
    ["no date", "skipped", "does not say"],
    [null, "skipped", "does not say"],
  ])("%s", (date, status, message) => {
    expect(judgeClock(date, noon, noon + 200)).toMatchObject({
      status,
      message: expect.stringContaining(message),
    });
  });
});
