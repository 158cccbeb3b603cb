import type { FaultMatch, FaultRule } from "./fault-rule.ts";
import { Fields, unfit } from "./fields.ts";
import { parseFaultEffect } from "./parse-fault-effect.ts";

/** What rules can speak of. */
export interface RuleVocabulary {
  /** Actions of all routes. */
  readonly actions: readonly string[];
  /** Where the rule stands, for messages. @default it stands alone */
  readonly path?: string;
}

const counts = { from: 1, to: 1_000_000_000 } as const;

/**
 * Checks a rule that came as JSON, or from a program without types.
 *
 * @throws EmulatorError `invalid-fault` with the path of the member that does not fit
 */
export function parseFaultRule(value: unknown, { actions, path = "" }: RuleVocabulary): FaultRule {
  const fields = new Fields(value, path);
  const id = fields.text("id");
  if (id !== undefined && !/^[\w.-]{1,100}$/.test(id)) {
    throw unfit(fields.path("id"), "at most 100 letters, digits, dots and dashes", id);
  }
  const match = fields.take("match");
  const rule = {
    id,
    match: match === undefined ? undefined : parseMatch(match, fields.path("match"), actions),
    nth: fields.integers("nth", counts),
    every: fields.integer("every", counts),
    times: fields.integer("times", counts),
    probability: probability(fields),
    seed: fields.integer("seed", { from: 0, to: 2 ** 32 - 1 }),
    effect: parseFaultEffect(fields.take("effect"), fields.path("effect")),
  };
  fields.end();
  if (rule.seed !== undefined && rule.probability === undefined) {
    throw unfit(fields.path("probability"), "there with a seed", undefined);
  }
  return given(rule);
}

function parseMatch(value: unknown, path: string, actions: readonly string[]): FaultMatch {
  const fields = new Fields(value, path);
  const match = {
    action: fields.choices("action", actions),
    project: fields.text("project"),
    schema: fields.text("schema"),
    table: fields.text("table"),
    session: fields.text("session"),
    block: fields.integers("block", { from: 0, to: 999_999_999 }),
  };
  fields.end();
  return given(match);
}

function probability(fields: Fields): number | undefined {
  const value = fields.take("probability");
  if (value !== undefined && !(typeof value === "number" && value >= 0 && value <= 1)) {
    throw unfit(fields.path("probability"), "a number from 0 to 1", value);
  }
  return value;
}

/** Only the members that have a value. */
function given<T extends object>(members: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
