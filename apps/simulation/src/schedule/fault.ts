/** What a request is for. */
export type Operation = "create" | "put" | "look" | "commit";

/** The n-th request of a kind that any client of a run sends, from 1, repetitions counted. */
export interface Target {
  readonly operation: Operation;
  readonly nth: number;
}

/** How far an exchange has come. */
export type Phase = "sent" | "served" | "told";

/** When something happens: at the n-th event that reaches the process, or so many events after a phase of an exchange. */
export type Moment =
  | { readonly kind: "step"; readonly step: number }
  | { readonly kind: "exchange"; readonly on: Target; readonly phase: Phase; readonly steps: number };

/** What a client notices of a request that got lost: a reset connection, or nothing at all. */
export type Notice = "reset" | "silence";

/** One thing that goes wrong. All times are in virtual milliseconds. */
export type Fault =
  | { readonly kind: "refuse"; readonly on: Target }
  /** The request never arrives. */
  | { readonly kind: "lose-request"; readonly on: Target; readonly notice: Notice }
  /** The connection breaks when this share of the body has arrived. */
  | { readonly kind: "reset-in-body"; readonly on: Target; readonly share: number }
  /** The request is slow; its sender waits, or gives up. It arrives all the same. */
  | { readonly kind: "delay-request"; readonly on: Target; readonly ms: number }
  /** The sender sees a reset at once, and the request arrives later. */
  | { readonly kind: "late-request"; readonly on: Target; readonly ms: number }
  /** The request arrives a second time, so much later; nobody hears that answer. */
  | { readonly kind: "duplicate"; readonly on: Target; readonly ms: number }
  /** The work is done and the answer gets lost. */
  | { readonly kind: "lose-answer"; readonly on: Target; readonly notice: Notice }
  | { readonly kind: "delay-answer"; readonly on: Target; readonly ms: number }
  /** The answer ends early, after this share of its body. */
  | { readonly kind: "cut-answer"; readonly on: Target; readonly share: number }
  /** Another answer comes instead, before or after the work. */
  | {
      readonly kind: "status";
      readonly on: Target;
      readonly status: number;
      readonly work: boolean;
      readonly retryAfterS?: number;
    }
  /** Success comes with a body that makes no sense, before or after the work. */
  | { readonly kind: "garbage"; readonly on: Target; readonly work: boolean }
  /** The server dies and comes back; this share of what it had not synced is still there. */
  | {
      readonly kind: "crash-server";
      readonly at: Moment;
      readonly downMs: number;
      readonly keep: number;
      readonly notice: Notice;
    }
  /** The client dies; `power`: and with it what it had not synced, but for this share. It is started again later. */
  | {
      readonly kind: "crash-client";
      readonly at: Moment;
      readonly pauseMs: number;
      readonly power: boolean;
      readonly keep: number;
    }
  /** The client's clock is set forward, or back. */
  | { readonly kind: "clock-jump"; readonly at: Moment; readonly ms: number }
  /** A write of the server's disk fails. */
  | { readonly kind: "server-disk"; readonly nth: number; readonly code: "ENOSPC" | "EIO" }
  /** A write of the client's journal fails. */
  | { readonly kind: "journal-disk"; readonly nth: number }
  /** The rows stop coming for so long. */
  | { readonly kind: "slow-source"; readonly row: number; readonly ms: number }
  /** The caller aborts. */
  | { readonly kind: "abort"; readonly at: Moment };

/** The names of all faults. */
export type FaultKind = Fault["kind"];
