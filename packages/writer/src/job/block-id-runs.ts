/** Writes ascending block ids in few characters: `0-4,7`. */
export function formatBlockIds(ids: readonly number[]): string {
  const runs: string[] = [];
  for (let i = 0; i < ids.length; ) {
    let end = i;
    while (ids[end + 1] === (ids[end] ?? 0) + 1) end += 1;
    runs.push(end === i ? `${ids[i]}` : `${ids[i]}-${ids[end]}`);
    i = end + 1;
  }
  return runs.join(",");
}

/** Reads what {@link formatBlockIds} wrote; `undefined` for anything else, and for ids above 20000. */
export function parseBlockIds(text: string): readonly number[] | undefined {
  if (text === "") return [];
  const ids: number[] = [];
  for (const run of text.split(",")) {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(run);
    if (match === null) return undefined;
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (last < first || last > 20_000 || first <= (ids.at(-1) ?? -1)) return undefined;
    for (let id = first; id <= last; id++) ids.push(id);
  }
  return ids;
}
