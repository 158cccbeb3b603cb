import { parseBlockIds } from "./block-id-runs.ts";
import type { UploadFact, UploadFactContent } from "./upload-fact.ts";

/**
 * Reads a fact that comes from outside, member by member; `undefined` when it is none. Members that a fact of its kind
 * does not have are left out.
 */
export function parseFact(value: unknown): UploadFact | undefined {
  const fact = asObject(value);
  if (fact === undefined || !isNumber(fact["at"]) || !isKind(fact["kind"])) return undefined;
  const shape = shapes[fact["kind"]];
  const read: Record<string, unknown> = { kind: fact["kind"], at: fact["at"] };
  for (const [name, { check, isOptional }] of Object.entries(shape)) {
    const member = Object.hasOwn(fact, name) ? fact[name] : undefined;
    if (member === undefined && isOptional) continue;
    if (!check(member)) return undefined;
    read[name] = member;
  }
  return read as unknown as UploadFact;
}

type Kind = UploadFactContent["kind"];
type Check = (value: unknown) => boolean;
type Shape<Name extends Kind> = {
  readonly [Member in Exclude<
    keyof Extract<UploadFactContent, { readonly kind: Name }>,
    "kind"
  >]-?: MemberShape;
};
interface MemberShape {
  readonly check: Check;
  readonly isOptional: boolean;
}

function needed(check: Check): MemberShape {
  return { check, isOptional: false };
}
function optional(check: Check): MemberShape {
  return { check, isOptional: true };
}

const isText: Check = (value) => typeof value === "string";
const isFlag: Check = (value) => typeof value === "boolean";
const isNumber: Check = (value) => Number.isFinite(value);
const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isChecksum: Check = (value) => isCount(value) && Number(value) <= 0xffff_ffff;
const isBlockId: Check = (value) => isCount(value) && Number(value) <= 20_000;
const isBlockIdList: Check = (value) => typeof value === "string" && parseBlockIds(value) !== undefined;
const isOneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    typeof value === "string" && words.includes(value);

const isTable: Check = (value) => {
  const table = asObject(value);
  if (table === undefined) return false;
  const { schema } = table as { readonly schema?: unknown };
  return isText(table["project"]) && isText(table["table"]) && (schema === undefined || isText(schema));
};

const isRange: Check = (value) => {
  const range = asObject(value);
  if (range === undefined || !isCount(range["input"]) || !isCount(range["start"])) return false;
  return (
    isCount(range["end"]) &&
    Number(range["end"]) >= Number(range["start"]) &&
    isOneOf("bytes", "rows")(range["unit"])
  );
};

const isFingerprint: Check = (value) =>
  Array.isArray(value) &&
  value.every((entry: unknown) => {
    const input = asObject(entry);
    if (input === undefined || !isText(input["name"])) return false;
    const { size, modifiedMs, digest } = input as Readonly<Record<string, unknown>> & {
      readonly size?: unknown;
      readonly modifiedMs?: unknown;
      readonly digest?: unknown;
    };
    if (size !== undefined && !isCount(size)) return false;
    if (modifiedMs !== undefined && !isNumber(modifiedMs)) return false;
    return digest === undefined || isText(digest);
  });

const rangeShape = {
  range: needed(isRange),
  sourceChecksum: needed(isChecksum),
  rejected: needed(isCount),
} as const;

const shapes: { readonly [Name in Kind]: Shape<Name> } = {
  begun: {
    job: optional(isText),
    table: needed(isTable),
    partition: optional(isText),
    overwrite: needed(isFlag),
    details: optional(() => true),
  },
  source: { fingerprint: needed(isFingerprint), settings: optional(isText) },
  session: { sessionId: needed(isText), expiresAt: optional(isNumber), columns: needed(isText) },
  "block-sealed": {
    ...rangeShape,
    blockId: needed(isBlockId),
    rows: needed(isCount),
    bytes: needed(isCount),
    checksum: needed(isChecksum),
  },
  "block-stored": {
    blockId: needed(isBlockId),
    sentBytes: needed(isCount),
    attempts: needed(isCount),
    requestId: optional(isText),
  },
  "range-empty": rangeShape,
  "commit-intended": { blockIds: needed(isBlockIdList), rows: needed(isCount) },
  committed: {
    confirmedBy: needed(isOneOf("answer", "status", "earlier-commit", "absence", "caller")),
    requestId: optional(isText),
  },
  "not-committed": { reason: needed(isText) },
  "outcome-unknown": { reason: needed(isText) },
  "session-ended": {
    reason: needed(isOneOf("expired", "canceled", "columns-changed", "unknown-blocks", "source-changed")),
  },
  refused: { reason: needed(isOneOf("committed-elsewhere", "vanished", "critical")) },
};

function isKind(value: unknown): value is Kind {
  return typeof value === "string" && Object.hasOwn(shapes, value);
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}
