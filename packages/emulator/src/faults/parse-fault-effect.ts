import { validateHeaderName, validateHeaderValue } from "node:http";
import type { FaultEffect } from "./fault-rule.ts";
import { Fields, unfit } from "./fields.ts";

const dayMs = 86_400_000;
const anyBytes = { from: 0, to: Number.MAX_SAFE_INTEGER } as const;
const someBytes = { from: 1, to: Number.MAX_SAFE_INTEGER } as const;

/** Readers of what each kind has besides `kind`; members that are missing stay `undefined`. */
const effects = {
  answer: (fields) => ({
    status: fields.needed("status", fields.integer("status", { from: 200, to: 599 }), "an HTTP status"),
    code: fields.text("code"),
    message: fields.text("message"),
    headers: headers(fields),
    holdClientMs: fields.integer("holdClientMs", { from: 0, to: dayMs }),
    body: body(fields),
    work: fields.choice("work", ["skipped", "done"]),
  }),
  redirect: (fields) => {
    const status = fields.integer("status", { from: 301, to: 308 });
    if (status !== undefined && ![301, 302, 303, 307, 308].includes(status)) {
      throw unfit(fields.path("status"), "301, 302, 303, 307 or 308", status);
    }
    const location = fields.text("location");
    checkHeader(fields.path("location"), "location", location ?? "/");
    return { status, location };
  },
  delay: (fields) => ({
    delayMs: fields.needed("delayMs", fields.integer("delayMs", { from: 0, to: dayMs }), "milliseconds"),
    before: fields.choice("before", ["work", "answer"]),
  }),
  reset: (fields) => {
    const when = needed(fields, "when", ["before-body", "in-body", "before-answer"]);
    return when === "in-body"
      ? { when, bodyBytes: fields.needed("bodyBytes", fields.integer("bodyBytes", someBytes), "bytes") }
      : { when };
  },
  hang: (fields) => ({ when: needed(fields, "when", ["before-body", "before-answer"]) }),
  truncate: (fields) => ({
    in: fields.choice("in", ["head", "body"]),
    bytes: fields.integer("bytes", anyBytes),
  }),
  garbage: (fields) => ({
    in: fields.choice("in", ["head", "body"]),
    seed: fields.integer("seed", { from: 0, to: 2 ** 32 - 1 }),
  }),
  "content-length": (fields) => {
    const by = fields.integer("by", { from: -1_000_000_000, to: 1_000_000_000 });
    if (by === undefined || by === 0) {
      throw unfit(fields.path("by"), "a number of bytes other than 0", by);
    }
    return { by };
  },
  duplicate: (fields) => ({ second: fields.choice("second", ["before-answer", "after-answer"]) }),
  throttle: (fields) => {
    const requestBytesPerSecond = fields.integer("requestBytesPerSecond", someBytes);
    const answerBytesPerSecond = fields.integer("answerBytesPerSecond", someBytes);
    if (requestBytesPerSecond === undefined && answerBytesPerSecond === undefined) {
      throw unfit(fields.path("requestBytesPerSecond"), "there, or answerBytesPerSecond", undefined);
    }
    return { requestBytesPerSecond, answerBytesPerSecond };
  },
  "session-status": (fields) => ({ status: needed(fields, "status", ["expired", "critical", "canceled"]) }),
  "disk-full": (fields) => ({ freeBytes: fields.integer("freeBytes", anyBytes) }),
} as const satisfies Record<FaultEffect["kind"], (fields: Fields) => object>;

/** The kinds of effects that there are. */
export const effectKinds: readonly FaultEffect["kind"][] = Object.keys(effects) as FaultEffect["kind"][];

/** @throws EmulatorError `invalid-fault` with the path of the member that does not fit */
export function parseFaultEffect(value: unknown, path: string): FaultEffect {
  const fields = new Fields(value, path);
  const kind = needed(fields, "kind", effectKinds);
  const members = effects[kind](fields);
  fields.end();
  const given = Object.entries(members).filter(([, member]) => member !== undefined);
  return { kind, ...Object.fromEntries(given) } as FaultEffect;
}

function needed<const Choice extends string>(
  fields: Fields,
  name: string,
  choices: readonly Choice[],
): Choice {
  return fields.needed(name, fields.choice(name, choices), `one of ${choices.join(", ")}`);
}

function headers(fields: Fields): Readonly<Record<string, string>> | undefined {
  const value = fields.take("headers");
  if (value === undefined) {
    return undefined;
  }
  const path = fields.path("headers");
  const members = new Fields(value, path);
  const lines = Object.keys(value as object).map((name) => {
    const text = members.take(name);
    if (typeof text !== "string") {
      throw unfit(members.path(name), "a text", text);
    }
    checkHeader(members.path(name), name, text);
    return [name.toLowerCase(), text] as const;
  });
  return Object.fromEntries(lines);
}

function checkHeader(path: string, name: string, value: string): void {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    throw unfit(path, "a header that HTTP allows", value);
  }
  if (/^(content-length|transfer-encoding|connection)$/i.test(name)) {
    throw unfit(path, "a header that does not frame the answer", value);
  }
}

function body(fields: Fields): string | undefined {
  const value = fields.take("body");
  if (value !== undefined && typeof value !== "string") {
    throw unfit(fields.path("body"), "a text", value);
  }
  return value;
}
