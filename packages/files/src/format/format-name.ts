/** Formats that files can have. */
export type FormatName = "csv" | "tsv" | "jsonl";

export const formatNames: readonly FormatName[] = ["csv", "tsv", "jsonl"];
