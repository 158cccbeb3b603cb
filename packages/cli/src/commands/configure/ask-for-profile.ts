import { CliError, isCliError } from "../../errors.ts";
import type { Profile } from "../../settings/config-file.ts";
import { checkEndpoint } from "../../settings/endpoint.ts";
import { isSecretKey, type ProfileKey } from "../../settings/profile-keys.ts";
import type { CommandRun } from "../cli-context.ts";

/**
 * Asks a person for what a profile needs. An empty answer keeps what is there, `-` takes it out.
 *
 * @returns what is to be different; `null` for what is to go.
 */
export async function askForProfile(
  run: CommandRun,
  current: Profile["values"],
): Promise<Partial<Record<ProfileKey, string | null>>> {
  const changed: Partial<Record<ProfileKey, string | null>> = {};
  for (const { key, question } of questions) {
    const present = current[key];
    const shown = present === undefined ? "" : isSecretKey(key) ? " [set]" : ` [${present}]`;
    const answer = await askUntilFit(run, key, `${question}${shown}: `);
    if (answer === "-") changed[key] = null;
    else if (answer !== "") changed[key] = answer;
  }
  return changed;
}

async function askUntilFit({ io, stop }: CommandRun, key: ProfileKey, prompt: string): Promise<string> {
  for (;;) {
    stop.signal.throwIfAborted();
    const line = await io.keyboard.readLine(prompt, { secret: isSecretKey(key) });
    stop.signal.throwIfAborted();
    if (line === undefined)
      throw new CliError("invalid-usage", "The answers ended early; nothing was written.");
    const answer = line.trim();
    if (key !== "endpoint" || answer === "" || answer === "-") return answer;
    try {
      return checkEndpoint("endpoint", answer);
    } catch (error) {
      if (!isCliError(error)) throw error;
      io.stderr.write(`  ${error.message} ${error.next ?? ""}\n`);
    }
  }
}

const questions: readonly { readonly key: ProfileKey; readonly question: string }[] = [
  {
    key: "endpoint",
    question: "Service endpoint, such as https://service.cn-shanghai.maxcompute.aliyun.com/api",
  },
  { key: "project", question: "Project" },
  { key: "access_id", question: "Access key id" },
  { key: "access_key", question: "Access key secret (not shown)" },
  { key: "sts_token", question: "Token of a temporary key, if it is one (not shown)" },
];
