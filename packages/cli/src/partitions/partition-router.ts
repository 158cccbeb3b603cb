import { arrowFields, type ColumnBatch, type ColumnData } from "@maxcompute-tunnel/codec/arrow";
import { formatPartitionSpec } from "@maxcompute-tunnel/session";
import { CliError } from "../errors.ts";
import type { PartitionRule } from "./partition-rule.ts";
import { pickRows } from "./pick-rows.ts";

/** Rows of a batch that go to one partition. */
export interface RoutedRows {
  /** As Tunnel takes it, such as `dt=2024-05-06,region=cn`. */
  readonly partition: string;
  /** How many there are. */
  readonly count: number;
  /** Puts the rows next to each other, as a copy where they are not: all copies of a batch at a time would be as much again. */
  pick(): PickedRows;
}

/** Rows of `batch` from `from` to before `to`. */
export interface PickedRows {
  /** The table's own columns. */
  readonly batch: ColumnBatch;
  readonly from: number;
  readonly to: number;
}

/** Deals rows out to partitions by the values of their columns. It decides, and sends nothing. */
export class PartitionRouter {
  readonly #rule: PartitionRule;
  readonly #mostPartitions: number;
  readonly #keyColumns: readonly number[];
  readonly #schema: ColumnBatch["schema"];
  /** Numbers of partitions, by the numbers of their values. */
  readonly #numbers = new Map<string, number>();
  readonly #partitions: string[] = [];
  readonly #values: readonly SeenValues[];

  /** @param mostPartitions more than these are refused */
  constructor(rule: PartitionRule, mostPartitions: number) {
    this.#rule = rule;
    this.#mostPartitions = mostPartitions;
    this.#keyColumns = rule.keys.map(({ column }) =>
      rule.readColumns.findIndex(({ name }) => name === column),
    );
    this.#schema = {
      fields: arrowFields(rule.readColumns.slice(0, rule.ownColumns), { instants: "fields" }),
    };
    this.#values = rule.keys.map(() => new SeenValues());
  }

  /**
   * Deals out a batch of the rule's columns, with what comes first in it first. The rows of a partition keep their order.
   *
   * @throws CliError `invalid-setting` where there are more partitions than allowed
   */
  route(batch: ColumnBatch): readonly RoutedRows[] {
    const numbers = this.#numbersOf(batch);
    const children = batch.data.children.slice(0, this.#rule.ownColumns);
    const whole = { numRows: batch.numRows, schema: this.#schema, data: { children } };
    const { rows, parts } = sortedRows(numbers, this.#partitions.length);
    return parts.map(({ number, start, end }) => ({
      partition: this.#partitions[number]!,
      count: end - start,
      pick: () => {
        const from = rows[start]!;
        const to = rows[end - 1]! + 1;
        // Files are often in the order of their partitions: then nothing has to be copied.
        if (to - from === end - start) return { batch: whole, from, to };
        const own = rows.subarray(start, end);
        const picked = children.map((child) => pickRows(child, own));
        const data = { children: picked };
        return { batch: { numRows: own.length, schema: this.#schema, data }, from: 0, to: own.length };
      },
    }));
  }

  /** For each row the number of its partition. */
  #numbersOf(batch: ColumnBatch): Int32Array {
    const values = this.#keyColumns.map((column, key) =>
      this.#values[key]!.numbersOf(batch.data.children[column]!),
    );
    const numbers = new Int32Array(batch.numRows);
    for (let row = 0; row < numbers.length; row += 1) {
      if (row > 0 && values.every((of) => of[row] === of[row - 1])) numbers[row] = numbers[row - 1]!;
      else numbers[row] = this.#numberOf(values.map((of) => of[row]!));
    }
    return numbers;
  }

  #numberOf(values: readonly number[]): number {
    const known = this.#numbers.get(values.join());
    if (known !== undefined) return known;
    const number = this.#partitions.length;
    if (number === this.#mostPartitions) {
      throw new CliError(
        "invalid-setting",
        `The rows go to more than ${this.#mostPartitions} partitions, and each takes a session of its own.`,
        { next: "Allow more with --max-partitions, or load the input in parts." },
      );
    }
    const spec = this.#rule.keys.map(({ name }, key) => ({
      name,
      value: this.#values[key]!.texts[values[key]!]!,
    }));
    this.#partitions.push(formatPartitionSpec(spec));
    this.#numbers.set(values.join(), number);
    return number;
  }
}

interface SortedRows {
  /** The rows of each partition together, in their order. */
  readonly rows: Int32Array;
  /** Where those of a partition are, the one that comes first in the batch first. */
  readonly parts: readonly { readonly number: number; readonly start: number; readonly end: number }[];
}

/** @param numbers for each row the number of its partition */
function sortedRows(numbers: Int32Array, partitions: number): SortedRows {
  const ends = new Int32Array(partitions);
  const order: number[] = [];
  for (const number of numbers) {
    if (ends[number] === 0) order.push(number);
    ends[number]! += 1;
  }
  let start = 0;
  const parts = order.map((number) => {
    const part = { number, start, end: start + ends[number]! };
    ends[number] = start;
    start = part.end;
    return part;
  });
  const rows = new Int32Array(numbers.length);
  for (let row = 0; row < numbers.length; row += 1) {
    const number = numbers[row]!;
    rows[ends[number]!] = row;
    ends[number]! += 1;
  }
  return { rows, parts };
}

/** The different values of one column, each with a number. */
class SeenValues {
  readonly texts: string[] = [];
  readonly #numbers = new Map<string | number | bigint, number>();

  numbersOf(data: ColumnData): Int32Array {
    const { type, length, values, valueOffsets } = data;
    const numbers = new Int32Array(length);
    if (valueOffsets !== undefined) {
      const bytes = Buffer.from(values!.buffer, values!.byteOffset, values!.byteLength);
      for (let row = 0; row < length; row += 1) {
        const start = valueOffsets[row]!;
        const end = valueOffsets[row + 1]!;
        const before = row === 0 ? -1 : valueOffsets[row - 1]!;
        if (before >= 0 && start - before === end - start && same(bytes, before, start, end)) {
          numbers[row] = numbers[row - 1]!;
        } else {
          const text = bytes.toString("utf8", start, end);
          numbers[row] = this.#numberOf(text, text);
        }
      }
      return numbers;
    }
    const isDate = type.typeId === 8;
    for (let row = 0; row < length; row += 1) {
      const value = values![row]!;
      numbers[row] =
        this.#numbers.get(value) ?? this.#numberOf(value, isDate ? dayText(Number(value)) : String(value));
    }
    return numbers;
  }

  #numberOf(value: string | number | bigint, text: string): number {
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    this.#numbers.set(value, this.texts.length);
    this.texts.push(text);
    return this.texts.length - 1;
  }
}

function same(bytes: Uint8Array, before: number, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (bytes[at] !== bytes[before + at - start]) return false;
  return true;
}

/** A day as it is written. @param day days since 1970 */
function dayText(day: number): string {
  return new Date(day * 86_400_000).toISOString().replace(/T.*/, "");
}

/** Each partition takes a session and the memory of a block. */
export const defaultMostPartitions = 100;
