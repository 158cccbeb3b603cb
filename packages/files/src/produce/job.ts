import type { EncodedBlock, EncodeTask } from "../format/format.ts";
import type { BlockRunner, RunningTask } from "../pool/block-runner.ts";
import type { HeldBlocks } from "./held-blocks.ts";

type JobState =
  | { readonly kind: "idle" }
  | { readonly kind: "making" }
  | { readonly kind: "ended" }
  | { readonly kind: "failed"; readonly error: unknown };

/** One task and the blocks of it that nobody has taken yet. */
export class Job {
  readonly task: EncodeTask;
  readonly blocks: EncodedBlock[] = [];
  state: JobState = { kind: "idle" };
  /** Where the last block ended, once the task has. */
  end: number | undefined;
  readonly #running: RunningTask;
  readonly #held: HeldBlocks;
  readonly #onChange: () => void;
  #isCancelled = false;

  constructor(
    task: EncodeTask,
    runner: BlockRunner,
    held: HeldBlocks,
    onChange: () => void,
    urgency?: "urgent",
  ) {
    this.task = task;
    this.#held = held;
    this.#onChange = onChange;
    this.#running = runner.start(task, urgency);
  }

  get isUnderWay(): boolean {
    return this.state.kind === "idle" || this.state.kind === "making";
  }

  /** Has the next block made, unless one is being made or the task is over. */
  advance(): void {
    if (this.state.kind !== "idle") return;
    this.state = { kind: "making" };
    this.#held.hold();
    this.#running.next().then(
      (block) => this.#take(block),
      (error: unknown) => {
        this.#held.free();
        this.state = { kind: "failed", error };
        this.#onChange();
      },
    );
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#running.cancel();
    for (const block of this.blocks.splice(0)) this.#drop(block);
  }

  #take(block: EncodedBlock | undefined): void {
    if (block === undefined) {
      this.#held.free();
      this.state = { kind: "ended" };
    } else {
      this.state = { kind: "idle" };
      this.end = block.end;
      if (this.#isCancelled) this.#drop(block);
      else this.blocks.push(block);
    }
    this.#onChange();
  }

  #drop(block: EncodedBlock): void {
    freeBlock(block, this.#held);
  }
}

/** Gives a block's memory back at once, not when a collector comes by. */
export function freeBlock({ chunks }: EncodedBlock, held: HeldBlocks): void {
  for (const { buffer } of chunks) if (buffer.byteLength > 0) buffer.transfer(0);
  held.free();
}
