import type { Passage, Step } from "../world/gate.ts";
import type { Trigger } from "./reaper.ts";

/** Where an upload is when something dies, in the order an upload goes through them. */
export const killPhases = [
  "before the session",
  "session asked for, no answer",
  "block sealed, not sent",
  "in the middle of a block",
  "block sent, no answer",
  "between blocks",
  "all blocks stored",
  "commit intended, not sent",
  "commit sent, no answer",
  "commit answered",
  "after success was told",
] as const;

export type KillPhase = (typeof killPhases)[number];

/** When exactly something dies. */
export interface KillPoint {
  readonly phase: KillPhase;
  /** How far into the phase, or how far into all bytes of the upload: from 0 to below 1. */
  readonly moment: number;
}

/** What is known of an undisturbed upload of the same source. */
export interface UsualUpload {
  readonly blocks: number;
  /** From the start of the process until its first request. */
  readonly startMs: number;
}

/** The moment of a point. */
export function triggerOf(point: KillPoint, usual: UsualUpload, blockBytes: number): Trigger {
  const { phase, moment } = point;
  if (phase === "before the session") return { ...atStep(point, usual), afterMs: moment * usual.startMs };
  if (phase === "after success was told") return { isTold: true };
  if (phase === "commit answered" || phase === "between blocks") {
    return { ...atStep(point, usual), lingerMs: moment * 20 };
  }
  if (phase !== "in the middle of a block") return atStep(point, usual);
  const { block, part } = placeIn(point, usual);
  return {
    ...atStep(point, usual),
    allowance({ index, bodyBytes }, passedBytes) {
      const left = Math.floor(part * (bodyBytes || blockBytes)) - passedBytes;
      return index === block && left >= 0 ? left : Number.POSITIVE_INFINITY;
    },
  };
}

function atStep(point: KillPoint, usual: UsualUpload): Pick<Trigger, "isReached"> {
  return { isReached: (passage, step) => isReached(point, usual, passage, step) };
}

/** Blocks of the upload that pass before the one that a point is about, and how much of that one. */
export function placeIn({ moment }: KillPoint, { blocks }: UsualUpload): { block: number; part: number } {
  const block = Math.min(Math.floor(moment * blocks), blocks - 1);
  return { block, part: moment * blocks - block };
}

/** Whether a step of a request is the one at which something is to die. */
export function isReached(
  point: KillPoint,
  usual: UsualUpload,
  { asked, index }: Passage,
  step: Step,
): boolean {
  const { block, part } = placeIn(point, usual);
  // Which half of the wait for an answer it is: before the work, or after it.
  const late = part >= 0.5 ? "answer" : "sent";
  switch (point.phase) {
    case "before the session":
      return asked === "create session" && step === "arrived";
    case "session asked for, no answer":
      return asked === "create session" && step === (point.moment >= 0.5 ? "answer" : "sent");
    case "block sealed, not sent":
      return asked === "put block" && index === block && step === "arrived";
    case "in the middle of a block":
      return asked === "put block" && index === block && step === "cut";
    case "block sent, no answer":
      return asked === "put block" && index === block && step === late;
    case "between blocks":
      return asked === "put block" && index === Math.min(block, usual.blocks - 2) && step === "answered";
    case "all blocks stored":
      return asked === "look at session" && step === (point.moment >= 0.5 ? "answer" : "arrived");
    case "commit intended, not sent":
      return asked === "commit" && step === "arrived";
    case "commit sent, no answer":
      return asked === "commit" && step === (point.moment >= 0.5 ? "answer" : "sent");
    case "commit answered":
      return asked === "commit" && step === "answered";
    case "after success was told":
      return false;
  }
}
