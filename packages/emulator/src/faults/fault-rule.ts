/**
 * When something goes wrong, and what.
 *
 * Of the requests that match, numbered from 1, a rule acts on those that all of `nth`, `every`, `times` and
 * `probability` let through; without any of these on every one.
 */
export interface FaultRule {
  /** Name in lists, and to remove the rule by. @default "fault-1", "fault-2" … */
  readonly id?: string;
  /** Which requests are meant. @default all */
  readonly match?: FaultMatch;
  /** Numbers of the matching requests to act on, from 1. */
  readonly nth?: number | readonly number[];
  /** Act on every third matching request, for 3. */
  readonly every?: number;
  /** Act this often and then no more. @default without end */
  readonly times?: number;
  /** Act with this probability, from 0 to 1. */
  readonly probability?: number;
  /** Start of the row of random numbers that `probability` draws from, one for each matching request. @default 1 */
  readonly seed?: number;
  readonly effect: FaultEffect;
}

/** What a request must be; every member that is given has to fit. */
export interface FaultMatch {
  /** What is asked for, such as "put block" or "commit upload"; the request list shows the names. */
  readonly action?: string | readonly string[];
  readonly project?: string;
  readonly schema?: string;
  readonly table?: string;
  /** Id of an upload, download, stream or upsert session. */
  readonly session?: string;
  readonly block?: number | readonly number[];
}

/**
 * What goes wrong.
 *
 * Effects of several rules that act on one request add up; where two exclude each other the rule that was added first
 * wins. All waiting is by the emulator's clock.
 */
export type FaultEffect =
  | AnswerEffect
  /** A redirect instead of the work, to nowhere unless `location` says where. `status` is 301, 302, 303, 307 or 308. @default 307 */
  | { readonly kind: "redirect"; readonly status?: number; readonly location?: string }
  /** Time passes before the work is begun, or before its answer is sent. @default before "work" */
  | { readonly kind: "delay"; readonly delayMs: number; readonly before?: "work" | "answer" }
  /**
   * The connection is reset: before any of the body is read, once `bodyBytes` of it have arrived (a shorter body
   * passes), or when the work is done and before its answer.
   */
  | { readonly kind: "reset"; readonly when: "before-body" | "before-answer" }
  | { readonly kind: "reset"; readonly when: "in-body"; readonly bodyBytes: number }
  /** Nothing more is heard, until the client hangs up: before the body is read, or when the work is done. */
  | { readonly kind: "hang"; readonly when: "before-body" | "before-answer" }
  /**
   * The answer ends early: after `bytes` of its body, or of its head. An answer without a body ends in its head.
   * @default in "body", 0 bytes
   */
  | { readonly kind: "truncate"; readonly in?: "head" | "body"; readonly bytes?: number }
  /** Meaningless bytes in place of the answer's body, or of all of it. @default "body", seed 1 */
  | { readonly kind: "garbage"; readonly in?: "head" | "body"; readonly seed?: number }
  /** The answer announces `by` bytes more (or, below zero, fewer) than it has. A streamed answer never ends. */
  | { readonly kind: "content-length"; readonly by: number }
  /**
   * The request is done twice, as when something on the way delivers it again: both before the answer, which is then
   * the second one's, or the second time after the answer. Bodies over 64 MiB are delivered once. @default "before-answer"
   */
  | { readonly kind: "duplicate"; readonly second?: "before-answer" | "after-answer" }
  /** Bodies of requests, of answers, or both go at this rate. */
  | {
      readonly kind: "throttle";
      readonly requestBytesPerSecond?: number;
      readonly answerBytesPerSecond?: number;
    }
  /** The session that the request names gets this status before the work; its blocks are gone. */
  | { readonly kind: "session-status"; readonly status: EndedStatus }
  /** The disk takes `freeBytes` more and then nothing, for everyone, as long as the request is worked on. @default 0 */
  | { readonly kind: "disk-full"; readonly freeBytes?: number };

/** A status that a session does not come back from. */
export type EndedStatus = "expired" | "critical" | "canceled";

/** An answer that has nothing to do with the work. */
export interface AnswerEffect {
  readonly kind: "answer";
  /** From 200 to 599. */
  readonly status: number;
  /** Error code. @default the usual one of the status, such as FlowExceeded for 429 */
  readonly code?: string;
  readonly message?: string;
  /** Further headers, such as `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** `HoldClientMillis` of the error document: how long the client is asked to hold back. */
  readonly holdClientMs?: number;
  /** Text in place of the error document. @default an error document from status 400, nothing below */
  readonly body?: string;
  /** Whether the work is done all the same. @default "skipped" */
  readonly work?: "skipped" | "done";
}
