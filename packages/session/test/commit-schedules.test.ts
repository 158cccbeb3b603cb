import {
  type Transport,
  TunnelError,
  type TunnelRequest,
  type TunnelResponse,
} from "@maxcompute-tunnel/transport";
import fc from "fast-check";
import { expect, it } from "vitest";
import { createUploadSession, isSessionError, type SessionErrorCode } from "../src/index.ts";
import { uploadAnswer } from "./support/answers.ts";
import { quickClock } from "./support/connection.ts";

/** What becomes of a commit's request and of its answer; `late` arrives only after a few more requests. */
type PostFate =
  | "ok"
  | "lost"
  | "done-lost"
  | "late"
  | "refused-500"
  | "done-500"
  | "throttled"
  | "done-garbled"
  | "ignored"
  | "slow";
type LookFate = "ok" | "lost" | "500" | "garbled";

interface Schedule {
  readonly posts: readonly PostFate[];
  readonly looks: readonly LookFate[];
  /** From this look on none is answered. */
  readonly darkAfter: number;
  readonly secondCommit: "closed" | "conflict" | "not-found" | "loads-again";
  /** Whether a closed session is forgotten at once. */
  readonly forgets: boolean;
}

/** The upload rules of the service, small enough to be driven through thousands of schedules. */
class ModelService {
  status = "normal";
  loads = 0;
  posts = 0;
  forgotten = false;
  readonly #schedule: Schedule;
  #looks = 0;
  #late = 0;
  #closingFor = 0;
  #faults = true;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  readonly transport: Transport = async (request) => {
    await Promise.resolve();
    if (request.query?.["uploads"] !== undefined) return answer(uploadAnswer());
    return request.method === "POST" ? this.#post(request) : this.#look(request);
  };

  /** Lets everything arrive that is still on its way, and ends all faults. */
  settle(): void {
    this.#faults = false;
    if (this.#late > 0) this.#commit();
    this.#late = 0;
    if (this.status === "closing") this.#close();
  }

  #post(request: TunnelRequest): TunnelResponse {
    this.#tick();
    const fate = (this.#faults && this.#schedule.posts[this.posts]) || "ok";
    this.posts += 1;
    switch (fate) {
      case "lost":
        throw failure(request, "network");
      case "late":
        this.#late = 3;
        throw failure(request, "timeout");
      case "refused-500":
        throw failure(request, "server", 500, "InternalServerError");
      case "throttled":
        throw failure(request, "throttled", 429, "FlowExceeded");
      case "ignored":
        return answer(uploadAnswer({ Status: this.status }));
      case "slow":
        if (this.status !== "normal") return this.#commit()(request);
        this.status = "closing";
        this.#closingFor = 3;
        return answer(uploadAnswer({ Status: "closing" }));
      case "done-lost":
        this.#commit();
        throw failure(request, "network");
      case "done-500":
        this.#commit();
        throw failure(request, "server", 500, "InternalServerError");
      case "done-garbled":
        this.#commit();
        return answer("<html>");
      case "ok":
        return this.#commit()(request);
    }
  }

  #look(request: TunnelRequest): TunnelResponse {
    this.#tick();
    const { looks, darkAfter } = this.#schedule;
    const fate = (this.#faults && (this.#looks >= darkAfter ? "lost" : looks[this.#looks])) || "ok";
    this.#looks += 1;
    if (fate === "lost") throw failure(request, "network");
    if (fate === "500") throw failure(request, "server", 500, "InternalServerError");
    if (fate === "garbled") return answer({ Status: 7 });
    if (this.forgotten) throw failure(request, "not-found", 404, "NoSuchUpload");
    return answer(uploadAnswer({ Status: this.status }));
  }

  #tick(): void {
    if (this.#late > 0 && --this.#late === 0) this.#commit();
    if (this.status === "closing" && --this.#closingFor <= 0) this.#close();
  }

  #close(): void {
    this.status = "closed";
    this.loads += 1;
    this.forgotten = this.#schedule.forgets;
  }

  #commit(): (request: TunnelRequest) => TunnelResponse {
    if (this.status === "normal") {
      this.#close();
      return () => answer(uploadAnswer({ Status: "closed" }));
    }
    if (this.#schedule.secondCommit === "loads-again" && this.status === "closed") this.loads += 1;
    return (request) => {
      if (this.#schedule.secondCommit === "conflict" || this.status === "closing") {
        throw failure(request, "conflict", 409, "StatusConflict");
      }
      if (this.#schedule.secondCommit === "not-found")
        throw failure(request, "not-found", 404, "NoSuchUpload");
      return answer(uploadAnswer({ Status: this.status }));
    };
  }
}

function answer(document: unknown): TunnelResponse {
  const text = typeof document === "string" ? document : JSON.stringify(document);
  return {
    status: 200,
    headers: new Headers(),
    requestId: "r",
    attempts: 1,
    body: null,
    text: async () => text,
    json: async () => {
      if (typeof document !== "string") return document;
      throw new TunnelError("Expected JSON", { code: "invalid-response", operation: "x" });
    },
  };
}

function failure(
  { operation }: TunnelRequest,
  code: TunnelError["code"],
  status?: number,
  serviceCode?: string,
): TunnelError {
  return new TunnelError(code, { code, operation, status, serviceCode });
}

const noCommit: readonly SessionErrorCode[] = ["commit-failed", "invalid-response"];

it("every schedule of faults ends in rows loaded exactly once, rows not loaded, or an honest doubt", async () => {
  const seen = { committed: 0, failed: 0, unknown: 0 };
  const posts: readonly PostFate[] = [
    "ok",
    "lost",
    "done-lost",
    "late",
    "refused-500",
    "done-500",
    "throttled",
    "done-garbled",
    "ignored",
    "slow",
  ];
  const schedule: fc.Arbitrary<Schedule> = fc.record({
    posts: fc.array(fc.constantFrom(...posts), { maxLength: 6 }),
    looks: fc.array(fc.constantFrom<LookFate>("ok", "ok", "ok", "lost", "500", "garbled"), {
      maxLength: 12,
    }),
    darkAfter: fc.constantFrom(1, 2, 3, 100, 100, 100, 100),
    secondCommit: fc.constantFrom("closed", "conflict", "not-found", "loads-again"),
    forgets: fc.boolean(),
  });

  await fc.assert(
    fc.asyncProperty(schedule, async (drawn) => {
      const service = new ModelService(drawn);
      const connection = { transport: service.transport, endpoint: "http://model", clock: quickClock() };
      const session = await createUploadSession(connection, { project: "p", table: "t" });
      try {
        const receipt = await session.commit([]);
        service.settle();
        expect(service.loads).toBe(1);
        expect(receipt.posts).toBe(service.posts);
        seen.committed += 1;
      } catch (error) {
        service.settle();
        if (isSessionError(error) && error.code === "outcome-unknown") {
          expect(service.loads).toBeLessThanOrEqual(1);
          seen.unknown += 1;
          if (!service.forgotten) await expect(session.commit([])).resolves.toMatchObject({ blockIds: [] });
          expect(service.loads).toBe(1);
          return;
        }
        const known =
          error instanceof TunnelError || (isSessionError(error) && noCommit.includes(error.code));
        if (!known) throw error;
        expect(service.loads).toBe(0);
        seen.failed += 1;
      }
      expect(service.posts).toBeLessThanOrEqual(5);
    }),
    { numRuns: 4000 },
  );
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(50);
});
