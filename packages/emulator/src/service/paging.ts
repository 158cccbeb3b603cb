import { Refusal } from "../refusal.ts";

/** One page of a listing. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page starts; empty on the last page. */
  readonly marker: string;
  readonly maxItems: number;
}

const defaultMaxItems = 1000;

/**
 * The page that `marker` and `maxitems` ask for of a list sorted by key.
 *
 * A marker is the last key of the page before it, so pages stay right when entries come and go between requests.
 *
 * @throws Refusal when `maxitems` is not a whole number of at least 1
 */
export function pageOf<T>(
  sorted: readonly T[],
  keyOf: (item: T) => string,
  query: ReadonlyMap<string, string>,
): Page<T> {
  const maxItems = parseMaxItems(query.get("maxitems"));
  const after = query.get("marker") ?? "";
  const rest = after === "" ? sorted : sorted.filter((item) => keyOf(item) > after);
  const items = rest.slice(0, maxItems);
  const last = items.at(-1);
  const marker = last !== undefined && rest.length > items.length ? keyOf(last) : "";
  return { items, marker, maxItems };
}

function parseMaxItems(text: string | undefined): number {
  if (text === undefined || text === "") {
    return defaultMaxItems;
  }
  const maxItems = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (maxItems < 1) {
    throw new Refusal(
      "InvalidArgument",
      `Expected maxitems to be a whole number of at least 1, got ${JSON.stringify(text)}.`,
    );
  }
  return maxItems;
}
