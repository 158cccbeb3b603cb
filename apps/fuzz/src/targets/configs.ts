import { mkdtempSync, rmSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
// @boundaries-ignore parsers are fuzzed in their sources
import { parseConfig, readProfile } from "../../../../packages/cli/src/settings/config-file.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import { profileKeyNames } from "../../../../packages/cli/src/settings/profile-keys.ts";
import type { FuzzTarget } from "../fuzz-target.ts";

const decoder = new TextDecoder();
const place = mkdtempSync(join(tmpdir(), "mctunnel-fuzz-"));
process.once("exit", () => rmSync(place, { recursive: true, force: true }));
const file = join(place, "config.toml");

/** The configuration file of the command: as a text, and as the file that a profile is asked of. */
export const configs: FuzzTarget = {
  name: "configuration files",
  share: 10,
  words: [
    "[profiles.",
    "[profiles.default]\n",
    "]",
    '"""',
    "=",
    "\n",
    "__proto__",
    "[[",
    "'",
    '"\\u0000"',
    "profile",
    "acces_id",
    "= 5",
    '""',
  ],
  seeds: [
    'profile = "a"\n[profiles.a]\nendpoint = "https://s/api"\nproject = "p"\naccess_id = "i"\naccess_key = "k"\n',
    '[profiles.default]\nproject = "p" # c\n[profiles."x y"]\nsts_token = """t"""\n',
    '[profiles.default]\nproject = ""\nregion = "cn"\n[profiles.b]\nprojekt = "p"\n',
    "profile = 5\n",
    'profiles = "none"\n',
    "[profiles]\nb = 1\n",
    "[other]\n",
    "[profiles.default]\nentirely_else = 1\n",
    '[profiles.a]\nproject = "p"\n[profiles.b]\nproject = "q"\n',
  ].map((text) => new TextEncoder().encode(text)),
  async read(bytes) {
    const text = decoder.decode(bytes);
    try {
      if (bytes.length % 2 > 0) await parseConfig("config.toml", text);
      else await askedOf(text, bytes);
      return "taken";
    } catch (error) {
      if (error instanceof Error && error.name === "CliError") return "refused";
      throw error;
    }
  },
};

/** What is found holds no other keys than profiles have, each with a text; now and then there is no file, or a folder in its place. */
async function askedOf(text: string, bytes: Uint8Array): Promise<void> {
  if (bytes.length % 32 === 0) await rm(file, { force: true });
  else await writeFile(file, text);
  const said = [undefined, place, file, file, file][bytes.length % 5];
  const env: Record<string, string> = said === undefined ? {} : { MCTUNNEL_CONFIG: said };
  const io = { env, cwd: place, homeDirectory: place } as unknown as Parameters<typeof readProfile>[0];
  const asked = [undefined, "default", "a", "__proto__"][(bytes[0] ?? 0) % 4];
  for (const [key, value] of Object.entries((await readProfile(io, asked))?.values ?? {})) {
    if (!profileKeyNames.includes(key as (typeof profileKeyNames)[number]) || typeof value !== "string") {
      throw new Error(`${key} is no key of a profile, or its value no text`);
    }
  }
}
