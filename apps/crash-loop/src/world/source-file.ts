import { writeFile } from "node:fs/promises";

/** The columns of every table that disasters are tried on. */
export const sourceColumns = [
  { name: "id", type: "bigint" },
  { name: "price", type: "decimal(12,2)" },
  { name: "seen", type: "datetime" },
  { name: "note", type: "string" },
] as const;

/** The same for `create table`. */
export const sourceTable: string = sourceColumns
  .map(({ name, type }) => `\`${name}\` ${type}${name === "id" ? " not null" : ""}`)
  .join(", ");

/** A file of rows that are known one by one. */
export interface SourceFile {
  readonly path: string;
  readonly rows: number;
  /** Tells the rows of one source from those of another. */
  readonly seed: number;
  /** Values of the partition key `part`, to which rows are dealt out; none where the table has no partitions. */
  readonly partitions: readonly string[];
  readonly bytes: number;
}

/** Writes a CSV file. Its rows differ in length, and some hold quotes, commas and line ends. */
export async function writeSource(
  path: string,
  rows: number,
  seed: number,
  partitions: readonly string[] = [],
): Promise<SourceFile> {
  const isDealt = partitions.length > 0;
  const lines = [`id,price,seen,note${isDealt ? ",part" : ""}`];
  for (let id = 0; id < rows; id += 1) {
    const { price, seen, note } = sourceRow(seed, id);
    const part = isDealt ? `,${partitionOfRow({ seed, partitions }, id)}` : "";
    lines.push(`${id},${price},${seen},"${note.replaceAll('"', '""')}"${part}`);
  }
  const text = `${lines.join("\n")}\n`;
  await writeFile(path, text);
  return { path, rows, seed, partitions, bytes: Buffer.byteLength(text) };
}

/** To which partition a row of a source goes; some have many rows, some few. */
export function partitionOfRow(
  { seed, partitions }: Pick<SourceFile, "seed" | "partitions">,
  id: number,
): string | undefined {
  const share = (mixed(seed, id) >>> 7) / 2 ** 25;
  return partitions[Math.floor(share * share * partitions.length)];
}

function mixed(seed: number, id: number): number {
  const number = Math.imul(id + 1, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca77);
  return (number ^ (number >>> 15)) >>> 0;
}

/** What one row holds, as text. */
export function sourceRow(
  seed: number,
  id: number,
): { readonly price: string; readonly seen: string; readonly note: string } {
  const number = mixed(seed, id);
  const filling = "größer, kleiner 漢字 ".repeat(1 + (number % 5));
  return {
    price: `${number % 10_000_000}.${String(number % 100).padStart(2, "0")}`,
    seen: new Date(1_700_000_000_000 + (number % 1_000_000) * 1000).toISOString().replace(".000Z", "Z"),
    note: number % 7 === 0 ? `"${seed}"\n${filling}${number}` : `${seed} ${filling}${number}`,
  };
}
