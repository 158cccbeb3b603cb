import { nearestName } from "@maxcompute-tunnel/files";
import { CliError } from "../../errors.ts";
import { shellCommand } from "../../report/shell-words.ts";
import { type ConfigFile, readConfigFile, unknownProfile } from "../../settings/config-file.ts";
import { type ConfigEdit, editConfig, replaceConfigFile } from "../../settings/edit-config-file.ts";
import { checkEndpoint } from "../../settings/endpoint.ts";
import { isSecretKey, type ProfileKey, profileKeyNames } from "../../settings/profile-keys.ts";
import { type CliContext, type CommandRun, runCommand } from "../cli-context.ts";
import { askForProfile } from "./ask-for-profile.ts";

/** The flags of `mctunnel configure`. */
export interface ConfigureFlags {
  readonly profile?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `mctunnel configure [list | get | set | delete | use]`. */
export async function configure(this: CliContext, flags: ConfigureFlags, ...words: string[]): Promise<void> {
  await runCommand(this, "configure", flags, async (run) => {
    const config = await readConfigFile(run.io);
    const name = flags.profile ?? (run.io.env["MCTUNNEL_PROFILE"] || config.chosen) ?? "default";
    const job: Job = { run, config, name, flags };
    const [action, ...rest] = words;
    const found = action === undefined ? undefined : actions[action as keyof typeof actions];
    if (action === undefined) await ask(job);
    else if (found === undefined || !Object.hasOwn(actions, action)) throw unknownAction(action);
    else await found(job, rest);
  });
}

interface Job {
  readonly run: CommandRun;
  readonly config: ConfigFile;
  /** The profile to work on. */
  readonly name: string;
  readonly flags: ConfigureFlags;
}

const actions = { list, get, set, delete: remove, use };

async function ask(job: Job): Promise<void> {
  const { run, config, name } = job;
  if (!run.io.keyboard.isTerminal) {
    throw new CliError("invalid-usage", "Nobody can be asked: this is no terminal.", {
      next: shellCommand("mctunnel", "configure", "set", "endpoint", "URL", "--profile", name),
    });
  }
  run.io.stderr.write(
    `Profile ${name} in ${config.file}. Enter keeps what is in brackets, - takes it out.\n`,
  );
  const values = await askForProfile(run, config.profiles[name] ?? {});
  await change(job, { profile: name, values }, `Profile ${name} is written to ${config.file}.`);
  run.io.stderr.write(`  next: ${shellCommand("mctunnel", "doctor", "--profile", name)}\n`);
}

async function list({ run, config, name, flags }: Job, rest: readonly string[]): Promise<void> {
  expectWords("list", rest, 0);
  const shown = Object.entries(config.profiles).map(([profile, values]) => {
    const known = profileKeyNames.filter((key) => values[key] !== undefined);
    return {
      profile,
      members: known.map((key) => [key, isSecretKey(key) ? "(set)" : values[key]!] as const),
    };
  });
  if (flags.json === true) {
    const profiles = Object.fromEntries(
      shown.map(({ profile, members }) => [profile, Object.fromEntries(members)]),
    );
    const report = { ok: true, command: "configure", file: config.file, profile: name, profiles };
    run.io.stdout.write(`${JSON.stringify(report)}\n`);
    return;
  }
  const lines = [config.text === undefined ? `${config.file} does not exist.` : config.file];
  for (const { profile, members } of shown) {
    lines.push(`[${profile}]${profile === name ? "  (in use)" : ""}`);
    for (const [key, value] of members) lines.push(`  ${key} = ${value}`);
  }
  run.io.stdout.write(`${lines.join("\n")}\n`);
}

async function get({ run, config, name, flags }: Job, rest: readonly string[]): Promise<void> {
  const [word] = expectWords("get KEY", rest, 1);
  const key = profileKey(word!);
  const values = config.profiles[name];
  if (values === undefined) throw unknownProfile(config.file, name, Object.keys(config.profiles));
  const value = values[key];
  if (isSecretKey(key)) {
    throw new CliError(
      "invalid-usage",
      `${key} of profile ${name} is ${value === undefined ? "not " : ""}set; secrets are not shown.`,
    );
  }
  if (value === undefined) {
    throw new CliError("missing-setting", `Profile ${name} has no ${key}.`, {
      next: shellCommand("mctunnel", "configure", "set", key, "VALUE", "--profile", name),
    });
  }
  const report = { ok: true, command: "configure", file: config.file, profile: name, key, value };
  run.io.stdout.write(flags.json === true ? `${JSON.stringify(report)}\n` : `${value}\n`);
}

async function set(job: Job, rest: readonly string[]): Promise<void> {
  const { run, name } = job;
  const [word, given] = expectWords("set KEY [VALUE]", rest, 1, 2);
  const key = profileKey(word!);
  if (given !== undefined && isSecretKey(key)) {
    throw new CliError(
      "invalid-usage",
      `The value of ${key} is not taken from the command line: it would end up in the shell's history and in the list of processes.`,
      {
        next: `${shellCommand("mctunnel", "configure", "set", key, "--profile", name)}, and type it unseen or pipe it in.`,
      },
    );
  }
  const secret = isSecretKey(key);
  const value = (given ?? (await run.io.keyboard.readLine(`${key}: `, { secret })))?.trim();
  if (!value) throw new CliError("invalid-usage", `${key} needs a value.`);
  const isUrl = key === "endpoint" || key === "tunnel_endpoint";
  const checked = isUrl ? checkEndpoint(key, value) : value;
  await change(job, { profile: name, values: { [key]: checked } }, `${key} of profile ${name} is set.`);
}

async function remove(job: Job, rest: readonly string[]): Promise<void> {
  const { config, name, flags } = job;
  const [word] = expectWords("delete [KEY]", rest, 0, 1);
  if (config.profiles[name] === undefined)
    throw unknownProfile(config.file, name, Object.keys(config.profiles));
  if (word !== undefined) {
    const key = profileKey(word);
    await change(job, { profile: name, values: { [key]: null } }, `${key} of profile ${name} is gone.`);
    return;
  }
  if (flags.profile === undefined) {
    throw new CliError("invalid-usage", "Which profile is to be removed is not said.", {
      next: shellCommand("mctunnel", "configure", "delete", "--profile", name),
    });
  }
  const chosen = config.chosen === name ? { chosen: null } : {};
  await change(job, { profile: name, dropProfile: true, ...chosen }, `Profile ${name} is gone.`);
}

async function use(job: Job, rest: readonly string[]): Promise<void> {
  const { config } = job;
  const [chosen] = expectWords("use PROFILE", rest, 1);
  if (config.profiles[chosen!] === undefined) {
    throw unknownProfile(config.file, chosen!, Object.keys(config.profiles));
  }
  await change(job, { chosen: chosen! }, `Profile ${chosen} is used from now on.`);
}

async function change({ run, config, flags, name }: Job, edit: ConfigEdit, said: string): Promise<void> {
  run.stop.signal.throwIfAborted();
  const text = await editConfig(config, edit);
  await replaceConfigFile(config.file, text).catch((cause: NodeJS.ErrnoException) => {
    throw new CliError("invalid-config-file", `${config.file} cannot be written (${cause.code}).`, { cause });
  });
  const report = { ok: true, command: "configure", file: config.file, profile: edit.chosen ?? name };
  if (flags.json === true) run.io.stdout.write(`${JSON.stringify(report)}\n`);
  else if (flags.quiet !== true) run.io.stdout.write(`${said}\n`);
}

function profileKey(word: string): ProfileKey {
  const known = profileKeyNames.find((key) => key === word.replaceAll("-", "_"));
  if (known !== undefined) return known;
  const meant = nearestName(word, profileKeyNames);
  throw new CliError(
    "invalid-usage",
    `There is no setting "${word}"${meant === undefined ? "" : `; did you mean ${meant}?`}`,
    {
      next: `It may be ${profileKeyNames.join(", ")}.`,
    },
  );
}

function expectWords(
  usage: string,
  words: readonly string[],
  least: number,
  most: number = least,
): readonly string[] {
  if (words.length >= least && words.length <= most) return words;
  throw new CliError("invalid-usage", `Expected "configure ${usage}".`, {
    next: "mctunnel configure --help",
  });
}

function unknownAction(action: string): CliError {
  const names = Object.keys(actions);
  const meant = nearestName(action, names);
  return new CliError(
    "invalid-usage",
    `There is no "configure ${action}"${meant === undefined ? "" : `; did you mean ${meant}?`}`,
    { next: `It may be ${names.join(", ")}, or nothing at all to be asked.` },
  );
}
