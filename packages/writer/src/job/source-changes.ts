import type { BlockSource, InputFingerprint } from "./block-source.ts";

/** One thing about a source that is not as it was. */
export interface SourceChange {
  readonly what: "inputs" | "name" | "size" | "modified" | "digest" | "settings" | "content";
  /** Index of the input. */
  readonly input?: number;
  /** In words for people. */
  readonly before: string;
  readonly now: string;
}

/** What a journal remembers of a source. */
export type RememberedSource = Pick<BlockSource, "fingerprint" | "settings">;

/** How a source differs from the one that was remembered; nothing where either side does not know. */
export function sourceChanges(before: RememberedSource, now: RememberedSource): readonly SourceChange[] {
  const settings: SourceChange[] =
    before.settings === now.settings
      ? []
      : [{ what: "settings", before: before.settings ?? "none", now: now.settings ?? "none" }];
  if (before.fingerprint.length !== now.fingerprint.length) {
    const inputs = (count: number): string => (count === 1 ? "1 input" : `${count} inputs`);
    return [
      { what: "inputs", before: inputs(before.fingerprint.length), now: inputs(now.fingerprint.length) },
      ...settings,
    ];
  }
  return [
    ...before.fingerprint.flatMap((input, index) => inputChanges(input, now.fingerprint[index], index)),
    ...settings,
  ];
}

/** Says changes in words, naming a bounded number of them. */
export function describeChanges(changes: readonly SourceChange[], source: RememberedSource): string {
  const shown = changes.slice(0, shownChanges).map(({ what, input, before, now }) => {
    const name = input === undefined ? undefined : source.fingerprint[input]?.name;
    return `${words[what]}${name === undefined ? "" : ` of ${name}`} was ${before}, is ${now}`;
  });
  const more = changes.length - shown.length;
  return shown.join("; ") + (more > 0 ? `; and ${more} more` : "");
}

const shownChanges = 5;

const words: Readonly<Record<SourceChange["what"], string>> = {
  inputs: "the number of inputs",
  name: "the name",
  size: "the size",
  modified: "the time of change",
  digest: "the digest",
  settings: "the way it is read",
  content: "the content",
};

function inputChanges(
  before: InputFingerprint,
  now: InputFingerprint | undefined,
  input: number,
): readonly SourceChange[] {
  const changes: SourceChange[] = [];
  const compare = <T>(
    what: SourceChange["what"],
    one: T | undefined,
    other: T | undefined,
    show: (value: T) => string,
  ): void => {
    if (one === undefined || other === undefined || one === other) return;
    changes.push({ what, input, before: show(one), now: show(other) });
  };
  compare("name", before.name, now?.name, (name) => JSON.stringify(name));
  compare("size", before.size, now?.size, (size) => `${size} bytes`);
  compare("modified", before.modifiedMs, now?.modifiedMs, showTime);
  compare("digest", before.digest, now?.digest, (digest) => digest);
  return changes;
}

function showTime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? `${ms}` : date.toISOString();
}
