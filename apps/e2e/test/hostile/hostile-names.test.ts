import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isServiceError } from "@maxcompute-tunnel/service";
import { json, rejection, serve } from "@maxcompute-tunnel/testkit";
import { journalDirectory } from "@maxcompute-tunnel/writer/node";
import {
  createTunnel,
  isSessionError,
  isTunnelError,
  isWriterError,
  type TableTarget,
} from "maxcompute-tunnel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ServedTables, serveTables } from "../support/served-tables.ts";

let served: ServedTables;
let emulator: ServedTables["emulator"];
let tunnel: ServedTables["tunnel"];
beforeAll(async () => {
  served = await serveTables([
    "create table p (id bigint) partitioned by (pt string)",
    "create table t (id bigint)",
  ]);
  ({ emulator, tunnel } = served);
});
afterAll(() => served[Symbol.asyncDispose]());

const isFailure = (error: unknown) => isTunnelError(error) || isSessionError(error) || isServiceError(error);

/** Names that are odd and can be sent. */
const odd: readonly (readonly [what: string, name: string])[] = [
  ["a percent-encoded slash", "a%2fb"],
  ["a percent-encoded percent sign", "%25%32%66"],
  ["a way up, encoded", "%2e%2e%2fx"],
  ["a way up, Windows'", "..\\x"],
  ["what queries are made of", "a&b#c?d+e;f$g"],
  ["what signatures sort and join", "x:y;z@w"],
  ["what RFC 3986 reserves and JavaScript does not", "!*()"],
  ["a letter of another script that looks like one of ours", "\u0430dmin"],
  ["a right-to-left override", "a\u202egnp.x"],
  ["an accent composed", "caf\u00e9"],
  ["an accent apart", "cafe\u0301"],
  ["slashes of other scripts", "a\u2215b\uff0fc"],
  ["letters beyond the first plane", "\u{1f5ff}\u{20000}"],
  ["a line separator", "a\u2028b"],
  ["blanks within", "a b\u00a0c\u3000d"],
];

describe.each(odd)("%s", (_, name) => {
  it("arrives as a partition as it was given, under a signature that is accepted", async () => {
    const session = await tunnel.createUploadSession("p", {
      partition: [{ name: "pt", value: name }],
      createPartition: true,
    });
    const writer = await session.openRecordWriter(0);
    writer.write({ id: 7n });
    await writer.close();
    await session.commit([0]);
    expect(emulator.requests.at(-1)).toMatchObject({ status: 200 });
    expect(await emulator.readRows("p", `pt=${name}`)).toEqual([{ id: 7n }]);
  });

  it("as a table is one that does not exist, under a signature that is accepted", async () => {
    const error = await rejection(
      tunnel.createUploadSession({ project: emulator.project, table: name }),
      isFailure,
    );
    expect(error).toMatchObject({ code: "not-found", status: 404 });
    const asProject = await rejection(tunnel.createUploadSession({ project: name, table: "t" }), isFailure);
    expect(asProject.code).not.toBe("credentials");
    expect([403, 404]).toContain("status" in asProject && asProject.status);
  });
});

describe("a name that cannot be sent", () => {
  it.each([
    ["nothing", ""],
    ["the directory itself", "."],
    ["the directory above", ".."],
    ["a line end", "t\r\nx-injected: 1"],
    ["a newline", "t\n"],
    ["a NUL", "t\0.block"],
    ["an escape sequence", "t\u001b[2J"],
    ["half a character", "t\ud800"],
  ])("since it is or holds %s is refused before anything is sent", async (_, name) => {
    await using server = await serve(json({}));
    await using lonely = createTunnel({
      ...{ tunnelEndpoint: server.endpoint, project: "proj" },
      credentials: { accessKeyId: "hostile-id", accessKeySecret: "hostile-secret" },
    });
    const targets: readonly TableTarget[] = [
      { project: "proj", table: name },
      { project: name, table: "t" },
      { project: "proj", schema: name, table: "t" },
    ];
    for (const target of targets) {
      for (const ask of [lonely.createUploadSession(target), lonely.createDownloadSession(target)]) {
        const error = await rejection(ask, isFailure);
        expect(error.code).toBe("invalid-argument");
        expect(error.message).not.toMatch(/\p{Cc}/u);
      }
    }
    if (!name.startsWith(".")) {
      const partition = [{ name: "pt", value: name }];
      const error = await rejection(
        lonely.createUploadSession({ project: "proj", table: "t" }, { partition }),
        isFailure,
      );
      expect(error.code).toBe("invalid-partition");
      expect(error.message).not.toMatch(/\p{Cc}/u);
    }
    expect(server.seen).toEqual([]);
  });
});

describe("the journal of a job", () => {
  it("lies in its directory, one plain file for each name, whatever that is", async () => {
    const above = await mkdtemp(join(tmpdir(), "hostile-jobs-"));
    const path = join(above, "journals");
    try {
      const journals = journalDirectory(path);
      for (const [, job] of [
        ...odd,
        ["", "../../canary"],
        ["", "/etc/passwd"],
        ["", "a%2f..%2fb"],
      ] as const) {
        const opened = await journals.open(job).catch((error: unknown) => {
          // Those that nobody could tell apart on a screen are no names of jobs.
          if (!isWriterError(error) || error.code !== "invalid-job") throw error;
          expect(job).toMatch(/[\p{Cf}\p{Zl}]/u);
        });
        await opened?.close();
      }
      await expect(journals.open("a\r\nb")).rejects.toMatchObject({ code: "invalid-job" });
      await expect(journals.open("a\0")).rejects.toMatchObject({ code: "invalid-job" });
      expect(await readdir(above)).toEqual(["journals"]);
      for (const file of await readdir(path)) expect(file).toMatch(/^job-[a-z0-9.-]+$/);
    } finally {
      await rm(above, { recursive: true });
    }
  });
});
