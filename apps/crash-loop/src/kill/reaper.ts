import { setTimeout as wait } from "node:timers/promises";
import type { Client } from "../world/client.ts";
import type { GateKeeper, Passage, Step } from "../world/gate.ts";
import type { Lane } from "../world/lane.ts";

/** Who dies. */
export type Victim = "client" | "emulator" | "both";

/** The moment at which somebody dies: the first of these that comes. */
export interface Trigger {
  /** So long after the client was started. */
  readonly afterMs?: number;
  /** Once the client has told of success. */
  readonly isTold?: boolean;
  /** At a step of a request. */
  isReached?(passage: Passage, step: Step): boolean;
  /** How many more bytes of a body may pass before its step `cut`; `Infinity` for all. */
  allowance?(passage: Passage, passedBytes: number): number;
  /** How long after the step. @default 0 */
  readonly lingerMs?: number;
}

/** One death: when, who, and of what. */
export interface Strike {
  readonly trigger: Trigger;
  readonly victim: Victim;
  readonly signal: "SIGKILL" | "SIGTERM" | "SIGINT";
}

/** Waits for the moment, and strikes once. */
export class Reaper implements GateKeeper {
  readonly #lane: Lane;
  readonly #client: Client;
  readonly #strike: Strike | undefined;
  readonly #awayMs: number;
  readonly #timers = new AbortController();
  #passed = 0;
  #cutAt = 0;
  #striking: Promise<void> | undefined;
  #back: Promise<void> = Promise.resolve();

  /** @param awayMs how long the emulator is away when it died */
  constructor(lane: Lane, client: Client, strike: Strike | undefined, awayMs: number) {
    this.#lane = lane;
    this.#client = client;
    this.#strike = strike;
    this.#awayMs = awayMs;
    const { afterMs, isTold } = strike?.trigger ?? {};
    if (afterMs !== undefined) {
      const { signal } = this.#timers;
      wait(afterMs, undefined, { signal }).then(
        () => this.#strikeOnce(),
        () => {},
      );
    }
    if (isTold === true) client.spoke.then(() => this.#strikeOnce()).catch(() => {});
  }

  get struck(): boolean {
    return this.#striking !== undefined;
  }

  /** Bytes of blocks that had passed when it struck. */
  get passedBytes(): number {
    return this.#passed;
  }

  allowance(passage: Passage, passedBytes: number): number {
    if (this.struck || passage.asked !== "put block") return Number.POSITIVE_INFINITY;
    const allowed = this.#strike?.trigger.allowance?.(passage, passedBytes) ?? Number.POSITIVE_INFINITY;
    if (allowed < Number.POSITIVE_INFINITY) this.#cutAt = passedBytes + allowed;
    return allowed;
  }

  async step(passage: Passage, step: Step): Promise<boolean> {
    if (step === "sent" && passage.asked === "put block" && !this.struck) this.#passed += passage.bodyBytes;
    const strike = this.#strike;
    if (strike === undefined || this.struck) return true;
    const { isReached, lingerMs = 0 } = strike.trigger;
    if (isReached?.(passage, step) !== true) return true;
    if (lingerMs > 0) await wait(lingerMs);
    if (step === "cut") this.#passed += this.#cutAt;
    await this.#strikeOnce();
    // What asks a process to stop lets it finish; a death breaks what it held.
    return strike.signal !== "SIGKILL" || step === "answered";
  }

  /** Resolves when whoever was killed is back, or gone for good. */
  async over(): Promise<void> {
    this.#timers.abort();
    await this.#striking;
    if (this.#lane.gate.upstream === undefined) await this.#back;
  }

  #strikeOnce(): Promise<void> {
    this.#striking ??= this.#kill();
    return this.#striking;
  }

  async #kill(): Promise<void> {
    const { victim = "client", signal = "SIGKILL" } = this.#strike ?? {};
    if (victim !== "emulator") this.#client.child.kill(signal);
    if (victim !== "client") {
      await this.#lane.killEmulator();
      this.#back = wait(this.#awayMs).then(() => this.#lane.startEmulator());
    }
  }
}
