import { SessionError } from "./errors.ts";

/** One level of a partition: a key and its value, neither quoted. */
export interface PartitionLevel {
  readonly name: string;
  readonly value: string;
}

/** One partition of a table, level by level, in the order of the table's partition keys. */
export type PartitionSpec = readonly PartitionLevel[];

/**
 * Reads a partition such as `pt=1/region=cn` or `pt='1', region="cn"`: levels separated by `,` or `/`, blanks around
 * names and values ignored, quotes taken off.
 *
 * A value may not hold an equals sign, a comma, a slash, a quote, a control character or blanks at its ends, not even
 * when quoted: on the wire partitions have no quotes, so such a value would name another partition.
 *
 * @throws SessionError `invalid-partition`, with the offset in the text.
 */
export function parsePartitionSpec(text: string): PartitionSpec {
  const levels: PartitionLevel[] = [];
  const scanner = new Scanner(text);
  do {
    const nameStart = scanner.skipBlanks();
    const name = scanner.takeUntil(/[=,/'"]/u).trimEnd();
    if (name === "") throw scanner.error("Expected the name of a partition key", nameStart);
    if (!scanner.take("=")) throw scanner.error(`Expected "=" after partition key ${name}`, scanner.offset);
    const valueStart = scanner.skipBlanks();
    const value = scanner.takeQuoted() ?? scanner.takeUntil(/[=,/'"]/u).trimEnd();
    const problem = valueProblem(value);
    if (problem !== undefined)
      throw scanner.error(`Expected a value for ${name}, got ${problem}`, valueStart);
    if (hasLevel(levels, name)) throw scanner.error(`Partition key ${name} is given twice`, nameStart);
    levels.push({ name, value });
    scanner.skipBlanks();
  } while (scanner.take(",") || scanner.take("/"));
  if (!scanner.atEnd()) {
    throw scanner.error('Expected "," or "/" before the next partition key', scanner.offset);
  }
  return levels;
}

/**
 * Writes a partition the way Tunnel takes it: `pt=1,region=cn`, no quotes, no blanks.
 *
 * @throws SessionError `invalid-partition` for names and values that this form cannot carry.
 */
export function formatPartitionSpec(spec: PartitionSpec): string {
  if (spec.length === 0)
    throw new SessionError("invalid-partition", "Expected at least one partition key, got none");
  const seen: PartitionLevel[] = [];
  for (const level of spec) {
    if (!/^[^\s=,/'"](?:[^=,/'"]*[^\s=,/'"])?$/u.test(level.name)) {
      throw new SessionError(
        "invalid-partition",
        `Expected the name of a partition key, got ${quote(level.name)}`,
      );
    }
    const problem = valueProblem(level.value);
    if (problem !== undefined) {
      throw new SessionError("invalid-partition", `Expected a value for ${level.name}, got ${problem}`);
    }
    if (hasLevel(seen, level.name)) {
      throw new SessionError("invalid-partition", `Partition key ${level.name} is given twice`);
    }
    seen.push(level);
  }
  return spec.map(({ name, value }) => `${name}=${value}`).join(",");
}

/**
 * Checks that a partition names every partition key of the table, once, in the table's order; case does not matter.
 *
 * @throws SessionError `invalid-partition` saying what the table's keys are.
 */
export function checkPartitionSpec(
  spec: PartitionSpec,
  partitionKeys: readonly { readonly name: string }[],
): void {
  const given = spec.map((level) => level.name);
  const keys = partitionKeys.map((key) => key.name);
  const same =
    given.length === keys.length && given.every((name, i) => name.toLowerCase() === keys[i]?.toLowerCase());
  if (same) return;
  const expected =
    keys.length === 0 ? "no partition (the table has none)" : `partition keys ${keys.join(", ")}`;
  throw new SessionError("invalid-partition", `Expected ${expected}, got ${given.join(", ")}`);
}

/** Says why a value cannot be sent, or `undefined` when it can. */
function valueProblem(value: string): string | undefined {
  if (value === "") return "none";
  const bad = /[=,/'"\p{Cc}\p{Cs}]/u.exec(value);
  if (bad) return `${quote(value)}: a partition value cannot hold ${quote(bad[0])}`;
  if (value !== value.trim()) return `${quote(value)}: a partition value cannot begin or end with a blank`;
  return undefined;
}

function hasLevel(levels: readonly PartitionLevel[], name: string): boolean {
  return levels.some((level) => level.name.toLowerCase() === name.toLowerCase());
}

function quote(text: string): string {
  return JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text);
}

/** A position in a partition text. */
class Scanner {
  readonly text: string;
  offset = 0;

  constructor(text: string) {
    this.text = text;
  }

  atEnd(): boolean {
    return this.offset >= this.text.length;
  }

  skipBlanks(): number {
    while (!this.atEnd() && this.text[this.offset]?.trim() === "") this.offset += 1;
    return this.offset;
  }

  take(character: string): boolean {
    if (this.text[this.offset] !== character) return false;
    this.offset += 1;
    return true;
  }

  takeUntil(stop: RegExp): string {
    const rest = this.text.slice(this.offset);
    const length = rest.search(stop);
    const taken = length < 0 ? rest : rest.slice(0, length);
    this.offset += taken.length;
    return taken;
  }

  /** The text between a pair of quotes, or `undefined` when there is no quote here. */
  takeQuoted(): string | undefined {
    const open = this.text[this.offset];
    if (open !== "'" && open !== '"') return undefined;
    const end = this.text.indexOf(open, this.offset + 1);
    if (end < 0) throw this.error(`Expected a closing ${open}`, this.offset);
    const value = this.text.slice(this.offset + 1, end);
    this.offset = end + 1;
    return value;
  }

  error(message: string, offset: number): SessionError {
    return new SessionError("invalid-partition", `${message}, at offset ${offset} of ${quote(this.text)}`, {
      offset,
    });
  }
}
