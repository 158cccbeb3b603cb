import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isEmulatorError, type RunningEmulator, startEmulator } from "../src/index.ts";
import {
  type Ask,
  clientOf,
  createUpload,
  tablePath,
  threeRecords,
  tunnelHeaders,
} from "./support/client.ts";
import { runCommand } from "./support/emulator-process.ts";

let emulator: RunningEmulator;
let ask: Ask;
let path: string;

beforeEach(async () => {
  emulator = await startEmulator({ control: true, tables: ["create table t (id bigint, name string)"] });
  ask = clientOf(emulator);
  path = tablePath(emulator, "t");
});
afterEach(() => emulator.close());

/** Asks a control path as a program on this machine does. */
async function control(method: string, below: string, body?: unknown): Promise<[number, unknown]> {
  const response = await fetch(`${emulator.endpoint}/__emulator/${below}`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  return [response.status, await response.json()];
}

const rule = { match: { action: "put block" }, times: 1, effect: { kind: "answer", status: 503 } } as const;

describe("fault rules over HTTP", () => {
  it("are added, shown with what they did, and removed", async () => {
    expect(await control("POST", "faults", rule)).toEqual([
      201,
      { faults: [{ id: "fault-1", rule, matched: 0, fired: 0 }] },
    ]);
    const id = await createUpload(ask, path);
    const put = () =>
      ask("PUT", `${path}?uploadid=${id}&blockid=0`, { headers: tunnelHeaders, body: threeRecords });
    const refused = await put();
    expect([refused.status, refused.json()["Code"]]).toEqual([503, "ServiceUnavailable"]);
    expect((await put()).status).toBe(200);
    expect(await control("GET", "faults")).toEqual([
      200,
      { faults: [{ id: "fault-1", rule, matched: 2, fired: 1 }] },
    ]);
    expect(await control("DELETE", "faults/fault-1")).toEqual([200, { removed: 1 }]);
    expect((await control("DELETE", "faults/fault-1"))[0]).toBe(404);
  });

  it("come several at a time, all or none", async () => {
    const wrong = { ...rule, effect: { kind: "answer", status: 99 } };
    expect(await control("POST", "faults", [rule, wrong])).toEqual([
      400,
      {
        error: {
          code: "invalid-fault",
          path: "[1].effect.status",
          message: "Expected [1].effect.status to be a whole number from 200 to 599, got 99",
        },
      },
    ]);
    expect(emulator.faults.list()).toEqual([]);
    expect((await control("POST", "faults", [rule, { ...rule, id: "second" }]))[0]).toBe(201);
    expect((await control("POST", "faults", { ...rule, id: "second" }))[0]).toBe(400);
    expect(await control("DELETE", "faults")).toEqual([200, { removed: 2 }]);
  });

  it("do not touch each other's tables, and none is met without a signature", async () => {
    emulator.faults.add({ match: { table: "other" }, effect: { kind: "reset", when: "before-body" } });
    emulator.faults.add({ match: { action: "get table" }, nth: 1, effect: { kind: "answer", status: 500 } });
    await createUpload(ask, path);
    expect((await fetch(`${emulator.endpoint}${path}`)).status).toBe(401);
    expect((await ask("GET", path)).status).toBe(500);
  });
});

describe("the clock over HTTP", () => {
  it("is told and put forward", async () => {
    const before = emulator.clock.now();
    const [status, told] = await control("POST", "clock", { advanceMs: 86_400_000 });
    expect(status).toBe(200);
    expect((told as { nowMs: number }).nowMs - before).toBeGreaterThanOrEqual(86_400_000);
    expect(await control("GET", "clock")).toEqual([
      200,
      { now: expect.stringMatching(/Z$/), nowMs: expect.any(Number) },
    ]);
  });

  it.each([{}, { advanceMs: -1 }, { advanceMs: "1" }, { advanceMs: 1e15 }, { advanceMs: 1, by: 2 }, null])(
    "is left alone by %j",
    async (body) => {
      expect((await control("POST", "clock", body))[0]).toBe(400);
    },
  );
});

describe("the request list over HTTP", () => {
  it("tells what was asked, without secrets, and can be narrowed", async () => {
    const id = await createUpload(ask, path);
    await ask("PUT", `${path}?uploadid=${id}&blockid=7`, { headers: tunnelHeaders, body: threeRecords });
    await ask("GET", `${path}?uploadid=nowhere`, { headers: tunnelHeaders });
    const [, told] = await control("GET", "requests?action=put+block");
    const { requests } = told as { requests: { requestId: string; headers: object }[] };
    expect(requests).toEqual([
      {
        requestId: expect.any(String),
        at: expect.any(Number),
        method: "PUT",
        url: `${path}?uploadid=${id}&blockid=7`,
        headers: expect.objectContaining({ authorization: "[removed]", "x-odps-tunnel-version": "6" }),
        action: "put block",
        project: "emulated",
        table: "t",
        session: id,
        block: 7,
        status: 200,
      },
    ]);
    const count = async (query: string): Promise<unknown> =>
      ((await control("GET", `requests?${query}`))[1] as { requests: unknown[] }).requests.length;
    expect([await count("status=404"), await count("code=NoSuchUpload"), await count("limit=2")]).toEqual([
      1, 1, 2,
    ]);
    expect([await count(`after=${requests[0]?.requestId}`), await count("block=8")]).toEqual([1, 0]);
    expect((await control("GET", "requests?colour=red"))[0]).toBe(400);
    expect(JSON.stringify(await control("GET", "requests"))).not.toContain(emulator.accessKeySecret);
  });
});

describe("control", () => {
  it("is there only where it was asked for", async () => {
    await using plain = await startEmulator();
    expect((await fetch(`${plain.endpoint}/__emulator/faults`)).status).toBe(404);
    expect(plain.faults.list()).toEqual([]);
  });

  it("keeps out browsers and forms, and gives no leave to ask", async () => {
    const url = `${emulator.endpoint}/__emulator/faults`;
    const ask = async (init: RequestInit): Promise<[number, string | null]> => {
      const { status, headers } = await fetch(url, init);
      return [status, headers.get("access-control-allow-origin")];
    };
    expect(await ask({ headers: { origin: emulator.endpoint } })).toEqual([403, null]);
    expect(await ask({ method: "POST", body: JSON.stringify(rule) })).toEqual([415, null]);
    expect((await ask({ method: "OPTIONS" }))[0]).toBe(405);
    expect(emulator.faults.list()).toEqual([]);
  });

  it("tells what it does not know", async () => {
    expect((await control("GET", "nothing"))[0]).toBe(404);
    expect((await control("PUT", "clock", {}))[0]).toBe(405);
    expect((await control("POST", "faults", "text"))[0]).toBe(400);
  });
});

describe("the fault command", () => {
  it("adds, lists and clears", async () => {
    const url = ["--url", emulator.endpoint];
    const add = [...url, "--action", "put block", "--nth", "1", "reset", "when=before-answer"];
    expect(await runCommand(["fault", "add", ...add])).toEqual({ code: 0, stdout: "fault-1\n", stderr: "" });
    expect((await runCommand(["fault", "list", ...url])).stdout).toBe(
      'fault-1: reset when=before-answer match={"action":"put block"} nth=1 (acted on 0 of 0)\n',
    );
    expect((await runCommand(["fault", "clear", ...url])).stdout).toBe("removed 1\n");
  });

  it("ends with one sentence when something is wrong", async () => {
    await using plain = await startEmulator();
    expect(await runCommand(["fault", "list", "--url", plain.endpoint])).toEqual({
      code: 1,
      stdout: "",
      stderr: `mctunnel-emulator: The emulator at ${plain.endpoint} is not controlled from outside; start it with --control\n`,
    });
    const wrong = await runCommand(["fault", "add", "--url", emulator.endpoint, "reset", "when=never"]);
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      'mctunnel-emulator: Expected effect.when to be one of before-body, in-body, before-answer, got "never"\n',
    ]);
    expect((await runCommand(["fault", "list"])).code).toBe(2);
  });
});

it("throws a wrong rule of the program's own with its path", () => {
  try {
    emulator.faults.add({ effect: { kind: "delay", delayMs: -1 } });
    expect.unreachable();
  } catch (error) {
    if (!isEmulatorError(error)) throw error;
    expect([error.code, error.path]).toEqual(["invalid-fault", "effect.delayMs"]);
  }
});
