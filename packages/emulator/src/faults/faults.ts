import { EmulatorError } from "../errors.ts";
import {
  type BookedRule,
  bookRule,
  decideFaults,
  type FaultBook,
  type FaultStatus,
  type RequestFacts,
} from "./fault-book.ts";
import { type FaultPlan, noFaults, planFaults } from "./fault-plan.ts";
import type { FaultRule } from "./fault-rule.ts";
import { parseFaultRule } from "./parse-fault-rule.ts";

/** The fault rules of a running emulator. */
export interface Faults {
  /**
   * Adds a rule and returns its id.
   *
   * @throws EmulatorError `invalid-fault` when a member does not fit, or the id is taken
   */
  add(rule: FaultRule): string;
  /** All rules in the order they were added, with what they have seen. */
  list(): readonly FaultStatus[];
  /** Removes a rule; false when there is none of that id. */
  remove(id: string): boolean;
  /** Removes all rules and returns how many there were. */
  clear(): number;
}

/** Rules, with what only the server itself does with them. */
export interface FaultRegister extends Faults {
  /** Adds rules that came from outside, all or none, and returns their ids. `path` names where they stand. */
  addAll(rules: readonly { readonly value: unknown; readonly path: string }[]): readonly string[];
  /** What goes wrong with a request that has arrived. */
  planFor(facts: RequestFacts): FaultPlan;
}

/** Keeps rules that speak of these actions. */
export function createFaults(actions: readonly string[]): FaultRegister {
  let book: FaultBook = [];
  let added = 0;

  const freeId = (taken: FaultBook): string => {
    do {
      added += 1;
    } while (taken.some(({ id }) => id === `fault-${added}`));
    return `fault-${added}`;
  };
  const addAll: FaultRegister["addAll"] = (rules) => {
    let next = book;
    const ids = rules.map(({ value, path }) => {
      const rule = parseFaultRule(value, { actions, path });
      const id = rule.id ?? freeId(next);
      if (next.some((booked) => booked.id === id)) {
        const at = path === "" ? "id" : `${path}.id`;
        throw new EmulatorError("invalid-fault", `Expected ${at} to be new, got ${JSON.stringify(id)}`, {
          path: at,
        });
      }
      next = bookRule(next, id, rule);
      return id;
    });
    book = next;
    return ids;
  };

  return {
    add: (rule) => addAll([{ value: rule, path: "" }])[0] ?? "",
    addAll,
    list: () => book.map(statusOf),
    remove(id) {
      const before = book.length;
      book = book.filter((booked) => booked.id !== id);
      return book.length < before;
    },
    clear() {
      const { length } = book;
      book = [];
      return length;
    },
    planFor(facts) {
      if (book.length === 0) {
        return noFaults;
      }
      const decided = decideFaults(book, facts);
      book = decided.book;
      return planFaults(decided.fired);
    },
  };
}

function statusOf({ id, rule, matched, fired }: BookedRule): FaultStatus {
  return { id, rule, matched, fired };
}
