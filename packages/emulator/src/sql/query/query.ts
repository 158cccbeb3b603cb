import type { ColumnType } from "@maxcompute-tunnel/codec/schema";
import type { ObjectName } from "../statement.ts";
import type { Token } from "../token.ts";

/** Where a part of a query stands, for errors about it. */
export type Place = Pick<Token, "line" | "column">;

/** A query: its body with what is named before it and sorted and cut behind it. */
export interface Query {
  readonly with: readonly CommonTable[];
  readonly body: QueryBody;
  readonly orderBy: readonly SortKey[];
  readonly limit?: Expression;
  readonly offset?: Expression;
}

/** `name [(columns)] AS (query)`. */
export interface CommonTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly query: Query;
}

/** What yields rows. */
export type QueryBody =
  | Select
  | Values
  | { readonly kind: "nested"; readonly query: Query }
  | { readonly kind: "set"; readonly first: QueryBody; readonly rest: readonly SetBranch[] };

/** One further branch of a set operation; INTERSECT binds closer than the others. */
export interface SetBranch {
  readonly operator: "UNION" | "UNION ALL" | "INTERSECT" | "INTERSECT ALL" | "EXCEPT" | "EXCEPT ALL";
  readonly body: QueryBody;
}

/** `VALUES (…), (…)`. */
export interface Values {
  readonly kind: "values";
  readonly rows: readonly (readonly Expression[])[];
}

/** `SELECT …` up to, not including, its ORDER BY. */
export interface Select {
  readonly kind: "select";
  readonly distinct: boolean;
  readonly items: readonly SelectItem[];
  readonly from?: From;
  readonly where?: Expression;
  readonly groupBy?: GroupBy;
  readonly having?: Expression;
  readonly qualify?: Expression;
  readonly windows: readonly { readonly name: string; readonly window: Window }[];
}

/** One entry behind SELECT. */
export type SelectItem =
  | { readonly kind: "expression"; readonly expression: Expression; readonly alias?: string }
  | { readonly kind: "star"; readonly qualifier: readonly string[]; readonly place: Place };

/** What FROM names, left to right. */
export interface From {
  readonly first: TableFactor;
  readonly joins: readonly Join[];
}

/** One further table of a FROM. */
export type Join =
  | {
      readonly kind: "INNER" | "LEFT" | "RIGHT" | "FULL" | "SEMI" | "ANTI" | "CROSS" | "NATURAL";
      readonly factor: TableFactor;
      readonly on?: Expression;
      readonly using?: readonly string[];
    }
  | {
      readonly kind: "lateral-view";
      readonly outer: boolean;
      readonly call: CallExpression;
      readonly alias: string;
      readonly columns: readonly string[];
    };

/** One table of a FROM. */
export type TableFactor =
  | { readonly kind: "table"; readonly name: ObjectName; readonly alias?: string }
  | {
      readonly kind: "query";
      readonly query: Query;
      readonly alias?: string;
      readonly columns: readonly string[];
    }
  | { readonly kind: "joined"; readonly from: From };

/** `GROUP BY …`. */
export type GroupBy =
  | { readonly kind: "plain" | "rollup" | "cube"; readonly keys: readonly Expression[] }
  | { readonly kind: "sets"; readonly sets: readonly (readonly Expression[])[] };

/** One key of an ORDER BY; NULL is the smallest value unless the order of nulls is said. */
export interface SortKey {
  readonly expression: Expression;
  readonly descending: boolean;
  readonly nulls?: "FIRST" | "LAST";
}

/** `OVER (…)`, or the name of a window. */
export interface Window {
  readonly name?: string;
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly SortKey[];
  readonly frame?: Frame;
}

/** `ROWS BETWEEN … AND …`. */
export interface Frame {
  readonly unit: "ROWS" | "RANGE";
  readonly start: FrameBound;
  readonly end?: FrameBound;
}

/** One end of a frame. */
export type FrameBound =
  | { readonly kind: "UNBOUNDED PRECEDING" | "UNBOUNDED FOLLOWING" | "CURRENT ROW" }
  | { readonly kind: "PRECEDING" | "FOLLOWING"; readonly offset: Expression };

/** An expression; operators of one precedence that follow each other are one node, so depth is nesting alone. */
export type Expression =
  | Literal
  | IntervalLiteral
  | CallExpression
  | { readonly kind: "column"; readonly parts: readonly string[]; readonly place: Place }
  | { readonly kind: "unary"; readonly operator: "-" | "+" | "~" | "NOT"; readonly operand: Expression }
  | { readonly kind: "chain"; readonly first: Expression; readonly rest: readonly Operation[] }
  | {
      readonly kind: "between";
      readonly operand: Expression;
      readonly low: Expression;
      readonly high: Expression;
      readonly negated: boolean;
    }
  | {
      readonly kind: "in";
      readonly operand: Expression;
      readonly list: readonly Expression[];
      readonly negated: boolean;
    }
  | {
      readonly kind: "in-query";
      readonly operand: Expression;
      readonly query: Query;
      readonly negated: boolean;
    }
  | { readonly kind: "exists"; readonly query: Query }
  | {
      readonly kind: "is";
      readonly operand: Expression;
      readonly what: "NULL" | "TRUE" | "FALSE";
      readonly negated: boolean;
    }
  | {
      readonly kind: "match";
      readonly operator: "LIKE" | "RLIKE";
      readonly operand: Expression;
      readonly pattern: Expression;
      readonly escape?: string;
      readonly negated: boolean;
    }
  | {
      readonly kind: "case";
      readonly operand?: Expression;
      readonly branches: readonly { readonly when: Expression; readonly result: Expression }[];
      readonly otherwise?: Expression;
    }
  | { readonly kind: "cast"; readonly operand: Expression; readonly type: ColumnType; readonly place: Place }
  | { readonly kind: "query"; readonly query: Query }
  | { readonly kind: "index"; readonly operand: Expression; readonly index: Expression }
  | { readonly kind: "field"; readonly operand: Expression; readonly name: string };

/** An operator and what stands right of it. */
export interface Operation {
  readonly operator: BinaryOperator;
  readonly operand: Expression;
}

/** Every operator with two sides; `=` also stands for `==`, `<>` for `!=`. */
export type BinaryOperator =
  | ("OR" | "AND")
  | ("=" | "<>" | "<" | "<=" | ">" | ">=" | "<=>")
  | ("|" | "^" | "&" | "||")
  | ("+" | "-" | "*" | "/" | "%" | "DIV");

/** A constant. */
export type Literal =
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "null" }
  | {
      readonly kind: "typed";
      readonly type: "date" | "datetime" | "timestamp" | "timestamp_ntz" | "json" | "binary";
      readonly text: string;
      readonly place: Place;
    };

/** `INTERVAL 'text' unit [TO unit]`; a bare number is an expression of that many units. */
export interface IntervalLiteral {
  readonly kind: "interval";
  readonly amount: Expression;
  readonly unit: IntervalUnit;
  readonly to?: IntervalUnit;
  readonly place: Place;
}

/** A unit an interval counts. */
export type IntervalUnit = "YEAR" | "MONTH" | "DAY" | "HOUR" | "MINUTE" | "SECOND";

/** A call of a function, an aggregate or a window function. */
export interface CallExpression {
  readonly kind: "call";
  /** Lower case. */
  readonly name: string;
  readonly arguments: readonly Expression[];
  /** `count(*)`. */
  readonly star: boolean;
  readonly distinct: boolean;
  readonly filter?: Expression;
  readonly withinGroup: readonly SortKey[];
  readonly over?: Window;
  readonly place: Place;
}

/** `[WITH …] INSERT INTO|OVERWRITE [TABLE] t [PARTITION (…)] [(columns)] query`. */
export interface Insert {
  readonly overwrite: boolean;
  readonly table: ObjectName;
  /** Levels of `PARTITION (…)`; one without a value takes it from the query's last columns. */
  readonly partition: readonly { readonly key: string; readonly value?: string }[];
  /** Names of the columns the query fills; empty for all of them. */
  readonly columns: readonly string[];
  readonly query: Query;
}
