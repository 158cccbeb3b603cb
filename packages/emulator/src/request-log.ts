import type { RequestRecord } from "./options.ts";

const kept = 1000;

/** Keeps the last 1000 answered requests. */
export function requestLog(): {
  readonly records: readonly RequestRecord[];
  add(record: RequestRecord): void;
} {
  const records: RequestRecord[] = [];
  return {
    records,
    add(record) {
      records.push(record);
      if (records.length > kept) {
        records.shift();
      }
    },
  };
}
