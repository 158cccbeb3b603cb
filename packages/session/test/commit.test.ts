import { startEmulator } from "@maxcompute-tunnel/emulator";
import {
  type Answer,
  hangUp,
  json,
  type ScriptedServer,
  type SeenRequest,
  serve,
  text,
} from "@maxcompute-tunnel/testkit";
import { describe, expect, it } from "vitest";
import {
  type BlockUploadSession,
  type CommitState,
  createUploadSession,
  resumeUploadSession,
  type TableName,
} from "../src/index.ts";
import { refusal, uploadAnswer } from "./support/answers.ts";
import { connectTo, failure, type QuickClock } from "./support/connection.ts";
import { oneRow } from "./support/packs.ts";
import { type Interference, isCommit, isLook, proxyTo } from "./support/proxy.ts";

const table: TableName = { project: "proj", table: "t" };

/** A session with one stored block, behind a proxy to a real emulator. */
async function behindProxy(
  secondCommit: "closed" | "conflict" | "not-found",
  interfere: (request: SeenRequest, nthCommit: number) => ReturnType<Interference>,
  run: (parts: {
    session: BlockUploadSession;
    proxy: ScriptedServer;
    clock: QuickClock;
    rows: () => Promise<readonly unknown[]>;
    commits: () => number;
  }) => Promise<void>,
): Promise<void> {
  await using emulator = await startEmulator({
    project: "proj",
    secondCommit,
    tables: ["create table t (id bigint, name string)"],
  });
  let commits = 0;
  await using proxy = await serve(
    proxyTo(emulator.endpoint, (request) => {
      if (isCommit(request)) commits += 1;
      return interfere(request, commits);
    }),
  );
  const connection = connectTo(proxy.endpoint);
  const session = await createUploadSession(connection, table);
  await session.putBlock(0, oneRow, { recordCount: 1 });
  await run({
    session,
    proxy,
    clock: connection.clock,
    rows: () => emulator.readRows("t"),
    commits: () => commits,
  });
}

describe.each(["closed", "conflict", "not-found"] as const)(
  "when a second commit is answered %s",
  (secondCommit) => {
    it("settles a lost answer by looking, and posts once", async () => {
      await behindProxy(
        secondCommit,
        (request) => (isCommit(request) ? "lose-answer" : "pass"),
        async ({ session, rows, commits }) => {
          expect(await session.commit([0])).toMatchObject({ confirmedBy: "status", posts: 1, blockIds: [0] });
          expect(commits()).toBe(1);
          expect(await rows()).toHaveLength(1);
        },
      );
    });

    it("posts again when the request itself was lost", async () => {
      await behindProxy(
        secondCommit,
        (request, nth) => (isCommit(request) && nth === 1 ? hangUp : "pass"),
        async ({ session, rows, commits }) => {
          expect(await session.commit([0])).toMatchObject({ confirmedBy: "answer", posts: 2 });
          expect(commits()).toBe(2);
          expect(await rows()).toHaveLength(1);
        },
      );
    });

    it.each([
      ["is not taken in by a look too early", undefined, 1, "status"],
      [
        "told not to wait, succeeds although the second post finds it done",
        0,
        2,
        secondCommit === "closed" ? "answer" : "status",
      ],
    ] as const)("%s", async (_, settleMs, posts, confirmedBy) => {
      let early = true;
      await behindProxy(
        secondCommit,
        (request, nth) => {
          if (isCommit(request)) return nth === 1 ? "lose-answer" : "pass";
          if (!isLook(request) || nth === 0 || !early) return "pass";
          early = false;
          return json(
            uploadAnswer({ UploadID: request.query.get("uploadid"), UploadedBlockList: [{ BlockID: 0 }] }),
          );
        },
        async ({ session, rows, commits }) => {
          const receipt = await session.commit([0], settleMs === undefined ? {} : { settleMs });
          expect(receipt).toMatchObject({ posts, confirmedBy });
          expect(commits()).toBe(posts);
          expect(await rows()).toHaveLength(1);
        },
      );
    });

    it("survives looks that fail, are garbled, or come from someone else, after a lost answer", async () => {
      const strange: Answer[] = [
        hangUp,
        text(502, "<html>bad gateway</html>"),
        text(404, "<html>no such page</html>"),
        text(200, '{"Status": "clo'),
        text(200, ""),
        json({ Status: 7 }),
      ];
      await behindProxy(
        secondCommit,
        (request, nth) => {
          if (isCommit(request)) return "lose-answer";
          return (isLook(request) && nth > 0 && strange.shift()) || "pass";
        },
        async ({ session, commits }) => {
          expect(await session.commit([0])).toMatchObject({ confirmedBy: "status", posts: 1 });
          expect(strange).toEqual([]);
          expect(commits()).toBe(1);
        },
      );
    });

    it("recognises a commit of an earlier process", async () => {
      await behindProxy(
        secondCommit,
        () => "pass",
        async ({ session, proxy, commits }) => {
          await session.commit([0]);
          const resumed = await resumeUploadSession(connectTo(proxy.endpoint), table, session.id);
          expect(await resumed.commit([0])).toMatchObject({
            confirmedBy: "earlier-commit",
            posts: 0,
            blockIds: [0],
          });
          expect(commits()).toBe(1);
        },
      );
    });
  },
);

describe("an answer to the commit", () => {
  const afterTheWork: readonly (readonly [string, Answer])[] = [
    ["is an internal error", refusal(500, "InternalServerError")],
    ["is a gateway's page", text(502, "<html>Bad Gateway</html>")],
    ["is no JSON", text(200, "OK")],
    ["is empty", text(200, "")],
    ["is JSON of something else", json([1, 2, 3])],
    ["is about another session", json(uploadAnswer({ UploadID: "other", Status: "closed" }))],
    ["has no status", json({})],
    ["says CLOSING", json(uploadAnswer({ UploadID: undefined, Status: "Closing" }))],
    ["says a word that is not known", json({ Status: "sealed" })],
  ];

  it.each(afterTheWork)("that %s, though the work was done, ends in success", async (_, strange) => {
    await using emulator = await startEmulator({
      project: "proj",
      tables: ["create table t (id bigint, name string)"],
    });
    const pass = proxyTo(emulator.endpoint, () => "pass");
    await using proxy = await serve(async (request, response) => {
      if (!isCommit(request)) return pass(request, response);
      await fetch(`${emulator.endpoint}${request.path}?${request.query}`, {
        method: "POST",
        headers: {
          date: String(request.headers.date),
          authorization: String(request.headers.authorization),
          "x-odps-tunnel-version": "6",
          "x-odps-user-agent": String(request.headers["x-odps-user-agent"]),
        },
      });
      return strange(request, response);
    });
    const session = await createUploadSession(connectTo(proxy.endpoint), table);
    await session.putBlock(0, oneRow);
    expect(await session.commit([0])).toMatchObject({ confirmedBy: "status", posts: 1 });
    expect(await emulator.readRows("t")).toHaveLength(1);
  });

  it("that keeps failing without effect ends in commit-failed, and the session can be committed later", async () => {
    let broken = true;
    await behindProxy(
      "closed",
      (request) => (isCommit(request) && broken ? refusal(500, "InternalServerError", "try later") : "pass"),
      async ({ session, commits, clock }) => {
        const error = await failure(session.commit([0]));
        expect(error).toMatchObject({
          code: "commit-failed",
          commitsPosted: 5,
          serviceCode: "InternalServerError",
        });
        expect(error.message).toContain(
          "nothing was committed, the session is still open and can be committed again",
        );
        expect(commits()).toBe(5);
        expect(clock.waits).toEqual([250, 500, 1000, 2000, 4000]);
        broken = false;
        expect(await session.commit([0])).toMatchObject({ confirmedBy: "answer", posts: 1 });
      },
    );
  });

  it("that throttles is waited out as long as the service asks", async () => {
    await behindProxy(
      "closed",
      (request, nth) => {
        if (!isCommit(request) || nth > 1) return "pass";
        return (_, response) => {
          response.writeHead(429, { "retry-after": "7" });
          response.end(JSON.stringify({ Code: "FlowExceeded", Message: "slow down" }));
        };
      },
      async ({ session, clock }) => {
        expect(await session.commit([0])).toMatchObject({ posts: 2 });
        expect(clock.waits).toEqual([7000]);
      },
    );
  });

  it("that refuses is final", async () => {
    await behindProxy(
      "closed",
      (request) => (isCommit(request) ? refusal(403, "NoPermission", "not you") : "pass"),
      async ({ session, commits }) => {
        await expect(session.commit([0])).rejects.toMatchObject({ name: "TunnelError", code: "permission" });
        expect(commits()).toBe(1);
      },
    );
  });
});

describe("an outcome that cannot be learnt", () => {
  it("is reported as unknown, with what to do", async () => {
    await behindProxy(
      "closed",
      (request, nth) => (isCommit(request) ? "lose-answer" : nth > 0 ? hangUp : "pass"),
      async ({ session, commits }) => {
        const error = await failure(session.commit([0]));
        expect(error).toMatchObject({
          code: "outcome-unknown",
          sessionId: session.id,
          commitsPosted: 1,
          table: "proj.t",
        });
        expect(error.message).toContain("do not upload the rows again before the session's status");
        expect(error.cause).toMatchObject({ name: "TunnelError", code: "network" });
        expect(commits()).toBe(1);
      },
    );
  });

  it("is settled by asking again later", async () => {
    let dark = true;
    await behindProxy(
      "not-found",
      (request, nth) => (isCommit(request) ? "lose-answer" : nth > 0 && dark ? hangUp : "pass"),
      async ({ session, rows }) => {
        expect((await failure(session.commit([0]))).code).toBe("outcome-unknown");
        dark = false;
        expect(await session.commit([0])).toMatchObject({ confirmedBy: "status", posts: 0 });
        expect(await rows()).toHaveLength(1);
      },
    );
  });

  it("is not claimed when the session is gone after a lost answer: it can only have been committed", async () => {
    await behindProxy(
      "closed",
      (request, nth) => {
        if (isCommit(request)) return "lose-answer";
        return isLook(request) && nth > 0 ? refusal(404, "NoSuchUpload") : "pass";
      },
      async ({ session, rows }) => {
        expect(await session.commit([0])).toMatchObject({ confirmedBy: "absence", posts: 1 });
        expect(await rows()).toHaveLength(1);
      },
    );
  });

  it("is claimed when the session may have gone of its age", async () => {
    await behindProxy(
      "closed",
      (request, nth) => {
        if (isCommit(request)) return "lose-answer";
        return isLook(request) && nth > 0 ? refusal(404, "NoSuchUpload") : "pass";
      },
      async ({ session, clock }) => {
        clock.nowMs += 24 * 3_600_000 - 60_000;
        expect((await failure(session.commit([0]))).code).toBe("outcome-unknown");
      },
    );
  });

  it("is claimed when the caller gives up while the commit is under way", async () => {
    const controller = new AbortController();
    await behindProxy(
      "closed",
      (request) => {
        if (!isCommit(request)) return "pass";
        return () => controller.abort(new Error("enough"));
      },
      async ({ session }) => {
        const error = await failure(session.commit([0], { signal: controller.signal }));
        expect(error).toMatchObject({ code: "outcome-unknown", commitsPosted: 1 });
        expect(error.cause).toMatchObject({ name: "TunnelError", code: "aborted" });
      },
    );
  });
});

describe("a commit that is watched", () => {
  it("tells each state before its step", async () => {
    const kinds: string[] = [];
    await behindProxy(
      "closed",
      (request, nth) => (isCommit(request) && nth === 1 ? "lose-answer" : "pass"),
      async ({ session }) => {
        await session.commit([0], { onState: ({ kind }: CommitState) => void kinds.push(kind) });
        expect(kinds).toEqual(["looking", "posting", "waiting", "looking"]);
      },
    );
  });

  it("is not posted when its intent could not be noted", async () => {
    await behindProxy(
      "closed",
      () => "pass",
      async ({ session, commits }) => {
        const onState = async ({ kind }: CommitState): Promise<void> => {
          if (kind === "posting") throw new Error("disk full");
        };
        await expect(session.commit([0], { onState })).rejects.toThrow("disk full");
        expect(commits()).toBe(0);
        expect(await session.commit([0])).toMatchObject({ posts: 1 });
      },
    );
  });

  it("is not begun with limits that make no sense", async () => {
    await behindProxy(
      "closed",
      () => "pass",
      async ({ session, commits }) => {
        expect((await failure(session.commit([0], { maxPosts: 0 }))).code).toBe("invalid-argument");
        expect((await failure(session.commit([0], { waitMs: Number.NaN }))).code).toBe("invalid-argument");
        expect(commits()).toBe(0);
      },
    );
  });

  it("is not posted after the caller gave up", async () => {
    await behindProxy(
      "closed",
      () => "pass",
      async ({ session, commits }) => {
        const signal = AbortSignal.abort();
        await expect(session.commit([0], { signal })).rejects.toMatchObject({
          name: "TunnelError",
          code: "aborted",
        });
        expect(commits()).toBe(0);
      },
    );
  });
});

it("waits for a commit that the server works on, and says so when it takes too long", async () => {
  let status = "normal";
  await using server = await serve((request, response) => {
    if (isCommit(request)) status = "closing";
    return json(uploadAnswer({ Status: status }))(request, response);
  });
  const connection = connectTo(server.endpoint);
  const session = await createUploadSession(connection, table);
  const error = await failure(session.commit([], { waitMs: 30_000 }));
  expect(error).toMatchObject({ code: "outcome-unknown", status: "closing", commitsPosted: 1 });
  expect(connection.clock.waits.reduce((sum, ms) => sum + ms, 0)).toBe(30_000);
  expect(server.seen.filter(isCommit)).toHaveLength(1);
});

it("does not count a connection that was never made as a commit that may have arrived", async () => {
  const server = await serve(json(uploadAnswer()));
  const { endpoint } = server;
  const session = await createUploadSession(connectTo(endpoint), table);
  const onState = async ({ kind, progress }: CommitState): Promise<void> => {
    if (kind === "posting" && progress.posts === 1) await server[Symbol.asyncDispose]();
  };
  await expect(session.commit([], { onState })).rejects.toMatchObject({
    name: "TunnelError",
    code: "network",
  });
});
