import type { UploadFact, UploadFactContent } from "./upload-fact.ts";

/**
 * How far an upload has come, as its journal tells. Every step is in {@link nextPhase}, which is pure.
 *
 * `new`: there is no session. `open`: blocks are being sent. `committing`: the commit was about to be posted, and
 * nothing after that is known. `in-doubt`: it was posted, and nobody could say what came of it. `committed` is final.
 */
export type UploadPhase =
  | { readonly kind: "new" }
  /**
   * `intent`: a commit of this session that is known not to have happened. `refusal`: why it could not go on when it was
   * last tried.
   */
  | {
      readonly kind: "open";
      readonly session: SessionFact;
      readonly intent?: IntentFact;
      readonly refusal?: RefusedFact;
    }
  | { readonly kind: "committing"; readonly session: SessionFact; readonly intent: IntentFact }
  | {
      readonly kind: "in-doubt";
      readonly session: SessionFact;
      readonly intent: IntentFact;
      readonly reason: string;
    }
  | {
      readonly kind: "committed";
      readonly session: SessionFact;
      readonly intent: IntentFact;
      readonly outcome: CommittedFact;
    };

export type SessionFact = FactOf<"session">;
export type IntentFact = FactOf<"commit-intended">;
export type CommittedFact = FactOf<"committed">;
export type RefusedFact = FactOf<"refused">;

/** The fact of one kind. */
export type FactOf<Kind extends UploadFactContent["kind"]> = Extract<UploadFact, { readonly kind: Kind }>;

/** The session of an upload that has one. */
export function sessionOf(phase: UploadPhase): { readonly session: SessionFact } {
  if (phase.kind === "new") throw new TypeError("Expected an upload that has a session");
  return phase;
}

/** The phase after a fact, or `undefined` for a fact that cannot come in this phase. */
export function nextPhase(phase: UploadPhase, fact: UploadFact): UploadPhase | undefined {
  switch (phase.kind) {
    case "new":
      return afterNew(phase, fact);
    case "open":
      return afterOpen(phase, fact);
    case "committing":
    case "in-doubt":
      return afterIntent(phase, fact);
    case "committed":
      return undefined;
  }
}

function afterNew(phase: UploadPhase, fact: UploadFact): UploadPhase | undefined {
  switch (fact.kind) {
    case "begun":
      return phase;
    case "session":
      return { kind: "open", session: fact };
    default:
      return undefined;
  }
}

function afterOpen(phase: UploadPhase & { kind: "open" }, fact: UploadFact): UploadPhase | undefined {
  switch (fact.kind) {
    case "source":
    case "block-sealed":
    case "block-stored":
    case "range-empty":
      return phase.refusal === undefined ? phase : withoutRefusal(phase);
    case "refused":
      return { ...phase, refusal: fact };
    case "commit-intended":
      return { kind: "committing", session: phase.session, intent: fact };
    case "session-ended":
      return { kind: "new" };
    default:
      return undefined;
  }
}

/** It went on after all. */
function withoutRefusal({ refusal: _, ...phase }: UploadPhase & { kind: "open" }): UploadPhase {
  return phase;
}

function afterIntent(
  phase: UploadPhase & { kind: "committing" | "in-doubt" },
  fact: UploadFact,
): UploadPhase | undefined {
  const { session, intent } = phase;
  switch (fact.kind) {
    case "commit-intended":
      return { kind: "committing", session, intent: fact };
    case "outcome-unknown":
      return { kind: "in-doubt", session, intent, reason: fact.reason };
    case "not-committed":
      return { kind: "open", session, intent };
    case "committed":
      return { kind: "committed", session, intent, outcome: fact };
    default:
      return undefined;
  }
}
