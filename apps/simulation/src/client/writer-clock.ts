import type { WriterClock } from "@maxcompute-tunnel/writer";
import type { Life } from "../time/life.ts";

/** Virtual time as writers and sources want it. */
export function writerClock(life: Life): WriterClock {
  return {
    now: () => life.now,
    startTimer: (run, delayMs) => life.after(delayMs, run, { label: "writer's timer" }),
  };
}
