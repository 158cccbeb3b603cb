import { type Row, rowsOf } from "../client/rows.ts";
import type { Outcome } from "../run/outcome.ts";
import type { Schedule } from "../schedule/schedule.ts";
import { isWithinBudget } from "../schedule/within-budget.ts";
import type { Exchange } from "../world/exchange.ts";
import type { Facts } from "./facts.ts";
import { secretsIn } from "./secrets.ts";

/** What a run must never show, in words; and whether it doubled rows in the one way that no client can prevent. */
export function violationsOf(facts: Facts): {
  readonly violations: readonly string[];
  readonly excused: boolean;
} {
  const { schedule, outcome, exchanges, settled } = facts;
  const violations: string[] = [...facts.falseClaims];
  const loaded = tableOf(facts.rows, schedule);
  const isLate = exchanges.some(arrivedLate);
  const canDouble = schedule.profile === "lenient" && exchanges.some(arrivedTwiceOrLate);
  let excused = false;
  const expectOnce = (state: TableState, when: string): void => {
    if (state.kind === "whole" && state.copies > 1 && canDouble) {
      excused = true;
    } else if (!isOnce(state, schedule)) {
      violations.push(`${when}, and the table holds ${describe(state)}`);
    }
  };
  switch (outcome.kind) {
    case "success":
      expectOnce(loaded, "success was reported");
      break;
    case "failed":
      if (saysNothing.has(outcome.code)) {
        const isOfEarlierRun = exchanges.some(
          ({ operation, clientLife }) => operation === "commit" && clientLife < facts.lastLife,
        );
        if (!isEmpty(loaded, schedule)) {
          expectOnce(loaded, `${outcome.code} was reported`);
          if (!isOfEarlierRun) {
            violations.push(`${outcome.code} was reported by the run that committed`);
          }
        }
      } else if (!isEmpty(loaded, schedule) && !asksToLook.has(outcome.code)) {
        if (isLate) {
          excused = true;
        } else {
          violations.push(`${outcome.code} was reported, and the table holds ${describe(loaded)}`);
        }
      }
      break;
    case "unknown":
      if (!facts.isDoubtReal) {
        violations.push("the outcome was called unknown, and it was known");
      }
      if (!isEmpty(loaded, schedule)) {
        expectOnce(loaded, "the outcome was called unknown");
      }
      break;
    case "crashed":
      if (!isEmpty(loaded, schedule)) {
        expectOnce(loaded, "the client died");
      }
      break;
    case "hang":
      violations.push(`a promise hangs: nothing more happens (${outcome.end})`);
      break;
  }
  if (isWithinBudget(schedule) && outcome.kind !== "success") {
    violations.push(`every fault was one to be borne, and the outcome is ${describeOutcome(outcome)}`);
  }
  if (settled !== undefined) {
    const after = tableOf(settled.rows, schedule);
    if (settled.outcome.kind === "success") {
      expectOnce(after, "another look succeeded");
    } else if (isGone(settled.outcome)) {
      // Nothing but its commit ends a session before its time.
      if (settled.isYoung || !isEmpty(after, schedule)) {
        expectOnce(after, "the session was gone");
      }
    } else if (!(settled.outcome.kind === "failed" && asksToLook.has(settled.outcome.code))) {
      violations.push(`another look, without faults, ends with ${describeOutcome(settled.outcome)}`);
    }
  }
  if (facts.excessBytes > 0) {
    violations.push(`memory was ${facts.excessBytes} bytes beyond budget and one row`);
  }
  if (facts.serverStartFailure !== undefined) {
    violations.push(`the server could not start on its own disk: ${String(facts.serverStartFailure)}`);
  }
  violations.push(...secretsIn(facts));
  return { violations, excused };
}

/** What these failures say is that somebody has to look at the table. */
const asksToLook: ReadonlySet<string> = new Set([
  "session-committed-elsewhere",
  "session-lost",
  "session-critical",
]);

/** What kept a run from learning what earlier runs did: it speaks of the journal, not of what they did to the table. */
const saysNothing: ReadonlySet<string> = new Set(["journal-failed", "journal-locked", "journal-damaged"]);

/** Of a session that was not begun anew, a plain session object can only say that it is gone. */
function isGone(outcome: Outcome): boolean {
  return outcome.kind === "failed" && outcome.code === "no-such-session";
}

/** How long a client looks for a commit that got no answer before it posts again, or says that it failed. */
const settleMs = 30_000;

function arrivedLate(exchange: Exchange): boolean {
  const { operation, arrivals, toldAt } = exchange;
  return operation === "commit" && toldAt !== undefined && arrivals.some((at) => at > toldAt + settleMs);
}

function arrivedTwiceOrLate(exchange: Exchange): boolean {
  return exchange.operation === "commit" && (exchange.arrivals.length > 1 || arrivedLate(exchange));
}

/** What a table holds, as far as it matters. */
type TableState =
  | { readonly kind: "whole"; readonly copies: number }
  | { readonly kind: "empty" }
  | { readonly kind: "broken"; readonly detail: string };

function tableOf(rows: readonly Row[], schedule: Schedule): TableState {
  if (rows.length === 0) {
    return { kind: "empty" };
  }
  const counts = new Map<bigint, number>();
  const expected = rowsOf(schedule);
  for (const { id, note } of rows) {
    if (expected[Number(id)]?.note !== note) {
      return { kind: "broken", detail: `row ${id}, which nobody uploaded like that` };
    }
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  const [copies = 0] = counts.values();
  const odd = expected.find(({ id }) => counts.get(id) !== copies);
  return odd === undefined
    ? { kind: "whole", copies }
    : {
        kind: "broken",
        detail: `row ${odd.id} ${counts.get(odd.id) ?? 0} times and another ${copies} times`,
      };
}

function isOnce(state: TableState, { rows }: Schedule): boolean {
  return rows === 0 ? state.kind === "empty" : state.kind === "whole" && state.copies === 1;
}

function isEmpty(state: TableState, _schedule: Schedule): boolean {
  return state.kind === "empty";
}

function describe(state: TableState): string {
  switch (state.kind) {
    case "empty":
      return "nothing";
    case "whole":
      return state.copies === 1 ? "every row once" : `every row ${state.copies} times`;
    case "broken":
      return state.detail;
  }
}

function describeOutcome(outcome: Outcome): string {
  switch (outcome.kind) {
    case "failed":
    case "unknown":
      return `${outcome.kind}: ${outcome.error instanceof Error ? outcome.error.message : String(outcome.error)}`;
    default:
      return outcome.kind;
  }
}
