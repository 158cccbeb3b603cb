import type { Random } from "../time/random.ts";
import type { Fault, FaultKind, Moment, Notice, Operation, Target } from "./fault.ts";

/** What is known of a schedule when its faults are drawn. */
export interface FaultSetting {
  readonly client: "writer" | "job";
  readonly rows: number;
  readonly blocks: number;
  /** Draw only what the client promises to bear. */
  readonly gentle: boolean;
}

/** Draws one fault. */
export function drawFault(random: Random, setting: FaultSetting): Fault {
  const { gentle, client, rows } = setting;
  const kinds = weights(gentle, client);
  const kind = random.pick(kinds);
  const on = drawTarget(random, setting);
  switch (kind) {
    case "refuse":
      return { kind, on };
    case "lose-request":
    case "lose-answer":
      return { kind, on, notice: drawNotice(random, gentle) };
    case "reset-in-body":
      return { kind, on: { operation: "put", nth: drawNth(random, "put", setting) }, share: random.next() };
    case "delay-request":
    case "late-request":
    case "duplicate":
      return { kind, on, ms: random.skewed(1, gentle ? 100_000 : 2_000_000) };
    case "delay-answer":
      return { kind, on, ms: random.skewed(1, gentle ? 100_000 : 900_000) };
    case "cut-answer":
      return { kind, on, share: 0.99 * random.next() };
    case "status": {
      const bearable = [429, 500, 502, 503, 504, 408] as const;
      const status = random.pick(
        gentle || random.chance(0.6) ? bearable : [301, 307, 308, 400, 403, 404, 409],
      );
      const retryAfter = random.chance(0.3) ? { retryAfterS: random.between(0, 20) } : {};
      return { kind, on, status, work: random.chance(0.4), ...retryAfter };
    }
    case "garbage":
      // Nobody can know that a block was not stored when success is what was said.
      return { kind, on, work: (gentle && on.operation === "put") || random.chance(0.5) };
    case "crash-server":
      return {
        kind,
        at: drawMoment(random, setting, 600),
        downMs: gentle ? random.skewed(1, 1500) : random.skewed(1, 600_000),
        keep: drawKeep(random),
        notice: drawNotice(random, gentle),
      };
    case "crash-client":
      return {
        kind,
        at: drawMoment(random, setting, 300),
        pauseMs:
          random.chance(0.15) && !gentle ? random.skewed(hourMs, 60 * hourMs) : random.skewed(1, 600_000),
        power: random.chance(0.5),
        keep: drawKeep(random),
      };
    case "server-disk":
      return { kind, nth: random.skewed(3, 120), code: random.pick(["ENOSPC", "EIO"]) };
    case "journal-disk":
      return { kind, nth: random.skewed(1, 40) };
    case "slow-source":
      return {
        kind,
        row: random.between(0, Math.max(0, rows - 1)),
        ms: gentle ? random.skewed(1, hourMs) : random.skewed(hourMs, 30 * hourMs),
      };
    case "clock-jump": {
      const ms = random.skewed(1, gentle ? 5 * 60_000 : 30 * hourMs);
      return { kind, at: drawMoment(random, setting, 300), ms: random.chance(0.5) ? ms : -ms };
    }
    case "abort":
      return { kind, at: drawMoment(random, setting, 300) };
  }
}

const hourMs = 3_600_000;

function weights(gentle: boolean, client: "writer" | "job"): readonly [FaultKind, ...FaultKind[]] {
  return [
    "status",
    "status",
    "status",
    "lose-answer",
    "lose-answer",
    "lose-request",
    "refuse",
    "reset-in-body",
    "delay-request",
    "late-request",
    "duplicate",
    "delay-answer",
    "cut-answer",
    "garbage",
    "crash-server",
    "crash-server",
    "slow-source",
    "clock-jump",
    ...(client === "job" ? (["crash-client", "crash-client", "crash-client"] as const) : []),
    ...(gentle ? [] : (["crash-client", "server-disk", "abort"] as const)),
    ...(gentle || client === "writer" ? [] : (["journal-disk"] as const)),
  ];
}

function drawTarget(random: Random, setting: FaultSetting): Target {
  const operation = random.pick<Operation>([
    "create",
    "put",
    "put",
    "put",
    "look",
    "look",
    "commit",
    "commit",
    "commit",
  ]);
  return { operation, nth: drawNth(random, operation, setting) };
}

function drawNth(random: Random, operation: Operation, { blocks }: FaultSetting): number {
  switch (operation) {
    case "create":
      return random.skewed(1, 2);
    case "put":
      return random.between(1, Math.max(1, blocks + 2));
    case "look":
      return random.skewed(1, 6);
    case "commit":
      return random.skewed(1, 3);
  }
}

/** Silence costs minutes of a retry budget, so that few are borne. */
function drawNotice(random: Random, gentle: boolean): Notice {
  return random.chance(gentle ? 0.06 : 0.3) ? "silence" : "reset";
}

function drawKeep(random: Random): number {
  return random.pick([0, 0, 0.5, 0.9, 1]);
}

function drawMoment(random: Random, setting: FaultSetting, mostSteps: number): Moment {
  if (random.chance(0.4)) {
    return { kind: "step", step: random.skewed(1, mostSteps) };
  }
  const on = drawTarget(random, setting);
  return {
    kind: "exchange",
    on,
    phase: random.pick(["sent", "served", "told"]),
    steps: random.skewed(1, 12) - 1,
  };
}
