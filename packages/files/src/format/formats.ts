import type { Format } from "./format.ts";
import type { FormatName } from "./format-name.ts";

/** The format behind a name; its code is loaded when it is first asked for. */
export async function loadFormat(name: FormatName): Promise<Format> {
  switch (name) {
    case "csv":
    case "tsv":
      return (await import("./delimited.ts")).delimited;
    case "jsonl":
      return (await import("./json-lines.ts")).jsonLines;
    case "parquet":
      return (await import("./parquet/parquet.ts")).parquet;
    case "arrow":
      return (await import("./arrow/arrow-ipc.ts")).arrowIpc;
    case "avro":
      return (await import("./avro/avro.ts")).avro;
  }
}
