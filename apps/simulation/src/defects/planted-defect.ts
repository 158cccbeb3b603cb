import type { Ports } from "../client/ports.ts";

/** A defect that is put between the parts from outside, to see that the simulation finds it. */
export interface PlantedDefect {
  readonly name: string;
  /** What it does wrong, in words. */
  readonly what: string;
  /** Makes it anew for each run. */
  plant(): Ports;
}
