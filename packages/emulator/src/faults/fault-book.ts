import type { FaultEffect, FaultMatch, FaultRule } from "./fault-rule.ts";
import { draw } from "./random.ts";

/** What rules look at in a request. */
export interface RequestFacts {
  readonly action: string;
  readonly project?: string;
  readonly schema?: string;
  readonly table?: string;
  readonly session?: string;
  readonly block?: number;
}

/** A rule and what it has seen. */
export interface FaultStatus {
  readonly id: string;
  readonly rule: FaultRule;
  /** Requests that matched. */
  readonly matched: number;
  /** Requests that it acted on. */
  readonly fired: number;
}

/** A rule in the book, with the state of its random numbers. */
export interface BookedRule extends FaultStatus {
  readonly random: number;
}

/** All rules, in the order they were added. */
export type FaultBook = readonly BookedRule[];

/** A rule that acts on a request. */
export interface FiredFault {
  readonly id: string;
  readonly effect: FaultEffect;
}

/** The book with one more rule. */
export function bookRule(book: FaultBook, id: string, rule: FaultRule): FaultBook {
  return [...book, { id, rule, matched: 0, fired: 0, random: rule.seed ?? 1 }];
}

/**
 * Decides what goes wrong with a request: a pure function of the book and the request, so that the same requests
 * always meet the same faults.
 */
export function decideFaults(
  book: FaultBook,
  facts: RequestFacts,
): { readonly book: FaultBook; readonly fired: readonly FiredFault[] } {
  const fired: FiredFault[] = [];
  const next = book.map((booked) => {
    if (!matches(booked.rule.match ?? {}, facts)) {
      return booked;
    }
    const matched = booked.matched + 1;
    const { value, state } = draw(booked.random);
    if (!acts(booked.rule, matched, booked.fired, value)) {
      return { ...booked, matched, random: state };
    }
    fired.push({ id: booked.id, effect: booked.rule.effect });
    return { ...booked, matched, random: state, fired: booked.fired + 1 };
  });
  return { book: next, fired };
}

function acts(rule: FaultRule, matched: number, fired: number, random: number): boolean {
  return (
    (rule.nth === undefined || among(rule.nth, matched)) &&
    (rule.every === undefined || matched % rule.every === 0) &&
    (rule.times === undefined || fired < rule.times) &&
    (rule.probability === undefined || random < rule.probability)
  );
}

function matches(match: FaultMatch, facts: RequestFacts): boolean {
  return (
    (match.action === undefined || among(match.action, facts.action)) &&
    (match.block === undefined || among(match.block, facts.block)) &&
    (match.session === undefined || match.session === facts.session) &&
    // Names of objects mean the same in any case.
    (["project", "schema", "table"] as const).every(
      (name) => match[name] === undefined || match[name].toLowerCase() === facts[name]?.toLowerCase(),
    )
  );
}

function among<T>(wanted: T | readonly T[], value: T | undefined): boolean {
  return Array.isArray(wanted) ? wanted.includes(value) : wanted === value;
}
