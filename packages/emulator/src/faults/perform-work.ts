import type { Clock } from "../clock.ts";
import type { Call } from "../server/call.ts";
import type { Reply } from "../server/reply.ts";
import type { Route } from "../server/router.ts";
import type { FaultPlan } from "./fault-plan.ts";
import type { EndedStatus } from "./fault-rule.ts";
import { pause } from "./pause.ts";
import { RelayedRequest, RepeatedRequest } from "./relayed-request.ts";
import { renderAnswer } from "./render-answer.ts";
import { sessionOf } from "./request-facts.ts";

/** What faults are done with. */
export interface FaultPowers {
  readonly clock: Clock;
  /** Aborted when the emulator stops. */
  readonly stopping: AbortSignal;
  /** Fills the disk until the returned function is called. */
  limitDisk(freeBytes: number): () => void;
  endSession(id: string, status: EndedStatus): Promise<void>;
}

/** What came of a request. */
export interface Work {
  readonly reply: Reply;
  /** Does the request once more, after its answer. */
  readonly again?: () => Promise<void>;
}

const keptBodyBytes = 64 * 1024 * 1024;

/**
 * Does what a route does, with everything that goes wrong before and during it.
 *
 * @throws Refusal as the route does
 */
export async function performWork(
  plan: FaultPlan,
  call: Call,
  route: Route,
  powers: FaultPowers,
): Promise<Work> {
  // A request that is late is done all the same when its sender has given up: that is what makes delays dangerous.
  await pause(powers.clock, plan.delayBeforeWorkMs, powers.stopping);
  const session = sessionOf(call.query);
  if (plan.sessionStatus !== undefined && session !== undefined) {
    await powers.endSession(session, plan.sessionStatus);
  }
  const answer = plan.answer && renderAnswer(plan.answer, { ...call, dialect: route.dialect });
  if (plan.work === "none") {
    return { reply: answer ?? { status: 0 } };
  }
  const free = plan.freeDiskBytes === undefined ? undefined : powers.limitDisk(plan.freeDiskBytes);
  try {
    const { reply, again } = await workOn(plan, call, route, powers.clock);
    return { reply: answer ?? reply, ...(again === undefined ? {} : { again }) };
  } catch (error) {
    if (answer === undefined) {
      throw error;
    }
    return { reply: answer };
  } finally {
    free?.();
  }
}

async function workOn(plan: FaultPlan, call: Call, route: Route, clock: Clock): Promise<Work> {
  const { requestBytesPerSecond: bytesPerSecond, cutBodyAfterBytes: cutAfterBytes, work } = plan;
  const repeats = work === "twice" || work === "again-after-answer";
  if (!repeats && bytesPerSecond === undefined && cutAfterBytes === undefined) {
    return { reply: await route.handle(call) };
  }
  const relay = new RelayedRequest(call.request, {
    ...{ clock, signal: call.signal, bytesPerSecond, cutAfterBytes },
    keepBytes: repeats ? keptBodyBytes : 0,
  });
  const once = async (): Promise<Reply> => {
    try {
      return await route.handle({ ...call, request: relay });
    } finally {
      relay.release();
    }
  };
  const again = async (): Promise<Reply | undefined> => {
    const body = relay.kept;
    if (body === undefined) {
      return undefined;
    }
    const request = new RepeatedRequest(call.request, body);
    // The copy is whole already: neither the client's going nor the answer's end concerns it.
    return route.handle({ ...call, request, signal: new AbortController().signal });
  };
  if (work === "again-after-answer") {
    return {
      reply: await once(),
      again: async () => {
        // Nobody hears what the second time came to.
        await again().catch(() => undefined);
      },
    };
  }
  if (work === "twice") {
    const [first] = await Promise.allSettled([once()]);
    const second = await again();
    if (second !== undefined) {
      return { reply: second };
    }
    if (first.status === "rejected") {
      throw first.reason;
    }
    return { reply: first.value };
  }
  return { reply: await once() };
}
