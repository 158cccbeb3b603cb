import type { Direction, Mishap, MishapEffect } from "@maxcompute-tunnel/testkit";
import { seededRandom } from "../random.ts";

/** Every kind of thing that happens to the network, in either direction. */
export const mishapKinds: readonly {
  readonly direction: Direction;
  readonly kind: MishapEffect["kind"];
}[] = (["reset", "half-close", "half-open", "stall", "drip", "corrupt"] as const).flatMap((kind) => [
  { direction: "up", kind },
  { direction: "down", kind },
]);

/** How many bytes of an undisturbed upload go in each direction. */
export type UsualBytes = Readonly<Record<Direction, number>>;

/** Draws what happens in a round: kinds in turn, places spread evenly over all bytes, or moments of the first second. */
export function drawMishap(seed: number, rounds: number, round: number, usual: UsualBytes): Mishap {
  const random = seededRandom(Math.imul(seed, 0x10003) + round);
  const { direction, kind } = mishapKinds[round % mishapKinds.length]!;
  const turn = Math.floor(round / mishapKinds.length);
  const share = (turn + random()) / Math.ceil(rounds / mishapKinds.length);
  // Bytes can only be changed where they are; all else may as well come by the clock.
  const byTime = kind !== "corrupt" && kind !== "drip" && random() < 0.2;
  return {
    direction,
    at: byTime ? { ms: Math.floor(share * 300) } : { bytes: Math.floor(share * usual[direction]) },
    effect: effectOf(kind, random),
  };
}

function effectOf(kind: MishapEffect["kind"], random: () => number): MishapEffect {
  switch (kind) {
    case "stall":
      // Some are shorter than the client's patience, some longer.
      return { kind, ms: random() < 0.5 ? 100 : 60_000 };
    case "drip":
      return { kind, bytes: 2_000, pieceBytes: 1 + Math.floor(random() * 20), pauseMs: 1 };
    case "corrupt":
      return {
        kind,
        bytes: random() < 0.5 ? 1 : 1 + Math.floor(random() * 64),
        mask: 1 << Math.floor(random() * 8),
      };
    default:
      return { kind };
  }
}
