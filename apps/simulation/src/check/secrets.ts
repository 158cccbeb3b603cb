import { createHmac } from "node:crypto";
import { SecretSearch } from "@maxcompute-tunnel/testkit/secret-search";
import { region } from "../client/connect.ts";
import { accessKey } from "../world/server.ts";
import type { Facts } from "./facts.ts";

/**
 * Says which secrets stand in what a run put out (errors, log lines, events, receipts, journals): the key in any form that
 * it travels or is kept in, keys derived from it, and Authorization values; never the secret itself.
 */
export function secretsIn({ outputs, startAt }: Pick<Facts, "outputs" | "startAt">): readonly string[] {
  const search = searchFrom(startAt);
  // Mostly nothing is found, which one look at all of it shows.
  if (search.find(outputs.texts.join("\n")) === undefined) return [];
  const found = outputs.texts.flatMap((text) => search.find(text) ?? []);
  return [
    ...new Set(found.map(({ form, before }) => `${form} stands behind ${JSON.stringify(before.slice(-60))}`)),
  ];
}

const known = new Map<number, SecretSearch>();

function searchFrom(startAt: number): SecretSearch {
  const day = Math.floor(startAt / 86_400_000);
  const before = known.get(day);
  if (before !== undefined) {
    return before;
  }
  const { accessKeySecret } = accessKey;
  const search = new SecretSearch();
  search.addText(accessKeySecret);
  for (const days of [0, 1, 2, 3]) {
    const date = new Date((day + days) * 86_400_000).toISOString().slice(0, 10).replaceAll("-", "");
    let key = Buffer.from(`aliyun_v4${accessKeySecret}`);
    for (const part of [date, region, "odps", "aliyun_v4_request"]) {
      key = createHmac("sha256", key).update(part).digest();
      search.addKey(key);
    }
  }
  known.set(day, search);
  return search;
}
