/** Formats that files can have. */
export type FormatName = "csv" | "tsv" | "jsonl" | "parquet" | "arrow" | "avro";

export const formatNames: readonly FormatName[] = ["csv", "tsv", "jsonl", "parquet", "arrow", "avro"];

/** Whether a format is rows under a schema of its own, not text. */
export function isBinary(format: FormatName): boolean {
  return format === "parquet" || format === "arrow" || format === "avro";
}
