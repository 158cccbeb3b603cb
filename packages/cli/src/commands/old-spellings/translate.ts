import { readOldWords, resumeOptions, showOptions, splitOldLine } from "./old-options.ts";
import { translateUpload } from "./translate-upload.ts";
import { type OldWorld, refused, type Translation } from "./translation.ts";

/**
 * Translates a command line of odpscmd's `tunnel`, without the word itself, into ours. It looks at nothing but what it
 * is given.
 *
 * @param words one by one as a shell gives them, or the whole line in one
 */
export function translateOldCommand(words: readonly string[], world: OldWorld): Translation {
  const [first, ...rest] = words.length === 1 && /\s/.test(words[0]!) ? splitOldLine(words[0]!) : words;
  if (first === undefined || rest.includes("--help")) {
    return { kind: "command", argv: ["tunnel", "--help"], notes: [] };
  }
  switch (first.toLowerCase()) {
    case "upload":
    case "u":
      return translateUpload(rest, world);
    case "resume":
    case "r":
      return translateResume(rest);
    case "show":
    case "s":
      return translateShow(rest);
    case "purge":
    case "p":
      return translatePurge(rest);
    case "help":
    case "h":
      return translateHelp(rest);
    case "download":
    case "d":
      return refused("tunnel download is not here: mctunnel loads into tables only.", "mctunnel --help");
    case "upsert":
    case "us":
      return refused(
        "tunnel upsert is not here: it reported success for rows that were refused.",
        "mctunnel upload --help",
      );
    default:
      return refused(`Unknown command: '${first}'`, help);
  }
}

function translateResume(words: readonly string[]): Translation {
  const read = readOldWords(words, resumeOptions);
  if (read.kind !== "words") return unfit(read);
  const [id, ...more] = read.positionals;
  if (more.length > 0) return refused(`Unknown command: "${more[0]}" is too much.`, help);
  const notes = read.options.has("force")
    ? ["-force never did anything: a source that was changed is noticed, and refused."]
    : [];
  return { kind: "command", argv: ["resume", id ?? "--last"], notes };
}

function translateShow(words: readonly string[]): Translation {
  const read = readOldWords(words, showOptions);
  if (read.kind !== "words") return unfit(read);
  const [what, id, ...more] = read.positionals;
  if (more.length > 0) return refused(`Unknown command: "${more[0]}" is too much.`, help);
  const number = read.options.get("number");
  switch (what?.toLowerCase()) {
    case "history":
    case "h": {
      if (id !== undefined) return refused("Unknown command: history takes no session id.", help);
      if (number !== undefined && !/^[1-9]\d{0,8}$/.test(number)) {
        return refused(`Illegal number: "${number}" (-number).`, help);
      }
      return { kind: "command", argv: ["history", "--limit", number ?? "20"], notes: [] };
    }
    case "log":
    case "l":
      return showOne(id, number, []);
    case "bad":
    case "b":
      return showOne(id, number, ["--rejects"]);
    default:
      return refused(
        what === undefined ? "Unknown command: show what?" : `Unknown command: 'show ${what}'`,
        help,
      );
  }
}

function showOne(id: string | undefined, number: string | undefined, flags: readonly string[]): Translation {
  if (number !== undefined) return refused("-number goes with history only.", help);
  return { kind: "command", argv: ["show", id ?? "--last", ...flags], notes: [] };
}

function translatePurge(words: readonly string[]): Translation {
  const read = readOldWords(words, []);
  if (read.kind !== "words") return unfit(read);
  const [days = "3", ...more] = read.positionals;
  if (more.length > 0) return refused(`Unknown command: "${more[0]}" is too much.`, help);
  if (!/^\d{1,6}$/.test(days)) return refused(`Illegal number: "${days}" days.`, help);
  return {
    kind: "command",
    argv: ["purge", "--older-than", `${days}d`, "--yes"],
    notes: ["Loads that can still be resumed are kept; mctunnel purge --unfinished removes them too."],
  };
}

function translateHelp(words: readonly string[]): Translation {
  const read = readOldWords(words, []);
  if (read.kind !== "words") return unfit(read);
  const [what, ...more] = read.positionals;
  if (more.length > 0) return refused(`Unknown command: "${more[0]}" is too much.`, help);
  const command = what === undefined ? "tunnel" : helpOf[what.toLowerCase()];
  if (command === undefined) return refused(`Unknown command: '${what}'`, help);
  return { kind: "command", argv: [command, "--help"], notes: [] };
}

const helpOf: Readonly<Record<string, string>> = {
  upload: "tunnel",
  u: "tunnel",
  resume: "resume",
  r: "resume",
  show: "show",
  s: "show",
  purge: "purge",
  p: "purge",
  help: "tunnel",
  h: "tunnel",
};

function unfit(
  read:
    | { readonly kind: "unknown"; readonly word: string }
    | { readonly kind: "no-value"; readonly name: string },
): Translation {
  return read.kind === "unknown"
    ? refused(`Unrecognized option: ${read.word}`, help)
    : refused(`Missing argument for option: ${read.name}`, help);
}

const help = "mctunnel tunnel help";
