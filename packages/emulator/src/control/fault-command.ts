import { parseArgs } from "node:util";
import { EmulatorError } from "../errors.ts";

/** What a `fault` command line asks for. */
export type FaultCommand =
  | { readonly kind: "add"; readonly url: string; readonly rule: object }
  | { readonly kind: "list"; readonly url: string; readonly json: boolean }
  | { readonly kind: "clear"; readonly url: string; readonly ids: readonly string[] }
  | { readonly kind: "help" };

/** What `fault --help` prints. */
export const faultUsage = `mctunnel-emulator fault: makes things go wrong in an emulator that was started with --control

  fault add   --url URL [MATCH] EFFECT [NAME=VALUE ...]   adds a rule and prints its id
  fault list  --url URL [--json]                          shows the rules and how often they acted
  fault clear --url URL [ID ...]                          removes these rules, or all

  --url URL           address that the emulator printed, such as http://127.0.0.1:8080

Which requests (MATCH; all of them by default):
  --action A          such as "put block", "commit upload", "create upload"; may be given several times
  --project P, --schema S, --table T, --session ID
  --block N           block id; may be given several times
  --nth N             the Nth request that matches, from 1; may be given several times
  --every N           every Nth
  --times N           this often and then no more
  --probability P     from 0 to 1, drawn from the row of numbers that --seed N starts (default 1)
  --id ID             name of the rule

What happens (EFFECT and its values):
  answer status=503 [code=C] [message=M] [headers.retry-after=2] [holdClientMs=500] [body=B] [work=done]
  redirect [status=307] [location=URL]
  delay delayMs=1000 [before=work|answer]
  reset when=before-body|before-answer            reset when=in-body bodyBytes=1000
  hang when=before-body|before-answer
  truncate [in=body|head] [bytes=0]
  garbage [in=body|head] [seed=1]
  content-length by=10
  duplicate [second=before-answer|after-answer]
  throttle [requestBytesPerSecond=N] [answerBytesPerSecond=N]
  session-status status=expired|critical|canceled
  disk-full [freeBytes=0]

The first block that is sent is stored, and its answer lost:
  mctunnel-emulator fault add --url http://127.0.0.1:8080 --action "put block" --nth 1 reset when=before-answer
`;

/**
 * Reads what stands behind `fault` on a command line. Whether a rule makes sense is for the emulator to say.
 *
 * @throws EmulatorError `invalid-option`
 */
export function parseFaultCommand(args: readonly string[]): FaultCommand {
  const { values, positionals } = parse(args);
  const [what, ...rest] = positionals;
  if (values.help === true || (what === undefined && args.length === 0)) {
    return { kind: "help" };
  }
  const url = parseUrl(values.url);
  switch (what) {
    case "add":
      return { kind: "add", url, rule: ruleOf(values, rest) };
    case "list":
      return { kind: "list", url, json: values.json === true };
    case "clear":
      return { kind: "clear", url, ids: rest };
    default:
      throw wrong(`Expected fault add, fault list or fault clear, got ${JSON.stringify(what ?? "")}`);
  }
}

type Values = ReturnType<typeof parse>["values"];

function ruleOf(values: Values, [kind, ...members]: readonly string[]): object {
  if (kind === undefined || kind.includes("=")) {
    throw wrong("Expected an effect behind the options, such as: reset when=before-answer");
  }
  const match = {
    action: oneOrMore(values.action),
    project: values.project,
    schema: values.schema,
    table: values.table,
    session: values.session,
    block: oneOrMore(values.block?.map(numberOf("block"))),
  };
  const number = (name: "every" | "times" | "probability" | "seed"): number | undefined =>
    values[name] === undefined ? undefined : numberOf(name)(values[name]);
  return {
    id: values.id,
    ...(Object.values(match).some((value) => value !== undefined) ? { match } : {}),
    nth: oneOrMore(values.nth?.map(numberOf("nth"))),
    every: number("every"),
    times: number("times"),
    probability: number("probability"),
    seed: number("seed"),
    effect: { kind, ...effectMembers(members) },
  };
}

/** `status=503 headers.retry-after=2` as an object; numbers become numbers except in headers and texts. */
function effectMembers(members: readonly string[]): object {
  const effect: Record<string, unknown> = {};
  const headers: Record<string, string> = {};
  for (const member of members) {
    const equals = member.indexOf("=");
    if (equals < 1) {
      throw wrong(`Expected NAME=VALUE behind the effect, got ${JSON.stringify(member)}`);
    }
    const [name, value] = [member.slice(0, equals), member.slice(equals + 1)];
    if (name.startsWith("headers.")) {
      headers[name.slice("headers.".length)] = value;
    } else {
      const isText = ["code", "message", "body", "location"].includes(name);
      effect[name] = !isText && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
    }
  }
  return Object.keys(headers).length === 0 ? effect : { ...effect, headers };
}

function oneOrMore<T>(list: readonly T[] | undefined): T | readonly T[] | undefined {
  return list?.length === 1 ? list[0] : list;
}

function numberOf(name: string): (text: string) => number {
  return (text) => {
    if (!/^\d+(\.\d+)?$/.test(text)) {
      throw wrong(`Expected --${name} to be a number, got ${JSON.stringify(text)}`);
    }
    return Number(text);
  };
}

function parseUrl(url: string | undefined): string {
  if (url === undefined || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw wrong(
      `Expected --url to be the address that the emulator printed, such as http://127.0.0.1:8080, got ${JSON.stringify(url ?? "")}`,
    );
  }
  return new URL(url).origin;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: true,
      options: {
        url: { type: "string" },
        id: { type: "string" },
        action: { type: "string", multiple: true },
        project: { type: "string" },
        schema: { type: "string" },
        table: { type: "string" },
        session: { type: "string" },
        block: { type: "string", multiple: true },
        nth: { type: "string", multiple: true },
        every: { type: "string" },
        times: { type: "string" },
        probability: { type: "string" },
        seed: { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean" },
      },
    });
  } catch (cause) {
    throw wrong(cause instanceof Error ? cause.message : String(cause));
  }
}

function wrong(message: string): EmulatorError {
  return new EmulatorError("invalid-option", message);
}
