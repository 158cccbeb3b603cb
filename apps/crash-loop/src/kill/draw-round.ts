import { seededRandom } from "../random.ts";
import type { ClientKind } from "../world/client.ts";
import type { GoesOn } from "./go-on.ts";
import { type KillPoint, killPhases } from "./kill-points.ts";
import type { Strike } from "./reaper.ts";

/** One death of a round. */
export interface Death extends Pick<Strike, "victim" | "signal"> {
  readonly point: KillPoint;
}

/** Everything that is drawn for a round. */
export interface RoundPlan {
  readonly round: number;
  readonly client: ClientKind;
  /** The first is spread evenly; others hit what goes on with the upload. */
  readonly deaths: readonly Death[];
  readonly goesOn: GoesOn;
  readonly parallel: number;
  /** How long the emulator is away. */
  readonly awayMs: number;
}

/** What rounds are drawn for. */
export interface Draw {
  readonly seed: number;
  readonly rounds: number;
  readonly clients: readonly ClientKind[];
  /** Signals that clients get. */
  readonly signals: readonly Death["signal"][];
}

/** Draws a round; the same seed, number of rounds and round give the same plan. */
export function drawRound({ seed, rounds, clients, signals }: Draw, round: number): RoundPlan {
  const random = seededRandom(Math.imul(seed, 0x10001) + round);
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;
  const perPhase = Math.ceil(rounds / killPhases.length);
  const first: KillPoint = {
    phase: killPhases[round % killPhases.length] as KillPoint["phase"],
    moment: (Math.floor(round / killPhases.length) + random()) / perPhase,
  };
  const death = (point: KillPoint): Death => {
    const signal = pick(signals);
    const victim = random() < 0.6 ? "client" : random() < 0.7 ? "emulator" : "both";
    return { point, signal, victim: signal === "SIGKILL" ? victim : "client" };
  };
  const deaths = [death(first)];
  while (deaths.length < 3 && random() < 0.25) {
    // What goes on has fewer blocks to send: only phases that it surely goes through.
    deaths.push(death({ phase: pick(["all blocks stored", "commit intended, not sent"]), moment: random() }));
  }
  return {
    round,
    client: clients[round % clients.length] as ClientKind,
    deaths,
    goesOn: pick(["same job", "resume the job", "resume the last"]),
    // Threads take longer to start than such a small file takes to load.
    parallel: pick([1, 1, 2, 2, 3, 4]),
    awayMs: random() * 300,
  };
}
