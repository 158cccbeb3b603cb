import { type ColumnSpec, type ColumnType, formatType } from "../src/schema/index.ts";
import { scalarKinds } from "./arbitrary-rows.ts";

/** Numbers from a seed: the same seed gives the same ones. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 32 bits, unsigned. */
  word(): number {
    // mulberry32
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** A whole number from 0 to one less than the limit. */
  below(limit: number): number {
    return this.word() % limit;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.word() % values.length]!;
  }

  /** True once in so many times. */
  once(times: number): boolean {
    return this.word() % times === 0;
  }
}

/** Makes a value, NULL among them. */
type Make = (random: Random) => unknown;

export interface GeneratedTable {
  readonly columns: readonly ColumnSpec[];
  row(random: Random): readonly unknown[];
}

/** A table of any types, one to ten columns, nested up to three levels; one row in two hundred has a value that is unusual. */
export function generateTable(random: Random): GeneratedTable {
  const types = Array.from({ length: 1 + random.below(10) }, () => generateType(random, 3));
  const columns = types.map((type, index) => ({
    name: `c${index}`,
    type: formatType(type),
    nullable: !random.once(8),
  }));
  const make = types.map((type) => maker(type));
  return {
    columns,
    row: (from) => {
      if (from.once(50)) return [];
      const bad = from.once(200) ? from.below(types.length) : -1;
      return make.map((makeValue, index) => {
        if (index === bad) return from.pick(unusualValues);
        return columns[index]!.nullable && from.once(8) ? null : makeValue(from);
      });
    },
  };
}

function generateType(random: Random, depth: number): ColumnType {
  const turn = random.below(depth > 0 ? 30 : 24);
  if (turn < 17) return { kind: scalarKinds[turn]! };
  if (turn < 19) return { kind: "decimal" };
  if (turn < 21) {
    const precision = 1 + random.below(38);
    return { kind: "decimal", precision, scale: random.below(precision + 1) };
  }
  if (turn === 21) return { kind: "char", length: 1 + random.below(255) };
  if (turn === 22) return { kind: "varchar", length: 1 + random.below(300) };
  if (turn === 23) {
    return { kind: "vector", element: random.once(2) ? "float" : "double", dimension: 1 + random.below(4) };
  }
  if (turn < 26) return { kind: "array", element: generateType(random, depth - 1) };
  if (turn < 28) {
    return { kind: "map", key: generateType(random, depth - 1), value: generateType(random, depth - 1) };
  }
  const names = ["a", "B", "c d", "__proto__"].slice(0, 1 + random.below(4));
  return {
    kind: "struct",
    fields: names.map((name) => ({ name, type: generateType(random, depth - 1) })),
  };
}

function maker(type: ColumnType): Make {
  switch (type.kind) {
    case "tinyint":
      return (random) => (random.word() << 24) >> 24;
    case "smallint":
      return (random) => (random.word() << 16) >> 16;
    case "int":
      return (random) => (random.word() | 0) >> random.below(32);
    case "interval_year_month":
      return (random) => random.below(239_977) - 119_988;
    case "bigint":
      return makeBigint;
    case "float":
      return (random) => Math.fround(makeDouble(random));
    case "double":
      return makeDouble;
    case "boolean":
      return (random) => random.once(2);
    case "string":
      return makeText;
    case "char":
    case "varchar":
      return (random) => [...makeText(random)].slice(0, type.length).join("");
    case "binary":
    case "geography":
      return (random) => Uint8Array.from({ length: random.below(40) }, () => random.word() & 255);
    case "decimal":
      return decimalMaker(type.precision ?? 54, type.scale ?? 18);
    case "date":
      return (random) => isoDay(random.below(3_652_059) - 719_162);
    case "datetime":
      return makeDateTime;
    case "timestamp":
      return (random) => (random.once(2) ? new Date(makeMs(random)) : makeInstant(random));
    case "timestamp_ntz":
    case "interval_day_time":
      return makeInstant;
    case "json":
      return (random) =>
        random.pick<unknown>(["{}", '{"a":[1,"é"]}', { b: random.word() }, [null, "x"], 5, true]);
    case "vector":
      return (random) => Array.from({ length: type.dimension }, () => random.word() / 1024);
    case "array": {
      const make = maker(type.element);
      return (random) => Array.from({ length: random.below(4) }, () => orNull(random, make));
    }
    case "map": {
      const makeKey = maker(type.key);
      const makeMember = maker(type.value);
      return (random) =>
        Array.from({ length: random.below(4) }, () => [orNull(random, makeKey), orNull(random, makeMember)]);
    }
    case "struct": {
      const makers = type.fields.map((field) => maker(field.type));
      return (random) => makers.map((make) => orNull(random, make));
    }
  }
}

function orNull(random: Random, make: Make): unknown {
  return random.once(6) ? null : make(random);
}

function makeBigint(random: Random): bigint | number {
  if (random.once(4)) return (random.word() - 2 ** 31) * (random.once(2) ? 1 : 2 ** 20);
  const value = BigInt.asIntN(64, (BigInt(random.word()) << 32n) | BigInt(random.word()));
  const shifted = value >> BigInt(random.below(64));
  return shifted === -(2n ** 63n) ? 0n : shifted;
}

function makeDouble(random: Random): number {
  if (random.once(30)) return random.pick([Number.NaN, Number.POSITIVE_INFINITY, -0, 5e-324, 2 ** 53]);
  return (random.word() - 2 ** 31) / (1 + random.below(1000));
}

const scripts = [
  "plain words of text, some more of them, and then a few that nobody reads ",
  "Müller, Größe, façade und Ähnliches – überall ",
  "杭州市余杭区文一西路九百六十九号的一栋楼",
  "😀 and 𝄞 and the like 🎼😀",
];

function makeText(random: Random): string {
  const script = scripts[random.once(3) ? random.below(scripts.length) : 0]!;
  const from = random.below(20);
  const length = random.once(40) ? 60 + random.below(400) : random.below(30);
  const text = script.repeat(1 + Math.ceil((from + length) / script.length)).slice(from, from + length);
  return text.isWellFormed() ? text : text.toWellFormed();
}

function decimalMaker(precision: number, scale: number): Make {
  const whole = precision - scale;
  return (random) => {
    const integer = whole === 0 ? "0" : String(random.word()).slice(0, 1 + random.below(whole));
    const fraction = String(random.word()).slice(0, random.below(scale + 1));
    return `${random.once(2) ? "-" : ""}${integer}${fraction === "" ? "" : `.${fraction}`}`;
  };
}

function makeMs(random: Random): number {
  return (random.word() - 2 ** 30) * 1000 + random.below(1000);
}

function makeDateTime(random: Random): unknown {
  const ms = makeMs(random);
  return random.once(3) ? ms : random.once(5) ? new Date(ms).toISOString() : new Date(ms);
}

function makeInstant(random: Random): unknown {
  return { seconds: BigInt(random.word()) - 2n ** 31n, nanos: random.below(1_000_000_000) };
}

/** What some column or other refuses, or takes although it is unusual. */
const unusualValues: readonly unknown[] = [
  "\ud83d",
  "text then \ude00",
  "\ude00 then a text that is longer than the ones that are taken one by one",
  "x".repeat(400),
  "+1.5e2",
  "1e400",
  "-",
  "1.",
  ".5",
  "2023-02-29",
  1.5,
  -129,
  2 ** 53,
  1e40,
  2n ** 63n,
  -(2n ** 63n),
  true,
  new Date(Number.NaN),
  new Date(8.64e15),
  Uint8Array.of(0xff),
  { seconds: 5, nanos: -1 },
  { a: 1n },
  [[]],
  Symbol("s"),
];

function isoDay(days: number): string {
  return new Date(days * 86_400_000).toISOString().slice(0, 10);
}
