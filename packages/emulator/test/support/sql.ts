import type { Ask } from "./client.ts";

/** How a job ended: the status of its task and the text of its result. */
export interface SqlResult {
  readonly instance: string;
  readonly status: string;
  /** `csv` or `text`. */
  readonly format: string;
  readonly text: string;
}

/** Submits a script as a job of one task and returns the instance's id. */
export async function submitSql(ask: Ask, project: string, sql: string, settings = "{}"): Promise<string> {
  const query = sql.replaceAll("]]>", "]]]]><![CDATA[>");
  const submitted = await ask("POST", `/projects/${project}/instances`, {
    body:
      "<Instance><Job><Priority>9</Priority><Tasks><SQL><Name>AnonymousSQLTask</Name><Config>" +
      `<Property><Name>settings</Name><Value>${settings}</Value></Property></Config>` +
      `<Query><![CDATA[${query}]]></Query></SQL></Tasks></Job></Instance>`,
  });
  const id = submitted.headers.get("location")?.split("/").at(-1);
  if (submitted.status !== 201 || id === undefined) {
    throw new Error(`Expected an instance, got ${submitted.status} ${submitted.text}`);
  }
  return id;
}

/** Asks for a job's status until it has ended, then for its result. */
export async function endOfSql(ask: Ask, project: string, instance: string): Promise<SqlResult> {
  const path = `/projects/${project}/instances/${instance}`;
  while (!(await ask("GET", path)).text.includes("<Status>Terminated</Status>")) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  const task = (await ask("GET", `${path}?taskstatus`)).text;
  const status = /<Task Type="SQL">.*<Status>(\w+)<\/Status>/s.exec(task)?.[1] ?? task;
  const answer = (await ask("GET", `${path}?result`)).text;
  const [, format = "", transform, text = ""] =
    /<Result Format="(\w+)"( Transform="Base64")?>(.*)<\/Result>/s.exec(answer) ?? [];
  return { instance, status, format, text: transform === undefined ? unescaped(text) : decoded(text) };
}

/** Runs a script to its end. */
export async function runSql(ask: Ask, project: string, sql: string, settings?: string): Promise<SqlResult> {
  return await endOfSql(ask, project, await submitSql(ask, project, sql, settings));
}

function unescaped(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#13;", "\r")
    .replaceAll("&amp;", "&");
}

function decoded(text: string): string {
  return Buffer.from(text, "base64").toString("utf8");
}
