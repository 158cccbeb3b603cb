import type { WriterClock } from "@maxcompute-tunnel/writer";
import type { ClientParts } from "./connect.ts";

/** Virtual time as writers and sources want it. */
export function writerClock({ life, now }: ClientParts): WriterClock {
  return {
    now,
    startTimer: (run, delayMs) => life.after(delayMs, run, { label: "writer's timer" }),
  };
}
