import type { BinaryOperator, Expression, From, Query, Select, TableFactor } from "../sql/query/query.ts";
import type { ObjectName } from "../sql/statement.ts";

/** What WHERE demands of a partition's value of one key. */
export interface PartitionTest {
  /** Lower case. */
  readonly key: string;
  readonly operator: "=" | "<" | "<=" | ">" | ">=";
  /** One of these for `=`, the only one for the others. */
  readonly constants: readonly Constant[];
}

/** A text or number that a key is compared with. */
export interface Constant {
  readonly kind: "string" | "number";
  readonly text: string;
}

/** Tests of each table that a query names; they are met by every row that counts. */
export type PartitionTests = ReadonlyMap<ObjectName, readonly PartitionTest[]>;

/**
 * Finds comparisons of columns with constants that a WHERE demands of all its rows, so that partitions which cannot
 * meet them need not be read.
 *
 * Such a test is false for NULL, so it holds whatever the kind of join; tables behind SEMI and ANTI are left out,
 * their columns are not seen by WHERE.
 */
export function partitionTests(query: Query): PartitionTests {
  const tests = new Map<ObjectName, PartitionTest[]>();
  visit(query, tests);
  return tests;
}

/** False where a partition's value of a key cannot meet a test; true where that is not certain. */
export function mayMeet(value: string, keyType: string, test: PartitionTest): boolean {
  return test.constants.some(({ kind, text }) => {
    const order = compare(value, keyType, kind, text);
    switch (order === undefined ? undefined : test.operator) {
      case "=":
        return order === 0;
      case "<":
        return Number(order) < 0;
      case "<=":
        return Number(order) <= 0;
      case ">":
        return Number(order) > 0;
      case ">=":
        return Number(order) >= 0;
      default:
        return true;
    }
  });
}

/** Below, at or above 0; `undefined` where it takes the database to tell. */
function compare(value: string, keyType: string, kind: Constant["kind"], text: string): number | undefined {
  if (kind === "string" && keyType === "string") {
    return Buffer.compare(Buffer.from(value), Buffer.from(text));
  }
  // Text that is a plain number compares like one, on either side.
  return plainNumber.test(value) && plainNumber.test(text) ? Number(value) - Number(text) : undefined;
}

const plainNumber = /^(0|-?[1-9]\d{0,14})$/;

function visit(node: unknown, tests: Map<ObjectName, PartitionTest[]>): void {
  if (Array.isArray(node)) {
    for (const part of node) visit(part, tests);
  } else if (typeof node === "object" && node !== null) {
    if ("kind" in node && node.kind === "select") {
      addTests(node as Select, tests);
    }
    for (const part of Object.values(node)) visit(part, tests);
  }
}

function addTests({ from, where }: Select, tests: Map<ObjectName, PartitionTest[]>): void {
  if (from === undefined || where === undefined) {
    return;
  }
  const demanded = conjuncts(where).flatMap((condition) => {
    const found = testOf(condition);
    return found === undefined ? [] : [found];
  });
  for (const factor of visibleTables(from)) {
    const called = (factor.alias ?? factor.name.levels.at(-1) ?? "").toLowerCase();
    const own = demanded.filter(({ table }) => table === undefined || table === called);
    tests.set(factor.name, [...(tests.get(factor.name) ?? []), ...own.map(({ test }) => test)]);
  }
}

function visibleTables(from: From): readonly Extract<TableFactor, { kind: "table" }>[] {
  const joined = from.joins.flatMap((join) =>
    join.kind === "lateral-view" || join.kind === "SEMI" || join.kind === "ANTI" ? [] : [join.factor],
  );
  return [from.first, ...joined].flatMap((factor) =>
    factor.kind === "table" ? [factor] : factor.kind === "joined" ? visibleTables(factor.from) : [],
  );
}

function conjuncts(expression: Expression): readonly Expression[] {
  return expression.kind === "chain" && expression.rest.every(({ operator }) => operator === "AND")
    ? [expression.first, ...expression.rest.map(({ operand }) => operand)].flatMap(conjuncts)
    : [expression];
}

function testOf(condition: Expression): { table: string | undefined; test: PartitionTest } | undefined {
  const { operand, operator, others } = comparisonOf(condition);
  if (operand?.kind !== "column" || operand.parts.length > 2 || operator === undefined) {
    return undefined;
  }
  const constants = others.flatMap((other): readonly Constant[] =>
    other.kind === "string" || other.kind === "number" ? [{ kind: other.kind, text: other.text }] : [],
  );
  if (constants.length !== others.length || constants.length === 0) {
    return undefined;
  }
  const [table, key] = operand.parts.length === 2 ? operand.parts : [undefined, operand.parts[0]];
  return {
    table: table?.toLowerCase(),
    test: { key: (key ?? "").toLowerCase(), operator, constants },
  };
}

interface Comparison {
  readonly operand?: Expression;
  readonly operator?: PartitionTest["operator"] | undefined;
  readonly others: readonly Expression[];
}

function comparisonOf(condition: Expression): Comparison {
  if (condition.kind === "in" && !condition.negated) {
    return { operand: condition.operand, operator: "=", others: condition.list };
  }
  const [only, ...more] = condition.kind === "chain" ? condition.rest : [];
  if (condition.kind !== "chain" || only === undefined || more.length > 0) {
    return { others: [] };
  }
  return condition.first.kind === "column"
    ? { operand: condition.first, operator: comparisons.get(only.operator), others: [only.operand] }
    : { operand: only.operand, operator: turned.get(only.operator), others: [condition.first] };
}

const comparisons: ReadonlyMap<BinaryOperator, PartitionTest["operator"]> = new Map([
  ["=", "="],
  ["<", "<"],
  ["<=", "<="],
  [">", ">"],
  [">=", ">="],
]);

const turned: ReadonlyMap<BinaryOperator, PartitionTest["operator"]> = new Map([
  ["=", "="],
  ["<", ">"],
  ["<=", ">="],
  [">", "<"],
  [">=", "<="],
]);
